#include "headroom/gui_actions/undo_notes.h"

namespace headroom {

void note_undo(UiState& state, const Message& note, std::uint64_t step) {
  state.add_banner(
      {.kind = Banner::Kind::kNote, .text = note, .way = Banner::Way::kUndo, .step = step});
}

void replace_settings(UiState& state, const Message& note, const std::function<void()>& change) {
  const std::uint64_t before = state.record();  // what was typed so far becomes a separate step
  const Settings was = state.settings();
  state.ended.reset();
  state.history.add(was.draft.prompt);
  change();
  const std::uint64_t step = state.record();
  const bool nothing_lost = was.draft.prompt.empty() && step != before;
  if (was == state.settings() || nothing_lost) return;
  note_undo(state, note, step);
}

}  // namespace headroom
