// What Actions makes of a finished picture: more like it, and what becomes of a repaint's results.
#include "headroom/gui_state/from_picture.h"

#include "actions.h"

#include <random>
#include <utility>

namespace headroom {

void Actions::submit_from_picture(GenerationRequest request) {
  try {
    if (request.init) request.init = start_of_offered(request);
  } catch (const Error& e) {
    state_.add_banner({.text = e.message(), .about = UiState::kAboutImage});
    return;
  }
  state_.ended.reset();
  if (services_.session.queue().status().empty()) state_.live = true;
  services_.session.queue().submit(std::move(request));
}

void Actions::vary() {
  const FinishedPicture* const picture = state_.selected_picture();
  if (picture == nullptr) return;
  // Other ones at every press: 32 random bits.
  submit_from_picture(variations_of(*picture, std::random_device{}()));
}

void Actions::more_results() {
  const FinishedPicture* const picture = state_.selected_picture();
  if (picture != nullptr) submit_from_picture(more_like(*picture));
}

void Actions::keep_result() { use_as_image(); }

void Actions::discard_result() {
  const auto results = repaint_results(state_);
  if (!results || !state_.selected_picture()->save_error.empty()) return;
  const std::size_t place = results->pictures[results->at];
  // The next of the results is looked at then, or else the one before.
  const bool is_last = results->at + 1 == results->pictures.size();
  if (is_last && results->at > 0) state_.select(results->pictures[results->at - 1]);
  if (!is_last) state_.select(results->pictures[results->at + 1]);
  state_.record();
  note_undo(say("note.discarded"), state_.undo.record_discarded(state_.take_out(place), place));
}

void Actions::step_result(int by) {
  const auto results = repaint_results(state_);
  if (!results) return;
  const auto next = static_cast<std::ptrdiff_t>(results->at) + by;
  if (next < 0 || next >= static_cast<std::ptrdiff_t>(results->pictures.size())) return;
  select_picture(results->pictures[static_cast<std::size_t>(next)]);
}

}  // namespace headroom
