// What Actions does with the mask of the picture that the next one starts from.
#include "headroom/gui_state/format.h"

#include "actions.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace headroom {
namespace {

// Whether a mask of this grid lies over a picture of this size as it lay over its own.
bool has_shape(const PaintedMask& mask, Size picture) {
  const Size grid = PaintedMask(picture).size();
  return std::abs(grid.width * mask.size().height - grid.height * mask.size().width) <=
         std::max(grid.width, grid.height);
}

}  // namespace

void Actions::open_mask_tool() {
  if (!state_.draft.init || !has_pixels(*state_.draft.init)) return;
  state_.mask_tool.on = true;
  state_.canvas_asked = true;
  state_.details_open = false;  // where it is a drawer, it lies over the tool
}

void Actions::mask_selected() {
  const FinishedPicture* const picture = state_.selected_picture();
  if (picture == nullptr || picture->file.empty()) return;
  const std::filesystem::path file = picture->file;
  const auto is_start = [&] {
    const StartPicture& start = state_.draft.init;
    return start && has_pixels(*start) && start->file.path == file.string();
  };
  if (!is_start()) start_from(file);
  if (is_start()) open_mask_tool();
}

void Actions::close_mask_tool() {
  state_.mask_tool.on = false;
  state_.mask_tool.drawn.reset();
}

void Actions::put_mask(PaintedMask painted) {
  state_.record();
  state_.set_mask(std::make_shared<const PaintedMask>(std::move(painted)));
  state_.record();
}

void Actions::invert_mask() {
  const StartPicture& start = state_.draft.init;
  if (!start || !has_pixels(*start)) return;
  PaintedMask painted =
      state_.mask ? *state_.mask : PaintedMask({start->image.width, start->image.height});
  if (!state_.mask) painted.set_feather(state_.mask_tool.feather_px);
  painted.invert();
  put_mask(std::move(painted));
}

void Actions::remove_mask() {
  if (!state_.mask) return;
  state_.record();
  state_.mask_tool.feather_px = state_.mask->feather_px();
  state_.set_mask(nullptr);
  note_undo(say("note.mask.removed"), state_.record());
}

void Actions::carry_mask(const StartPicture& before) {
  const StartPicture& now = state_.draft.init;
  if (!state_.mask || (before && before->file.sha256 == now->file.sha256)) return;
  const bool stays = has_shape(*state_.mask, {now->image.width, now->image.height});
  if (!stays) {
    state_.set_mask(nullptr);
    close_mask_tool();
  }
  const std::string name = shorten(now->file.name, 48);
  note_undo(stays ? say("note.mask.stays", name) : say("note.mask.other_shape", name),
            state_.record());
}

MaskOfStart Actions::mask_of_draft() {
  if (!state_.mask) return {};
  try {
    return {state_.mask, masks_.keep(state_.mask)};
  } catch (const Error&) {  // of which the session tells
    return {state_.mask, masks_.file_of(state_.mask)};
  }
}

}  // namespace headroom
