#include "headroom/gui_actions/picture_actions.h"

#include "headroom/core/error.h"
#include "headroom/image/png_writer.h"

#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace headroom {
namespace {

// The picture's PNG with its settings; empty when it is neither in memory nor on the disk.
std::string png_of(const FinishedPicture& picture) {
  std::ifstream in(picture.file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (bytes.empty() && picture.picture.image) bytes = encode_png(*picture.picture.image, {});
  return bytes;
}

}  // namespace

void PictureActions::select(std::size_t index) {
  UiState& state = context_.state;
  state.ended.reset();
  state.live = false;
  state.leave_mask_tool();
  state.select(index);
}

void PictureActions::step(int by) {
  UiState& state = context_.state;
  if (state.pictures.empty()) return;
  const auto last = static_cast<int>(state.pictures.size()) - 1;
  const int now = state.selected ? static_cast<int>(*state.selected) : last;
  const int next = now + by;
  if (next < 0) return;
  if (next > last) {
    state.live = true;
    return;
  }
  select(static_cast<std::size_t>(next));
}

void PictureActions::show_live() {
  UiState& state = context_.state;
  state.live = true;
  state.leave_mask_tool();
  if (!state.pictures.empty()) state.select(state.pictures.size() - 1);
}

void PictureActions::copy() {
  UiState& state = context_.state;
  const FinishedPicture* const picture = state.selected_picture();
  if (picture == nullptr) return;
  std::string png = png_of(*picture);
  if (png.empty()) {
    state.add_banner({.kind = Banner::Kind::kWarning, .text = say("canvas.gone")});
  } else if (context_.desktop.copy_picture(std::move(png))) {
    state.add_banner({.kind = Banner::Kind::kNote, .text = say("note.copied")});
  } else {
    copy_path();
  }
}

void PictureActions::copy_path() {
  UiState& state = context_.state;
  const FinishedPicture* const picture = state.selected_picture();
  if (picture == nullptr || picture->file.empty()) return;
  context_.desktop.copy_text(picture->file.string());
  state.add_banner(
      {.kind = Banner::Kind::kNote, .title = say("banner.copied"), .text = picture->file.string()});
}

void PictureActions::show_in_folder() {
  UiState& state = context_.state;
  const FinishedPicture* const picture = state.selected_picture();
  if (picture == nullptr) return;
  try {
    if (picture->file.empty()) {
      context_.desktop.open_folder(state.output_folder.value_or(context_.services.output_folder));
    } else {
      context_.desktop.show_file(picture->file);
    }
    state.resolve(UiState::kAboutFolder);
  } catch (const Error& e) {
    state.add_banner(
        {.title = say("banner.folder"), .text = e.message(), .about = UiState::kAboutFolder});
  }
}

}  // namespace headroom
