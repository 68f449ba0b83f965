#pragma once
#include "headroom/gui_state/mask_store.h"
#include "headroom/gui_state/ui_state.h"
#include "headroom/gui_state/window_services.h"

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

namespace headroom {

class StringTable;

// Functions of the desktop. Those for folders throw Error{kIo}.
struct Desktop {
  // Puts a PNG file's bytes on the clipboard; false where it accepts only text.
  std::function<bool(std::string png)> copy_picture;
  std::function<void(const std::string& text)> copy_text;
  // Asks the clipboard for a picture; PasteActions::take() receives it some time later.
  std::function<void()> ask_picture;
  std::function<void(const std::filesystem::path& folder)> open_folder;
  std::function<void(const std::filesystem::path& file)> show_file;  // shows the file in its folder
};

// Objects that actions work with; all must outlive them.
struct ActionContext {
  const WindowServices& services;
  UiState& state;
  const StringTable& text;  // in the window's present language
  MaskStore& masks;
  const Desktop& desktop;

  // Adds a job to the queue. If no other job is there, the canvas follows it; otherwise it keeps
  // what is being viewed.
  void submit(GenerationRequest request, bool in_front = false) const {
    GenerationQueue& queue = services.session.queue();
    state.ended.reset();
    if (queue.status().empty()) state.live = true;
    queue.submit(std::move(request), in_front);
  }
};

}  // namespace headroom
