#pragma once
#include "headroom/core/message.h"

#include <filesystem>
#include <functional>

namespace headroom {

// A small window with a sentence, for when the program's own window cannot open. It needs only a
// display and OpenGL: no model, language files or fonts.
struct StartNotice {
  Message text;
  std::filesystem::path assets_folder{};  // of catalogues and icons, if they exist
  std::filesystem::path log_folder{};     // named below the text
  std::function<bool()> ending{};         // called four times a second; true closes the window
};

// Shows the notice until it is closed. HEADROOM_UI_DUMP works as for Window, with {"notice": TEXT}
// as state and the widgets "copy" and "close". Throws Error{kInternal} without a display or OpenGL
// 3. Main thread.
void show_notice(const StartNotice& notice);

}  // namespace headroom
