#include "headroom/gui_actions/mask_actions.h"

#include "headroom/gui_actions/undo_notes.h"

#include <filesystem>
#include <memory>
#include <utility>

namespace headroom {

void MaskActions::open_tool() {
  UiState& state = context_.state;
  if (!state.draft.init || !has_pixels(*state.draft.init)) return;
  state.mask_tool.on = true;
  state.canvas_asked = true;
  state.details_open = false;  // where it is a drawer, it would cover the tool
}

void MaskActions::paint_selected() {
  const FinishedPicture* const picture = context_.state.selected_picture();
  if (picture == nullptr || picture->file.empty()) return;
  const std::filesystem::path file = picture->file;
  const auto is_start = [&] {
    const StartPicture& start = context_.state.draft.init;
    return start && has_pixels(*start) && start->file.path == file.string();
  };
  if (is_start()) return open_tool();
  UiState& state = context_.state;
  state.leave_mask_tool();
  const Settings before = state.settings();
  start_.use(file);
  if (!is_start()) return;
  open_tool();
  state.mask_tool.opening = {before, state.settings(), state.undo.newest()};
}

void MaskActions::close_tool() { context_.state.leave_mask_tool(); }

void MaskActions::put(PaintedMask painted) {
  UiState& state = context_.state;
  state.record();
  state.set_mask(std::make_shared<const PaintedMask>(std::move(painted)));
  state.record();
}

void MaskActions::invert() {
  const UiState& state = context_.state;
  const StartPicture& start = state.draft.init;
  if (!start || !has_pixels(*start)) return;
  PaintedMask painted =
      state.mask ? *state.mask : PaintedMask({start->image.width, start->image.height});
  if (!state.mask) painted.set_feather(state.mask_tool.feather_px);
  painted.invert();
  put(std::move(painted));
}

void MaskActions::remove() {
  UiState& state = context_.state;
  if (!state.mask) return;
  state.record();
  state.mask_tool.feather_px = state.mask->feather_px();
  state.set_mask(nullptr);
  note_undo(state, say("note.mask.removed"), state.record());
}

}  // namespace headroom
