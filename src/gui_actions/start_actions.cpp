#include "headroom/gui_actions/start_actions.h"

#include "headroom/core/error.h"
#include "headroom/gui_actions/undo_notes.h"
#include "headroom/gui_state/format.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

namespace headroom {
namespace {

// Whether a mask with this grid covers a picture of this size in the same way as its own.
bool has_shape(const PaintedMask& mask, Size picture) {
  const Size grid = PaintedMask(picture).size();
  return std::abs(grid.width * mask.size().height - grid.height * mask.size().width) <=
         std::max(grid.width, grid.height);
}

}  // namespace

void StartActions::use(const std::filesystem::path& file) {
  UiState& state = context_.state;
  try {
    bool has_transparency = false;
    const StartPicture start = read_start_picture(file, &has_transparency);
    state.record();
    const StartPicture before = std::exchange(state.draft.init, start);
    state.resolve(UiState::kAboutImage);
    carry_mask(before);
    state.record();
    state.remember_start(start->file);
    if (!has_transparency) return;
    state.add_banner(
        {.kind = Banner::Kind::kNote,
         .text = say("the transparent parts of {0} count as white", shorten(start->file.name, 48)),
         .about = UiState::kAboutImage});
  } catch (const Error& e) {
    state.add_banner({.text = e.message(), .about = UiState::kAboutImage});
  }
}

void StartActions::use_selected() {
  const FinishedPicture* const picture = context_.state.selected_picture();
  if (picture != nullptr && !picture->file.empty()) use(picture->file);
}

void StartActions::remove() {
  UiState& state = context_.state;
  state.record();
  const bool is_masked = state.mask != nullptr;
  state.draft.init.reset();
  state.set_mask(nullptr);
  state.set_outpaint({});
  state.mask_tool.close();
  const std::uint64_t step = state.record();
  state.resolve(UiState::kAboutImage);
  if (is_masked) note_undo(state, say("note.mask.with_picture"), step);
}

void StartActions::look_again() {
  UiState& state = context_.state;
  if (!state.draft.init) return;
  const InitImage::File wanted = state.draft.init->file;
  if (const StartPicture found = finder_.find(wanted, {})) {
    state.draft.init = found;
    state.resolve(UiState::kAboutImage);
  } else if (!wanted.path.empty()) {
    use(wanted.path);  // any picture there is accepted; reports what is wrong
  }
}

void StartActions::carry_mask(const StartPicture& before) {
  UiState& state = context_.state;
  const StartPicture& now = state.draft.init;
  if (before && before->file.sha256 == now->file.sha256) return;
  state.set_outpaint({});  // they were about another picture
  if (!state.mask) return;
  const bool stays = has_shape(*state.mask, {now->image.width, now->image.height});
  if (!stays) {
    state.set_mask(nullptr);
    state.mask_tool.close();
  }
  const std::string name = shorten(now->file.name, 48);
  note_undo(state, stays ? say("note.mask.stays", name) : say("note.mask.other_shape", name),
            state.record());
}

}  // namespace headroom
