#include "headroom/gui_actions/result_actions.h"

#include "headroom/core/error.h"
#include "headroom/gui_actions/undo_notes.h"
#include "headroom/gui_state/requests_from_picture.h"

#include <filesystem>
#include <random>
#include <utility>

namespace headroom {

void ResultActions::vary() {
  const FinishedPicture* const picture = context_.state.selected_picture();
  if (picture == nullptr) return;
  // New variations at each press: 32 random bits.
  submit(variations_of(*picture, std::random_device{}()), picture->file);
}

void ResultActions::more() {
  const FinishedPicture* const picture = context_.state.selected_picture();
  if (picture != nullptr) submit(more_like(*picture), picture->file);
}

void ResultActions::keep() { others_.start.use_selected(); }

void ResultActions::discard() {
  UiState& state = context_.state;
  const auto results = repaint_results(state);
  if (!results || !state.selected_picture()->save_error.empty()) return;
  const std::size_t place = results->pictures[results->at];
  // Select the next result, or the previous one if this is the last.
  const bool is_last = results->at + 1 == results->pictures.size();
  if (is_last && results->at > 0) state.select(results->pictures[results->at - 1]);
  if (!is_last) state.select(results->pictures[results->at + 1]);
  state.record();
  note_undo(state, say("note.discarded"),
            state.undo.record_discarded(state.take_out(place), place));
}

void ResultActions::step(int by) {
  const auto results = repaint_results(context_.state);
  if (!results) return;
  const auto next = static_cast<std::ptrdiff_t>(results->at) + by;
  if (next < 0 || next >= static_cast<std::ptrdiff_t>(results->pictures.size())) return;
  others_.picture.select(results->pictures[static_cast<std::size_t>(next)]);
}

void ResultActions::submit(GenerationRequest request, const std::filesystem::path& made) {
  try {
    if (request.init) request.init = others_.finder.of_record(request, made);
  } catch (const Error& e) {
    context_.state.add_banner({.text = e.message(), .about = UiState::kAboutImage});
    return;
  }
  context_.submit(std::move(request));
}

}  // namespace headroom
