// What Actions does with the picture that the next one starts from.
#include "headroom/gui_state/format.h"

#include "actions.h"

#include <array>
#include <system_error>
#include <utility>

namespace headroom {
namespace fs = std::filesystem;

void Actions::start_from(const fs::path& file) {
  try {
    bool has_transparency = false;
    const StartPicture start = read_start_picture(file, &has_transparency);
    state_.record();
    const StartPicture before = std::exchange(state_.draft.init, start);
    state_.resolve(UiState::kAboutImage);
    carry_mask(before);
    state_.record();
    state_.remember_start(start->file);
    if (!has_transparency) return;
    state_.add_banner(
        {.kind = Banner::Kind::kNote,
         .text = say("the transparent parts of {0} count as white", shorten(start->file.name, 48)),
         .about = UiState::kAboutImage});
  } catch (const Error& e) {
    state_.add_banner({.text = e.message(), .about = UiState::kAboutImage});
  }
}

void Actions::use_as_image() {
  const FinishedPicture* const picture = state_.selected_picture();
  if (picture != nullptr && !picture->file.empty()) start_from(picture->file);
}

void Actions::remove_start() {
  state_.record();
  const bool is_masked = state_.mask != nullptr;
  state_.draft.init.reset();
  state_.set_mask(nullptr);
  close_mask_tool();
  const std::uint64_t step = state_.record();
  state_.resolve(UiState::kAboutImage);
  if (is_masked) note_undo(say("note.mask.with_picture"), step);
}

void Actions::look_for_start() {
  if (!state_.draft.init) return;
  const InitImage::File wanted = state_.draft.init->file;
  if (const StartPicture found = find_start(wanted, {})) {
    state_.draft.init = found;
    state_.resolve(UiState::kAboutImage);
  } else if (!wanted.path.empty()) {
    start_from(wanted.path);  // another picture there is as good; or says what is wrong
  }
}

StartPicture Actions::find_start(const InitImage::File& wanted, const fs::path& near) const {
  const fs::path output = state_.output_folder.value_or(services_.output_folder);
  const std::array<fs::path, 4> places{wanted.path, state_.path_of_start(wanted.sha256),
                                       near.parent_path() / wanted.name, output / wanted.name};
  for (const fs::path& place : places) {
    std::error_code ignored;
    if (!fs::is_regular_file(place, ignored)) continue;
    try {
      StartPicture found = read_start_picture(place);
      if (found->file.sha256 == wanted.sha256) return found;
    } catch (const Error&) {
      continue;  // it is another one by now
    }
  }
  return nullptr;
}

Actions::Start Actions::bring_back(const StartPicture& record, const fs::path& near) {
  if (!record) return {};
  const StartPicture& now = state_.draft.init;
  const bool is_there = now && has_pixels(*now) && now->file.sha256 == record->file.sha256;
  const StartPicture found = is_there ? now : find_start(record->file, near);
  if (found) {
    MaskPointer mask = record->repaint ? masks_.find(record->mask_file) : nullptr;
    if (record->repaint && !mask) {
      state_.add_banner({.kind = Banner::Kind::kWarning,
                         .text = say("banner.mask_left", shorten(record->mask_file.name, 48)),
                         .about = UiState::kAboutImage});
    }
    return {found, mask};
  }
  if (has_pixels(*record)) return {record, nullptr};  // as it was fitted to the picture
  state_.add_banner({.kind = Banner::Kind::kWarning,
                     .text = say("banner.start_lost", shorten(record->file.name, 48)),
                     .about = UiState::kAboutImage});
  return {record, nullptr};
}

StartPicture Actions::start_of_offered(const GenerationRequest& request) {
  const Size size{request.width, request.height};
  const InitImage& start = *request.init;
  if (has_pixels(start)) return fitter_.fit(request.init, size);
  MaskOfStart mask{nullptr, start.mask_file};
  if (start.repaint) {
    mask.mask = masks_.find(start.mask_file);
    if (!mask.mask) {
      throw Error(ErrorKind::kIo, say("the mask {0} is not there any more; bring it back, or "
                                      "paint it again",
                                      start.mask_file.name));
    }
  }
  return fitter_.fit(read_start_picture(start.file.path), size, mask);
}

void Actions::queue_offered() {
  std::vector<GenerationRequest> left;
  Message trouble;
  for (GenerationRequest& request : std::exchange(state_.offered, {})) {
    try {
      if (request.init && !request.sampled) request.init = start_of_offered(request);
      services_.session.queue().submit(std::move(request));
    } catch (const Error& e) {
      trouble = e.message();
      left.push_back(std::move(request));
    }
  }
  if (left.empty()) return;
  // They stay on offer, and in the session, until their picture is back.
  state_.offered = std::move(left);
  state_.add_banner({.kind = Banner::Kind::kWarning,
                     .title = say("banner.not_queued"),
                     .text = trouble,
                     .way = Banner::Way::kQueueOffered});
}

}  // namespace headroom
