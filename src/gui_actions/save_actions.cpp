#include "headroom/gui_actions/save_actions.h"

#include "headroom/core/error.h"

#include <vector>

namespace headroom {

void SaveActions::save_again() {
  UiState& state = context_.state;
  const WindowServices& services = context_.services;
  if (!state.selected_picture() || !services.save_again) return;
  FinishedPicture& picture = state.pictures[*state.selected];
  try {
    picture.file = state.output_folder ? services.save_to(picture, *state.output_folder)
                                       : services.save_again(picture);
    picture.save_error.clear();
    services.session.queue().let_go(picture);
    state.resolve(UiState::about_saving(picture));
    state.resolve(UiState::kAboutFolder);
    state.add_banner(
        {.kind = Banner::Kind::kNote, .title = say("banner.saved"), .text = picture.file.string()});
  } catch (const Error& e) {
    picture.save_error = e.message();
    state.resolve(UiState::about_saving(picture));
    state.add_banner({.title = say("banner.unsaved"),
                      .text = e.message(),
                      .about = UiState::about_saving(picture)});
  }
}

void SaveActions::save_unsaved_to(const std::filesystem::path& folder) {
  UiState& state = context_.state;
  if (!context_.services.save_to) return;
  state.save_trouble.clear();
  std::vector<const FinishedPicture*> saved;
  for (FinishedPicture& picture : state.pictures) {
    if (picture.save_error.empty()) continue;
    try {
      picture.file = context_.services.save_to(picture, folder);
      picture.save_error.clear();
      saved.push_back(&picture);
    } catch (const Error& e) {
      state.save_trouble = e.message();
    }
  }
  // Before the queue continues with the next picture.
  if (!saved.empty() && state.save_trouble.empty()) use_output_folder(folder);
  for (const FinishedPicture* const picture : saved) {
    context_.services.session.queue().let_go(*picture);
    state.resolve(UiState::about_saving(*picture));
  }
}

void SaveActions::start_again() { context_.state.start_again_asked = true; }

// Later pictures go there too, since the first folder would fail for each of them.
void SaveActions::use_output_folder(const std::filesystem::path& folder) {
  UiState& state = context_.state;
  const WindowServices& services = context_.services;
  if (folder == state.output_folder.value_or(services.output_folder)) return;
  state.output_folder = folder;
  services.session.queue().save_with(
      [save_to = services.save_to, folder](const GenerationRequest& request,
                                           const GeneratedImage& picture) {
        FinishedPicture finished;
        finished.request = request;
        finished.picture = picture;
        return save_to(finished, folder);
      });
  state.add_banner({.kind = Banner::Kind::kNote, .text = say("note.folder", folder)});
}

}  // namespace headroom
