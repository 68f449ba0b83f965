#include "headroom/gui_actions/undo_actions.h"

namespace headroom {

void UndoActions::undo() {
  UiState& state = context_.state;
  const auto step = state.undo.undo(state.settings());
  if (!step) return;
  for (const GenerationRequest& request : step->removed)
    context_.services.session.queue().submit(request);
  for (const GenerationRequest& request : step->declined)
    std::erase(state.given_up, request.sampled);
  state.offer(step->declined);
  if (step->discarded) state.put_back(*step->discarded, step->place);
  if (!step->changes_settings()) return;
  state.apply(step->settings);
  size_.fit_to_model();
}

void UndoActions::redo() {
  UiState& state = context_.state;
  if (const auto settings = state.undo.redo(state.settings())) state.apply(*settings);
}

void UndoActions::undo_prompt() {
  const UiState& state = context_.state;
  const Settings* const before = state.undo.before(state.settings());
  if (before != nullptr && before->draft.prompt != state.draft.prompt) undo();
}

void UndoActions::redo_prompt() {
  const UiState& state = context_.state;
  const Settings* const after = state.undo.after(state.settings());
  if (after != nullptr && after->draft.prompt != state.draft.prompt) redo();
}

}  // namespace headroom
