#pragma once
#include "headroom/config/string_table.h"
#include "headroom/gui_state/mask_store.h"
#include "headroom/gui_state/start_picture.h"
#include "headroom/gui_state/ui_state.h"
#include "headroom/gui_state/window_services.h"
#include "headroom/gui_toolkit/graphics.h"

#include <string>

namespace headroom {

struct LoraChip;

// What a person can do, apart from typing: the same whether it came from a button or a key.
// This is the place where errors of such an action become banners. Main thread.
class Actions {
 public:
  Actions(const WindowServices& services, UiState& state, const StringTable& text,
          Graphics& graphics, MaskStore& masks)
      : services_(services), state_(state), text_(text), graphics_(graphics), masks_(masks) {}

  // Sends the draft to the queue unless something is wrong with it (`blocked` is not empty). A
  // second press as quick as a double click is none, unless Shift is held.
  void generate(bool in_front, const std::string& blocked);
  void cancel_running();
  // What has not begun leaves the queue with a way back.
  void cancel(JobId id);
  void move(JobId id, int places);  // of a waiting job; see GenerationQueue
  void clear_waiting();
  // Esc with nothing open and nothing focused: says that another one cancels, then cancels.
  void escape(double now_s);
  void undo();
  void queue_offered();
  // Changes to the model in a folder or file, as a person typed or pasted it, if it can be opened.
  void choose_model(const std::string& typed);
  // Changes to a model of the list.
  void choose(const ModelOffer& offer);
  // To another model, device or number format, see Session.
  void change(const SessionChoice& to);
  void keep_model();  // ends a change that has not happened
  // Opens the list of all models, or of LoRAs, which are looked for then.
  void open_models();
  void open_loras();
  // Models are looked for in this folder, too, as it was typed or dropped; or no more. What is
  // wrong with it becomes UiState::folder_trouble.
  void add_model_folder(const std::string& typed);
  void remove_model_folder(const std::filesystem::path& folder);
  // Closes and starts the program anew; pictures that could not be saved are put where they can.
  void start_again();
  // Saves what is not saved yet into the folder; when that went well, all later pictures go there,
  // too, and a note says so.
  void save_unsaved_to(const std::filesystem::path& folder);
  void redo();

  void choose_size(Size size);
  // A preset that does not fit: takes the size that does and says so.
  void choose_instead(Size wanted, Size fitting);
  void set_prompt(const std::string& prompt);
  void older_prompt();
  void newer_prompt();

  void select_picture(std::size_t index);
  void step_selection(int by);
  void show_live();
  void use_settings();  // of the selected picture: all of them
  void reuse_prompt();
  void reuse_seed();
  // The selected picture itself, to the clipboard; its path where the desktop takes text only.
  void copy_picture();
  void copy_path();
  void show_in_folder();
  // A file that was dropped or pasted: asks what of its settings to take, or says what is wrong.
  // While a model is asked for, it is that.
  void take_file(const std::filesystem::path& file);
  enum class Part { kAll, kPrompt, kSeed, kImage };
  void take_offered_picture(Part part);
  void save_again();

  // Pictures like the selected one.
  void vary();
  // Of the results of a repaint, the selected one: it becomes the picture that the next one starts
  // from; it leaves the window, with a way back; and more of its kind.
  void keep_result();
  void discard_result();
  void more_results();
  void step_result(int by);

  // The next pictures start from the picture in a file, or from the selected one.
  void start_from(const std::filesystem::path& file);
  void use_as_image();
  void remove_start();
  void look_for_start();  // whose file was not there

  // The mask of the picture that the next one starts from. The tool paints on that picture; for the
  // selected one that becomes it first.
  void open_mask_tool();
  void mask_selected();
  void close_mask_tool();
  void put_mask(PaintedMask painted);
  void invert_mask();
  void remove_mask();  // with a way back

  // The prompt asks for the LoRA in a file; one that does not fit is refused.
  void add_lora(const std::filesystem::path& file);
  void set_lora(const LoraChip& chip, double strength);
  void switch_lora(const LoraChip& chip);  // on or off
  void remove_lora(const LoraChip& chip);

 private:
  // Replaces prompt and settings by `change` as one step, with a note that takes it back where
  // something that was written is no longer on the screen. The prompt before goes into the history.
  template <typename Change>
  void replace(const Message& note, Change change);
  void note_removed(std::vector<GenerationRequest> jobs);
  void look_at_folders();
  void use_output_folder(const std::filesystem::path& folder);
  void put_prompt(std::string prompt);
  void offer_picture(const std::filesystem::path& file);
  [[nodiscard]] int size_unit() const;  // px, of the model
  // What a picture of `record` started from: the files that have its hashes, in the places where
  // they may be (`near`: the picture's own file), else as far as the record has it. Says what is
  // missing.
  struct Start {
    StartPicture picture;
    MaskPointer mask;
  };
  [[nodiscard]] Start bring_back(const StartPicture& record, const std::filesystem::path& near);
  // The picture to start from is another one: its mask stays where it has the same shape. Says what
  // came of it.
  void carry_mask(const StartPicture& before);
  [[nodiscard]] MaskOfStart mask_of_draft();
  [[nodiscard]] StartPicture start_of_offered(const GenerationRequest& request);
  void note_undo(const Message& note, std::uint64_t step);
  // A request that the selected picture leads to; says why when its start is not there any more.
  void submit_from_picture(GenerationRequest request);
  [[nodiscard]] StartPicture find_start(const InitImage::File& wanted,
                                        const std::filesystem::path& near) const;

  const WindowServices& services_;
  UiState& state_;
  const StringTable& text_;  // follows the window's language
  Graphics& graphics_;
  MaskStore& masks_;
  StartFitter fitter_;
};

}  // namespace headroom
