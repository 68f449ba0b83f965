#include "headroom/gui_actions/outpaint_actions.h"

#include "headroom/gui_actions/undo_notes.h"
#include "headroom/gui_state/start_picture.h"

#include <utility>

namespace headroom {
namespace {

Size size_of_start(const UiState& state) {
  return {state.draft.init->image.width, state.draft.init->image.height};
}

}  // namespace

void OutpaintActions::begin(CanvasEdge edge) {
  UiState& state = context_.state;
  if (!state.draft.init || !has_pixels(*state.draft.init)) return;
  state.record();
  state.canvas_drag = CanvasDrag{.edge = edge,
                                 .from = state.outpaint,
                                 .size_before = {state.draft.width, state.draft.height},
                                 .strength_before = state.draft.strength};
}

void OutpaintActions::drag(double by_px) {
  UiState& state = context_.state;
  if (!state.canvas_drag) return;
  const CanvasDrag& drag = *state.canvas_drag;
  const int unit = context_.services.session.current()->model.size_unit;
  const Size picture = size_of_start(state);
  const Margins margins = dragged(drag.from, drag.edge, by_px, picture, unit);
  if (margins == state.outpaint) return;
  state.set_outpaint(margins);
  state.set_size(margins == drag.from ? drag.size_before : state.canvas_size(), unit);
  state.forget_size_note();
}

void OutpaintActions::end() {
  UiState& state = context_.state;
  if (!std::exchange(state.canvas_drag, std::nullopt)) return;
  state.record();
}

void OutpaintActions::give_up() {
  UiState& state = context_.state;
  const auto drag = std::exchange(state.canvas_drag, std::nullopt);
  if (!drag) return;
  state.set_outpaint(drag->from);
  state.draft.strength = drag->strength_before;
  state.set_size(drag->size_before, context_.services.session.current()->model.size_unit);
}

void OutpaintActions::remove() {
  UiState& state = context_.state;
  if (state.outpaint == Margins{}) return;
  state.record();
  state.set_outpaint({});
  if (state.draft.init && has_pixels(*state.draft.init))
    state.set_size(size_of_start(state), context_.services.session.current()->model.size_unit);
  note_undo(state, say("note.outpaint.removed"), state.record());
}

}  // namespace headroom
