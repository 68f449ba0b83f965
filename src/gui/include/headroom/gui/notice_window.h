#pragma once
#include "headroom/core/message.h"

#include <filesystem>
#include <functional>
#include <string>

namespace headroom {

// A model that the program could start with instead.
struct OtherModel {
  std::string model;  // value for --model
};
[[nodiscard]] inline bool is_same(const OtherModel& a, const OtherModel& b) {
  return a.model == b.model;
}

// A small window with a sentence, for when the program's own window cannot open, and with ways on.
// It needs only a display: no model, language files or fonts.
struct StartNotice {
  Message text;
  std::filesystem::path assets_folder{};  // of catalogues and icons, if they exist
  std::filesystem::path log_folder{};     // named below the text
  std::function<bool()> ending{};         // called four times a second; true closes the window
  // Whether another model is a way on, and how to find those of this machine: it is called on a
  // thread of its own and passes each one on. Without it no model can be chosen.
  std::function<void(const std::function<void(OtherModel)>& found)> find_models{};
};

struct NoticeEnd {
  enum class Kind { kClosed, kTryAgain, kOtherModel };
  Kind kind = Kind::kClosed;
  std::string model{};  // value for --model
};

// Shows the notice until it is closed or a way on is chosen. HEADROOM_UI_DUMP works as for Window,
// with {"notice": TEXT, "models": [...]} as state and the widgets "copy", "close", "again",
// "path", "open" and "model.0", "model.1", ... Throws Error{kInternal} without a display. Main
// thread.
[[nodiscard]] NoticeEnd show_notice(const StartNotice& notice);

}  // namespace headroom
