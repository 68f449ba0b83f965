#include "headroom/gui_actions/size_actions.h"

#include "headroom/config/string_table.h"
#include "headroom/gui_state/format.h"

#include <string>

namespace headroom {

int SizeActions::unit() const { return context_.services.session.current()->model.size_unit; }

void SizeActions::choose(Size size) {
  UiState& state = context_.state;
  state.ended.reset();
  state.set_size(size, unit());
  state.forget_size_note();
  if (size != Size{state.draft.width, state.draft.height}) {
    state.size_note = fill(context_.text.text("size.snapped"), {std::to_string(unit())});
  }
}

void SizeActions::choose_instead(Size wanted, Size fitting) {
  choose(fitting);
  context_.state.instead = {wanted, fitting};
}

void SizeActions::fit_to_model() {
  const Size size{context_.state.draft.width, context_.state.draft.height};
  if (snap(size, unit()) != size) choose(size);
}

}  // namespace headroom
