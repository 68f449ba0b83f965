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

// What the desktop does for the window. The folder functions throw Error{kIo}.
struct Desktop {
  // Puts a PNG file's bytes on the clipboard; false where it takes texts only.
  std::function<bool(std::string png)> copy_picture;
  std::function<void(const std::string& text)> copy_text;
  // Begins to look for a picture on the clipboard; PasteActions::take() gets it some time later.
  std::function<void()> ask_picture;
  std::function<void(const std::filesystem::path& folder)> open_folder;
  std::function<void(const std::filesystem::path& file)> show_file;  // in its folder
};

// What actions work with; all of it outlives them.
struct ActionContext {
  const WindowServices& services;
  UiState& state;
  const StringTable& text;  // follows the window's language
  MaskStore& masks;
  const Desktop& desktop;

  // Puts a job into the queue. The first one takes the canvas; later ones queue up behind what is
  // being looked at.
  void submit(GenerationRequest request, bool in_front = false) const {
    GenerationQueue& queue = services.session.queue();
    state.ended.reset();
    if (queue.status().empty()) state.live = true;
    queue.submit(std::move(request), in_front);
  }
};

}  // namespace headroom
