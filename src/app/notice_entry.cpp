// A library of its own, without libtorch: what main.cpp shows when the rest of the program cannot
// be loaded.
#include "headroom/config/paths.h"
#include "headroom/core/message.h"
#include "headroom/gui/notice_window.h"

#include <exception>

// Shows the text in a window. Returns 1 if the user wants to try again, 0 if the window was closed,
// -1 if there can be no window. It is called with a headroom::Message.
extern "C" int headroom_notice(const void* text) {
  using namespace headroom;
  try {
    const NoticeEnd end =
        show_notice({.text = *static_cast<const Message*>(text), .assets_folder = share_folder()});
    return end.kind == NoticeEnd::Kind::kTryAgain ? 1 : 0;
  } catch (const std::exception&) {
    return -1;
  }
}
