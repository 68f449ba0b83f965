#include "closing.h"

namespace headroom {

void follow_close(Graphics& graphics, const WindowServices& services, UiState& state) {
  using Closing = UiState::Closing;
  const bool asked = graphics.wants_close();
  if (asked) graphics.forget_close();
  const bool busy = !services.session.queue().status().empty();
  const bool goes_on = busy && !services.session.queue().waits_for_saving();
  if (asked || (state.closing == Closing::kWhenDone && !goes_on)) {
    const bool loses = busy || state.unsaved() > 0;
    state.closing = loses ? Closing::kAsk : Closing::kNow;
    if (loses) graphics.show();
  }
  if (!services.ending || !services.ending()) return;
  state.closing = Closing::kNow;  // nobody is there to be asked
  for (const FinishedPicture& picture : state.pictures) {
    if (!picture.save_error.empty() && services.rescue) services.rescue(picture);
  }
}

}  // namespace headroom
