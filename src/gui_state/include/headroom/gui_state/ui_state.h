#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/size.h"
#include "headroom/engine/generation_queue.h"
#include "headroom/gui_state/canvas_edges.h"
#include "headroom/gui_state/canvas_view.h"
#include "headroom/gui_state/finish_choice.h"
#include "headroom/gui_state/forgotten.h"
#include "headroom/gui_state/held_rows.h"
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

// The prompts of this session; Alt+Up and Alt+Down go through them.
class PromptHistory {
 public:
  void add(const std::string& prompt);
  // The next older or newer prompt; nothing at the ends. The unsent prompt `current` is kept as
  // the newest one, so that it is not lost.
  [[nodiscard]] std::optional<std::string> older(const std::string& current);
  [[nodiscard]] std::optional<std::string> newer();
  [[nodiscard]] const std::vector<std::string>& all() const { return prompts_; }

 private:
  std::vector<std::string> prompts_;
  std::string typed_;
  std::size_t at_ = 0;  // prompts_.size() = the unsent prompt
};

// A message above the canvas, with a button if there is something to do.
struct Banner {
  enum class Kind { kTrouble, kWarning, kNote };
  // What the banner's button does.
  enum class Way {
    kNone,
    kUseSize,
    kUndo,
    kQueueOffered,
    kStartAgain,
    kOtherModel,
    kKeepModel,  // cancels a change that waits for the running job
    kSave,
    kUsePrompt
  };
  Kind kind = Kind::kTrouble;
  Message title{};  // may be empty
  Message text{};
  std::string about{};  // the subject: see UiState::resolve()
  Way way = Way::kNone;
  std::optional<Size> suggestion{};  // kUseSize
  std::string prompt{};              // kUsePrompt
  std::uint64_t step = 0;            // kUndo: the banner goes when this is no longer the last step
  double shown_at = -1;              // when it was first drawn; notes disappear after a while
  std::uint64_t id = 0;
};

// A note on what was just entered; removed at the next change of prompt or settings.
struct EntryNote {
  std::string field{};
  std::string text{};
  std::optional<Settings> entered{};  // settings when the note was made; empty in that frame

  void follow(const Settings& now);
};

// Whose tooltip is shown, if any; see tooltip().
struct TipState {
  unsigned item = 0;  // that the mouse or the focus is on
  // Where something was clicked: no tooltip is shown there until the mouse leaves it.
  std::optional<Rect> pressed{};
  double since = 0;  // seconds
  double due = -1;   // when more of it will be shown
};

// Everything that the window remembers between frames and that a person can see or change. A plain
// value without graphics, so that its rules can be tested without a window.
struct UiState {
  GenerationRequest draft;     // without the seed, which is `seed_text`
  EntryNote number_note;       // why a number differs from what was typed
  bool number_active = false;  // a number was being edited in the last frame
  bool generate_asked = false;
  bool generate_in_front = false;
  double generate_at = -1e9;         // seconds; when Generate was last pressed
  std::string seed_text;             // empty = random
  std::string seed_before;           // when the field was entered
  EntryNote seed_note;               // why a seed was refused
  std::optional<Size> locked_ratio;  // see Settings
  Size asked_size{512, 512};         // before snapping
  bool negative_open = false;
  int typed_width = 512;  // what the size fields show while they are edited
  int typed_height = 512;
  // Why the size differs from what was typed or clicked; until the next change.
  std::string size_note;
  EntryNote side_note;  // why a typed side was refused
  // A size that was clicked but did not fit, and the one that was used instead.
  struct Instead {
    Size wanted;
    Size taken;
  };
  std::optional<Instead> instead;
  // Replaces the prompt in the next frame, even while it is edited.
  std::optional<std::string> new_prompt;
  std::string focus = "prompt";  // field that gets the keyboard in the next frame
  bool caret_at_end = false;     // in the prompt, when it gets the keyboard
  bool old_edits = false;        // its field can undo what was typed before it got the keyboard
  double flash_at = -1e9;        // seconds; when the reason for not starting was highlighted
  PromptHistory history;
  std::size_t example_offset = 0;
  // Examples fold when the first picture is requested, not when it arrives: that would move things
  // under the mouse.
  bool examples_fold = false;
  bool examples_open = true;

  // Of this session and the end of the last one, oldest first. Older ones have their pixels only
  // in their files.
  std::vector<FinishedPicture> pictures;
  std::optional<std::size_t> selected;
  bool live = true;  // the canvas follows the running job
  // How the last run ended early; until the next action.
  struct Ended {
    JobOutcome::Place place;
    int count = 1;
    bool failed = false;  // else cancelled
  };
  std::optional<Ended> ended;
  bool scroll_strip = false;  // scroll to the selected picture in the next frame
  CanvasView view;
  double zoom_asked = 1;        // by a key; around the middle of the canvas
  bool panning = false;         // with the middle mouse button
  bool region_marked = false;   // the keyboard was moved to a region, which is framed
  bool canvas_focused = false;  // keys without Ctrl act on the picture
  bool canvas_asked = false;    // the canvas gets the keyboard in the next frame
  bool row_asked = false;       // the buttons below it get the keyboard in the next frame
  bool row_focused = false;     // they have it

  FinishChoice finish;        // settings of the button that finishes the selected picture
  bool finish_open = false;   // its list was open in the last frame, so all sizes are forecast
  bool finish_asked = false;  // opens the list in this frame
  UpscaleChoice upscale;      // settings of the button that enlarges the selected picture
  bool upscale_open = false;
  bool upscale_asked = false;
  bool upscalers_asked = true;  // search for upscalers in the next frame
  // Of the list of one of them, in the last frame.
  struct ListHold {
    bool rows = false;             // the mouse or the keyboard is on it: rows keep their places
    bool further = false;          // more rows would move what the mouse is on
    std::optional<double> top_px;  // while the mouse is on it, screen pixels
    std::string remark;            // below its rows
  };
  ListHold list_hold;
  bool compares = false;  // the selected picture's origin is shown instead

  std::string copied;  // name of the value that was copied, and when
  double copied_at = -1e9;
  TipState mouse_tip, keyboard_tip;
  unsigned drawn_tip = 0;                   // item of the last tooltip with more than text
  double drawn_tip_w = 0, drawn_tip_h = 0;  // its size, screen pixels
  // What tooltips avoid, in screen pixels: in the last frame, and so far in this one.
  struct Places {
    std::vector<Rect> work;  // prompt, sizes, plan and picture
    std::vector<Rect> rest;  // less important
  };
  Places places, next_places;
  bool plan_open = false;      // the explanation of the plan, above the plan line
  bool settings_open = false;  // where they fold
  int unfold_frames = 0;       // frames until they are in view
  bool details_open = false;   // details of the picture, where they are a drawer
  double pinned_px = 0;        // height of what never scrolls, in the last frame
  double plan_card_px = 0;     // height of the plan's explanation, in the last frame
  double composer_px = 0;      // height of the composer's content, in the last frame

  std::vector<GenerationRequest> offered;  // jobs that the last session did not finish
  // Of those that were given up: pictures that only wait to be decoded. What is kept of them goes
  // when the window closes, since Undo may bring them back until then.
  std::vector<std::shared_ptr<const SampledPicture>> given_up;
  std::optional<OfferedPicture> offered_picture;  // a picture whose settings may be taken over
  std::vector<InitImage::File> known_starts;      // where start pictures are; newest last
  MaskPointer mask;                               // see Settings; only with a start picture
  Margins outpaint{};                             // see Settings; only with a start picture
  std::optional<CanvasDrag> canvas_drag;          // while an edge of the canvas is held
  MaskTool mask_tool;
  MaskLook mask_look;
  std::vector<LoraTag> off_loras;                 // see Settings
  std::vector<std::filesystem::path> lora_files;  // that were dropped; newest last
  bool loras_changed = false;                     // names may refer to other files now
  bool loras_open = false;                        // all are shown, if there are many
  std::vector<std::filesystem::path> rescued;     // see SavedSession::rescued
  bool start_again_asked = false;
  bool start_again = false;  // restart after closing
  Message unkept;            // why the session cannot be saved; empty: it can
  Forgotten forgotten;       // what would be lost then
  enum class Closing { kNo, kAsk, kWhenDone, kNow };
  Closing closing = Closing::kNo;
  bool quit_asked = false;         // by a key, like closing the window
  bool full_screen_asked = false;  // by a key, to switch full screen
  bool save_asked = false;         // asking for a folder for unsaved pictures
  std::string save_folder;         // that folder, as typed
  Message save_trouble;            // why saving there failed
  // While the user is asked where another model is: the typed text, why it could not be opened,
  // whether it is being opened, and a folder that was dropped.
  std::optional<std::string> model_folder;
  Message model_trouble;
  std::optional<std::uint64_t> model_opening;  // Session::Changed::number when opening began
  bool models_asked = false;                   // search for models in the next frame
  bool loras_asked = false;                    // search for LoRAs in the next frame
  // A sheet covers parts of the window; at most one is open.
  enum class Sheet { kNone, kModels, kLoras };
  Sheet sheet = Sheet::kNone;
  bool sheet_asked = false;           // opens in the next frame
  std::string sheet_filter;           // words that rows must contain
  bool sheet_filter_focus = false;    // the filter gets the keyboard when the sheet is shown
  bool sheet_filtered = false;        // there is a filter
  bool sheet_held = false;            // the rows keep their places
  HeldRows<ModelOffer> sheet_models;  // while the sheet is open, and sheet_loras likewise
  HeldRows<LoraOffer> sheet_loras;
  // Where the two sections of the model list end, screen pixels.
  double sheet_here_px = 0, sheet_others_px = 0;
  std::vector<SearchedFolder> searched_folders;  // when the sheet was opened
  std::optional<std::string> added_folder;       // another folder, as typed
  Message folder_trouble;                        // why that folder was refused
  std::vector<std::string> recent_models;        // in the form of SessionChoice; newest last
  MenuRows menu_rows;                            // of the model menu, while it is open
  std::optional<std::string> dropped_folder;
  // Where pictures are saved instead of the configured folder, after saving there failed.
  std::optional<std::filesystem::path> output_folder;

  UndoStack undo;
  // State after the last frame, since Dear ImGui closes a list before this frame's keys are
  // handled.
  bool popup_was_open = false;
  bool item_was_active = false;
  unsigned active_item = 0;  // Dear ImGui's id of it
  double escape_at = -1e9;   // seconds; a second Esc soon after this cancels

  std::vector<Banner> banners;  // above the canvas, oldest first
  std::vector<Banner> folded;   // in the bell's list
  double banners_px = 0;        // height of the banners, in the last frame
  std::uint64_t next_banner = 1;
  std::string language = "en";
  bool dark = true;
  double zoom = 1;  // of the user interface, see ui_zoom.h

  static constexpr double kFlash_s = 0.6;
  static constexpr double kEscapeAgain_s = 1.5;
  [[nodiscard]] bool escape_cancels(double now_s) const {
    return now_s - escape_at < kEscapeAgain_s;
  }

  [[nodiscard]] Settings settings() const {
    return {draft, seed_text, locked_ratio, off_loras, mask, outpaint};
  }
  void apply(const Settings& settings);
  // Call at the end of a frame with Dear ImGui's id of the active item (0 = none) and whether a
  // list is open. Changes in one field become one undo step, whether it was left for another field
  // or not.
  void end_frame(unsigned active, bool popup_is_open);
  // Adds an undo step if the settings have changed. Returns the newest step.
  std::uint64_t record() { return undo.record(settings()); }

  // Sets the model's recommended settings.
  void reset_to(const ModelInfo& model);
  // Adapts to another model: settings that the user has not changed from what `was` recommends
  // become what `now` recommends, and sizes are snapped to its unit. Returns the step of the
  // change, 0 = nothing changed.
  std::uint64_t take_model(const ModelInfo& was, const ModelInfo& now);
  // Removes the remark on the size.
  void forget_size_note();
  // Width and height snapped to `unit`.
  void set_size(Size size, int unit);
  // Locks the present ratio of the sides, as it was asked for, or unlocks it.
  void lock_ratio(bool on);
  // Whether the sides really have the locked ratio, which snapping may prevent.
  [[nodiscard]] bool keeps_ratio() const;
  // Takes over what the fields show; if the ratio is locked, the other side follows. Returns
  // whether snapping changed the typed value.
  bool commit_width(int unit);
  bool commit_height(int unit);
  void swap_sides();
  [[nodiscard]] const MaskPointer& shown_mask() const {
    return mask_tool.drawn ? mask_tool.drawn : mask;
  }
  // The size that the picture under the mask is cropped for: its own once it has margins.
  [[nodiscard]] Size mask_is_for() const;
  // Share of the picture that is painted, in the part that is used, 0..1.
  [[nodiscard]] double mask_share() { return mask_look.share(mask, mask_is_for()); }
  // Whether parts of the start picture are kept.
  [[nodiscard]] bool repaints() const { return mask != nullptr || outpaint != Margins{}; }
  // Sets another mask; null or an empty mask means none. The strength changes to the new default,
  // unless the user has chosen another value.
  void set_mask(MaskPointer painted);
  void set_outpaint(const Margins& margins);  // likewise
  // Puts the mask tool away. If it made a picture the start and nothing was painted, the start is
  // again what it was before.
  void leave_mask_tool();
  // Size of the start picture with its margins.
  [[nodiscard]] Size canvas_size() const;
  // Notes where a start picture was found, for records that only have its hash.
  void remember_start(const InitImage::File& file);
  [[nodiscard]] std::string path_of_start(const std::string& sha256) const;  // empty: unknown
  void remember_lora(const std::filesystem::path& file);
  void remember_model(const std::string& model);
  void open_sheet(Sheet which);
  // The draft with its seed; nothing when the seed's text is not a 64-bit number. A start picture
  // still has its own size.
  [[nodiscard]] std::optional<GenerationRequest> request() const;
  [[nodiscard]] const FinishedPicture* selected_picture() const;
  // Changes as long as parts of the window are still finding their places.
  [[nodiscard]] double heights_px() const {
    return pinned_px + plan_card_px + composer_px + banners_px;
  }
  [[nodiscard]] std::size_t unsaved() const;
  // How many of those the next start offers, since what was kept of them is on the disk.
  [[nodiscard]] std::size_t unsaved_but_kept() const;
  // Adds a picture of an earlier session, older than all others.
  void add_older_picture(FinishedPicture picture);
  // Adds a finished picture, after its origin if that is in the list. Selects it if the canvas
  // follows the run. Forgets the oldest saved pictures when there are too many to keep in memory.
  void add_picture(FinishedPicture picture);
  void select(std::size_t index);
  // Removes a picture, or puts it back; the selection moves along.
  FinishedPicture take_out(std::size_t index);
  void put_back(FinishedPicture picture, std::size_t index);
  void add_banner(Banner banner);
  // Offers jobs that the last session did not finish, if there are any.
  void offer(std::vector<GenerationRequest> jobs);
  // Moves the banner to the bell's list; a note that needs no action is removed.
  void fold(std::size_t index);
  // Removes banners about a subject that is settled.
  void resolve(const std::string& about);
  static std::string about_saving(const FinishedPicture& picture);
  static std::string about_making(const GenerationRequest& request);
  static std::string about_run(JobId job);
  static constexpr const char* kAboutFolder = "folder";
  static constexpr const char* kAboutOffer = "offer";
  static constexpr const char* kAboutImage = "image";  // the start picture
  static constexpr const char* kAboutFinish = "finish";
  static constexpr const char* kAboutLora = "lora";
  static constexpr const char* kAboutHeld = "held";
  static constexpr const char* kAboutUnkept = "unkept";  // see unkept
  static constexpr const char* kAboutStart = "start";    // the model that was asked for
  static constexpr const char* kAboutChange = "change";  // a change of the model

 private:
  void take_size(Size size, int unit);  // snapped; the locked ratio is kept
  void follow_repaint(bool repainted);  // `repainted`: as it was before
};

}  // namespace headroom
