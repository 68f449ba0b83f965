// What Actions does with the picture that the next one starts from.
#include "actions.h"
#include "state/format.h"

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
    state_.draft.init = start;
    state_.record();
    state_.remember_start(start->file);
    state_.resolve(UiState::kAboutImage);
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
  state_.draft.init.reset();
  state_.record();
  state_.resolve(UiState::kAboutImage);
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

StartPicture Actions::bring_back(const StartPicture& record, const fs::path& near) {
  if (!record) return nullptr;
  const StartPicture& now = state_.draft.init;
  const bool is_there = now && has_pixels(*now) && now->file.sha256 == record->file.sha256;
  const StartPicture found = is_there ? now : find_start(record->file, near);
  if (found) {
    if (record->repaint) {
      state_.add_banner({.kind = Banner::Kind::kWarning,
                         .text = say("banner.mask_left", shorten(record->mask_file.name, 48)),
                         .about = UiState::kAboutImage});
    }
    return found;
  }
  if (has_pixels(*record)) return record;  // as it was fitted to the picture
  state_.add_banner({.kind = Banner::Kind::kWarning,
                     .text = say("banner.start_lost", shorten(record->file.name, 48)),
                     .about = UiState::kAboutImage});
  return record;
}

void Actions::queue_offered() {
  std::vector<GenerationRequest> left;
  Message trouble;
  for (GenerationRequest& request : std::exchange(state_.offered, {})) {
    try {
      if (request.init && !request.sampled) {
        const StartPicture start =
            has_pixels(*request.init) ? request.init : read_start_picture(request.init->file.path);
        request.init = fitter_.fit(start, {request.width, request.height});
      }
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
