#include "headroom/gui_actions/start_picture_finder.h"

#include "headroom/core/error.h"
#include "headroom/gui_state/format.h"
#include "headroom/image/outpaint.h"

#include <array>
#include <system_error>

namespace headroom {
namespace fs = std::filesystem;

StartPicture StartPictureFinder::find(const InitImage::File& wanted, const fs::path& near) const {
  const UiState& state = context_.state;
  const fs::path output = state.output_folder.value_or(context_.services.output_folder);
  const std::array<fs::path, 4> places{wanted.path, state.path_of_start(wanted.sha256),
                                       near.parent_path() / wanted.name, output / wanted.name};
  for (const fs::path& place : places) {
    std::error_code ignored;
    if (!fs::is_regular_file(place, ignored)) continue;
    try {
      StartPicture found = read_start_picture(place);
      if (found->file.sha256 == wanted.sha256) return found;
    } catch (const Error&) {
      continue;  // the file has changed
    }
  }
  return nullptr;
}

StartPicture StartPictureFinder::chosen_or_found(const InitImage::File& wanted,
                                                 const fs::path& near) const {
  const StartPicture& now = context_.state.draft.init;
  const bool is_chosen = now && has_pixels(*now) && now->file.sha256 == wanted.sha256;
  return is_chosen ? now : find(wanted, near);
}

StartPictureFinder::Start StartPictureFinder::bring_back(const StartPicture& record,
                                                         const fs::path& near) {
  if (!record) return {};
  UiState& state = context_.state;
  if (const StartPicture found = chosen_or_found(record->file, near)) {
    InitImage::File file = record->mask_file;
    const Margins margins = take_margins(file.name);
    const bool is_painted = record->repaint && !file.name.empty();
    MaskPointer mask = is_painted ? context_.masks.find(file) : nullptr;
    if (is_painted && !mask) {
      state.add_banner({.kind = Banner::Kind::kWarning,
                        .text = say("banner.mask_left", shorten(file.name, 48)),
                        .about = UiState::kAboutImage});
    }
    return {found, mask, margins};
  }
  if (has_pixels(*record)) return {record, nullptr};  // it already has the picture's size
  state.add_banner({.kind = Banner::Kind::kWarning,
                    .text = say("banner.start_lost", shorten(record->file.name, 48)),
                    .about = UiState::kAboutImage});
  return {record, nullptr};
}

StartPicture StartPictureFinder::of_record(const GenerationRequest& request, const fs::path& near) {
  const Size size{request.width, request.height};
  const InitImage& start = *request.init;
  if (has_pixels(start)) return fitter_.fit(request.init, size);
  MaskOfStart mask{nullptr, start.mask_file};
  mask.margins = take_margins(mask.file.name);
  mask.unit = context_.services.session.current()->model.size_unit;
  if (start.repaint && !mask.file.name.empty()) {
    mask.mask = context_.masks.find(mask.file);
    if (!mask.mask) {
      throw Error(ErrorKind::kIo, say("the mask {0} is not there any more; bring it back, or "
                                      "paint it again",
                                      mask.file.name));
    }
  }
  const StartPicture found = chosen_or_found(start.file, near);
  if (!found) {
    throw Error(ErrorKind::kIo, say("the picture to start from, {0}, is not there any more, or has "
                                    "changed; bring it back, or start from another one",
                                    start.file.name));
  }
  return fitter_.fit(found, size, mask);
}

StartPicture StartPictureFinder::of_draft(const GenerationRequest& request) {
  MaskOfStart mask = keep_mask_of_draft();
  mask.margins = context_.state.outpaint;
  mask.unit = context_.services.session.current()->model.size_unit;
  return fitter_.fit(request.init, {request.width, request.height}, mask);
}

MaskOfStart StartPictureFinder::keep_mask_of_draft() {
  const MaskPointer& mask = context_.state.mask;
  if (!mask) return {};
  try {
    return {mask, context_.masks.keep(mask)};
  } catch (const Error&) {  // the session reports it
    return {mask, context_.masks.file_of(mask)};
  }
}

}  // namespace headroom
