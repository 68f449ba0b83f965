#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/size.h"
#include "headroom/engine/generation_queue.h"
#include "headroom/gui_state/canvas_view.h"
#include "headroom/gui_state/finish_choice.h"
#include "headroom/gui_state/forgotten.h"
#include "headroom/gui_state/mask_tool.h"
#include "headroom/gui_state/menu_rows.h"
#include "headroom/gui_state/offered_picture.h"
#include "headroom/gui_state/undo.h"
#include "headroom/gui_state/upscale_choice.h"
#include "headroom/gui_state/window_services.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// Prompts of this session, walked with Alt+Up and Alt+Down.
class PromptHistory {
 public:
  void add(const std::string& prompt);
  // The next older or newer prompt; nothing at the ends. `current` is kept as the newest while
  // walking, so that what was being typed is not lost.
  [[nodiscard]] std::optional<std::string> older(const std::string& current);
  [[nodiscard]] std::optional<std::string> newer();
  [[nodiscard]] const std::vector<std::string>& all() const { return prompts_; }

 private:
  std::vector<std::string> prompts_;
  std::string typed_;
  std::size_t at_ = 0;  // prompts_.size() = what is being typed
};

struct Banner {
  enum class Kind { kTrouble, kWarning, kNote };
  // What its button does.
  enum class Way {
    kNone,
    kUseSize,
    kUndo,
    kQueueOffered,
    kStartAgain,
    kOtherModel,
    kKeepModel,  // ends a change that waits for the running job
    kSave
  };
  Kind kind = Kind::kTrouble;
  Message title{};  // may be empty
  Message text{};
  std::string about{};  // what it tells of: see UiState::resolve()
  Way way = Way::kNone;
  std::optional<Size> suggestion{};  // kUseSize
  std::uint64_t step = 0;            // kUndo: goes when this is no longer the last step
  double shown_at = -1;              // when it was first drawn; notes leave by themselves
  std::uint64_t id = 0;
};

// Said of what was just entered; it goes with the next change of prompt or settings.
struct EntryNote {
  std::string field{};
  std::string text{};
  std::optional<Settings> entered{};  // as they were when it was said; nothing in that frame

  void follow(const Settings& now);
};

// Whose explanation is shown or not; see tooltip().
struct TipState {
  unsigned item = 0;  // that the mouse or the keyboard is on
  // Where something was pressed: what is there, also in its place, is silent until that is left.
  std::optional<Rect> pressed{};
  double since = 0;  // seconds
  double due = -1;   // when there will be more to show
};

// Everything the window remembers between frames that a person can see or change. A plain value
// without graphics, so that its rules are tested without a window.
struct UiState {
  GenerationRequest draft;     // without the seed, which is `seed_text`
  EntryNote number_note;       // why a number is not what was typed
  bool number_active = false;  // a number is being typed: as of the last frame
  bool generate_asked = false;
  bool generate_in_front = false;
  double generate_at = -1e9;         // seconds, when it was pressed last
  std::string seed_text;             // empty = random
  std::string seed_before;           // when its field was entered
  EntryNote seed_note;               // what was refused as a seed
  std::optional<Size> locked_ratio;  // see Settings
  Size asked_size{512, 512};         // the sides before they were snapped
  bool negative_open = false;
  int typed_width = 512;  // what the size fields hold while they are edited
  int typed_height = 512;
  std::string size_note;  // why the size is not what was typed or clicked; until the next change
  // A size that did not fit when it was clicked, and the one that was taken for it.
  struct Instead {
    Size wanted;
    Size taken;
  };
  std::optional<Instead> instead;
  std::optional<std::string>
      new_prompt;                // replaces the prompt in the next frame, even while typing
  std::string focus = "prompt";  // the field that gets the keyboard in the next frame
  bool caret_at_end = false;     // of the prompt, once it has the keyboard
  double flash_at = -1e9;        // seconds; the reason why nothing starts is shown strongly
  PromptHistory history;
  std::size_t example_offset = 0;
  // They fold when the first picture is asked for: a press of Generate moves nothing under the
  // mouse, as a picture that arrives would.
  bool examples_fold = false;
  bool examples_open = true;

  // Of this session and the end of the last, oldest first. Pixels of the older ones are only in
  // their files.
  std::vector<FinishedPicture> pictures;
  std::optional<std::size_t> selected;
  bool live = true;  // the canvas follows the running job
  // How the last run ended without all of its pictures; until the next action.
  struct Ended {
    JobOutcome::Place place;
    int count = 1;
    bool failed = false;  // else cancelled
  };
  std::optional<Ended> ended;
  bool scroll_strip = false;  // bring the selected picture into view in the next frame
  CanvasView view;
  double zoom_asked = 1;        // by a key, about the middle of the canvas
  bool panning = false;         // with the middle button
  bool region_marked = false;   // the keyboard was taken to a part of the window, which has a frame
  bool canvas_focused = false;  // keys without Ctrl belong to the picture
  bool canvas_asked = false;    // the keyboard goes to it in the next frame
  bool row_asked = false;       // the keyboard goes to the buttons below it in the next frame
  bool row_focused = false;     // it is there

  FinishChoice finish;        // of the button that finishes the selected picture
  bool finish_open = false;   // its list is, as of the last frame: all its sizes are asked about
  bool finish_asked = false;  // it opens in this frame
  UpscaleChoice upscale;      // likewise of the button that makes it larger
  bool upscale_open = false;
  bool upscale_asked = false;
  bool upscalers_asked = true;  // look for upscalers in the next frame
  bool compares = false;        // the origin is shown in the place of the selected picture

  std::string copied;  // the value that was copied, by its name, and since when
  double copied_at = -1e9;
  TipState mouse_tip, keyboard_tip;
  unsigned drawn_tip = 0;                   // the item of the last tip that is more than a text
  double drawn_tip_w = 0, drawn_tip_h = 0;  // its size, screen pixels
  // What tips leave free, screen pixels: of the last frame, and of this one as far as it is drawn.
  struct Places {
    std::vector<Rect> work;  // prompt, sizes, plan and picture
    std::vector<Rect> rest;  // what gives way first
  };
  Places places, next_places;
  bool plan_open = false;      // how it will run, above the plan line
  bool settings_open = false;  // where they fold
  int unfold_frames = 0;       // while they come into view
  bool details_open = false;   // of the picture, where they are a drawer
  double pinned_px = 0;        // height of what never scrolls away, of the last frame
  double plan_card_px = 0;     // likewise of how it will run
  double composer_px = 0;      // likewise of all that the composer holds

  std::vector<GenerationRequest> offered;         // what the last session did not make
  std::optional<OfferedPicture> offered_picture;  // whose settings may be taken
  std::vector<InitImage::File> known_starts;      // where they are; the newest last
  MaskPointer mask;                               // see Settings; with a picture to start from
  MaskTool mask_tool;
  MaskLook mask_look;
  std::vector<LoraTag> off_loras;                 // see Settings
  std::vector<std::filesystem::path> lora_files;  // that were dropped; the newest last
  bool loras_changed = false;                     // what names stand for may be others
  bool loras_open = false;                        // all of them, where they are many
  bool start_again_asked = false;
  bool start_again = false;  // once it has closed
  Message unkept;            // why the session cannot be kept at the moment; empty: it is
  Forgotten forgotten;       // what the next start would then not have
  enum class Closing { kNo, kAsk, kWhenDone, kNow };
  Closing closing = Closing::kNo;
  bool quit_asked = false;         // by a key: as if the window was closed
  bool full_screen_asked = false;  // likewise, or back
  bool save_asked = false;         // where unsaved pictures are to go
  std::string save_folder;         // likewise, as it is typed
  Message save_trouble;            // why it could not
  // Where another model is, as it is typed, while that is asked; why that could not be opened;
  // whether it is being opened; and a folder that was dropped meanwhile.
  std::optional<std::string> model_folder;
  Message model_trouble;
  std::optional<std::uint64_t> model_opening;  // since this Session::Changed::number: it is tried
  bool models_asked = false;                   // look for models in the next frame
  bool loras_asked = false;                    // likewise for LoRAs
  // A list that covers other parts of the window; at most one is open.
  enum class Sheet { kNone, kModels, kLoras };
  Sheet sheet = Sheet::kNone;
  bool sheet_asked = false;                      // it opens in the next frame
  std::string sheet_filter;                      // words that its rows must have
  bool sheet_filter_focus = false;               // it gets the keyboard once it is there
  std::vector<SearchedFolder> searched_folders;  // as of when the sheet opened
  std::optional<std::string> added_folder;       // a further one, as it is typed
  Message folder_trouble;                        // why it was not taken
  std::vector<std::string> recent_models;        // as SessionChoice has them; the newest last
  MenuRows menu_rows;                            // of the menu of models, while it is open
  std::optional<std::string> dropped_folder;
  // Where pictures go in the place of the configured folder, once they could not be saved there.
  std::optional<std::filesystem::path> output_folder;

  UndoStack undo;
  // As the last frame left it: Dear ImGui closes a list before this frame's keys are looked at.
  bool popup_was_open = false;
  bool item_was_active = false;
  unsigned active_item = 0;  // Dear ImGui's number of it
  double escape_at = -1e9;   // seconds; another Esc soon after this one cancels

  std::vector<Banner> banners;  // above the canvas, oldest first
  std::vector<Banner> folded;   // in the bell's list
  double banners_px = 0;        // height of those above the canvas, of the last frame
  std::uint64_t next_banner = 1;
  std::string language = "en";
  bool dark = true;
  double zoom = 1;  // of the interface, see ui_zoom.h

  static constexpr double kFlash_s = 0.6;
  static constexpr double kEscapeAgain_s = 1.5;
  [[nodiscard]] bool escape_cancels(double now_s) const {
    return now_s - escape_at < kEscapeAgain_s;
  }

  [[nodiscard]] Settings settings() const {
    return {draft, seed_text, locked_ratio, off_loras, mask};
  }
  void apply(const Settings& settings);
  // What the frame leaves behind: Dear ImGui's number of the item in use, 0 for none, and whether a
  // list is open. What was done in one field is a step of its own, whether it was left for another
  // or for none.
  void end_frame(unsigned active, bool popup_is_open);
  // Remembers the settings for undo when they are others than before. Returns the newest step.
  std::uint64_t record() { return undo.record(settings()); }

  // Starts with the model's recommended settings.
  void reset_to(const ModelInfo& model);
  // Another model is there: what it recommends takes the place of what `was` recommended, where
  // that was not changed by the person; sizes follow its unit. Returns the step of the change, 0 =
  // nothing changed.
  std::uint64_t take_model(const ModelInfo& was, const ModelInfo& now);
  // Nothing is said of the size any more.
  void forget_size_note();
  // Width and height snapped to `unit`.
  void set_size(Size size, int unit);
  // Keeps the ratio of the sides, as it was asked for, from now on; or no more.
  void lock_ratio(bool on);
  // Whether the sides have the locked ratio, which snapping may not allow.
  [[nodiscard]] bool keeps_ratio() const;
  // What the fields hold becomes the size; with the ratio locked the other side follows. Returns
  // whether snapping changed what was typed.
  bool commit_width(int unit);
  bool commit_height(int unit);
  void swap_sides();
  [[nodiscard]] const MaskPointer& shown_mask() const {
    return mask_tool.drawn ? mask_tool.drawn : mask;
  }
  // Of the picture as it is used, 0..1.
  [[nodiscard]] double mask_share() { return mask_look.share(mask, {draft.width, draft.height}); }
  // Another mask, or with null or an empty one none: the strength follows, as long as it is what
  // it is without being chosen.
  void set_mask(MaskPointer painted);
  // Where a picture that others started from was found, for those that tell its hash only.
  void remember_start(const InitImage::File& file);
  [[nodiscard]] std::string path_of_start(const std::string& sha256) const;  // empty: unknown
  void remember_lora(const std::filesystem::path& file);
  void remember_model(const std::string& model);
  void open_sheet(Sheet which);
  // The draft with its seed; nothing when the seed's text is not a number of 64 bits. A picture to
  // start from has its own size yet.
  [[nodiscard]] std::optional<GenerationRequest> request() const;
  [[nodiscard]] const FinishedPicture* selected_picture() const;
  // Changes while parts of the window still find their places.
  [[nodiscard]] double heights_px() const {
    return pinned_px + plan_card_px + composer_px + banners_px;
  }
  [[nodiscard]] std::size_t unsaved() const;
  // A picture of an earlier session, older than all that are there.
  void add_older_picture(FinishedPicture picture);
  // Adds a finished picture, behind the one that it was made of where that is there, selects it if
  // the canvas follows the run, and forgets the oldest saved ones when there are too many to keep
  // in memory.
  void add_picture(FinishedPicture picture);
  void select(std::size_t index);
  // Takes a picture out, and puts it back; the selection goes along.
  FinishedPicture take_out(std::size_t index);
  void put_back(FinishedPicture picture, std::size_t index);
  void add_banner(Banner banner);
  // Puts the banner into the bell's list; a note that takes care of itself just goes.
  void fold(std::size_t index);
  // What it is about is no longer so: banners that tell of it go.
  void resolve(const std::string& about);
  static std::string about_saving(const FinishedPicture& picture);
  static std::string about_making(const GenerationRequest& request);
  static std::string about_run(JobId job);
  static constexpr const char* kAboutFolder = "folder";
  static constexpr const char* kAboutOffer = "offer";
  static constexpr const char* kAboutImage = "image";  // to start from
  static constexpr const char* kAboutFinish = "finish";
  static constexpr const char* kAboutLora = "lora";
  static constexpr const char* kAboutHeld = "held";
  static constexpr const char* kAboutUnkept = "unkept";  // see unkept
  static constexpr const char* kAboutStart = "start";    // the model that was asked for
  static constexpr const char* kAboutChange = "change";  // of the model

 private:
  void take_size(Size size, int unit);  // snapped; the ratio stays
};

}  // namespace headroom
