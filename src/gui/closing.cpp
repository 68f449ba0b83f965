#include "closing.h"

#include <utility>

namespace headroom {

void rescue_pictures(const WindowServices& services, UiState& state) {
  if (!services.rescue) return;
  for (FinishedPicture& picture : state.pictures) {
    if (picture.save_error.empty() || picture.picture.kept) continue;
    picture.file = services.rescue(picture);
    if (picture.file.empty()) continue;
    picture.save_error.clear();
    state.rescued.push_back(picture.file);
  }
}

void drop_given_up(UiState& state) {
  for (const auto& sampled : std::exchange(state.given_up, {})) {
    if (sampled->kept) sampled->kept->drop();
  }
}

void follow_close(Graphics& graphics, const WindowServices& services, UiState& state,
                  const std::function<void()>& keep) {
  using Closing = UiState::Closing;
  const bool asked = graphics.wants_close();
  const bool again = std::exchange(state.start_again_asked, false);
  if (asked) graphics.forget_close();
  if (asked || again) state.start_again = again;
  const bool busy = !services.session.queue().status().empty();
  const bool goes_on = busy && !services.session.queue().waits_for_saving();
  if (asked || again || (state.closing == Closing::kWhenDone && !goes_on)) {
    keep();  // saves what is restored at the next start
    const bool loses = (!again && (busy || state.unsaved() > 0)) || state.forgotten.any();
    state.closing = loses ? Closing::kAsk : Closing::kNow;
    if (loses) graphics.show();
  }
  // No user is there to be asked.
  if (services.ending && services.ending()) state.closing = Closing::kNow;
}

}  // namespace headroom
