#include "headroom/gui_actions/upscale_actions.h"

#include "headroom/core/error.h"
#include "headroom/gui_state/start_picture.h"
#include "headroom/gui_state/upscale_choice.h"

#include <utility>

namespace headroom {

void UpscaleActions::start(const Upscale& upscale) {
  UiState& state = context_.state;
  const FinishedPicture* const picture = state.selected_picture();
  if (picture == nullptr) return;
  GenerationRequest request;
  try {
    request = upscale_of(*picture, upscale, read_start_picture(picture->file)->file);
  } catch (const Error& e) {
    state.add_banner({.text = e.message(), .about = UiState::kAboutFinish});
    return;
  }
  state.resolve(UiState::kAboutFinish);
  context_.submit(std::move(request));
}

}  // namespace headroom
