#pragma once
#include "headroom/core/message.h"

#include <filesystem>
#include <functional>

namespace headroom {

// A small window with a sentence, where the program's own cannot open: nothing needs to be there
// but a display and OpenGL, neither a model nor the languages' files nor fonts.
struct StartNotice {
  Message text;
  std::filesystem::path assets_folder{};  // of the catalogues and icons, as far as they are there
  std::filesystem::path log_folder{};     // named below the text
  std::function<bool()> ending{};         // asked four times a second; true closes it
};

// Shows it until it is closed. HEADROOM_UI_DUMP as for Window, with {"notice": TEXT} as state and
// the widgets "copy" and "close". Throws Error{kInternal} without a display or OpenGL 3. Main
// thread.
void show_notice(const StartNotice& notice);

}  // namespace headroom
