#include "headroom/gui_actions/finish_actions.h"

#include "headroom/core/error.h"
#include "headroom/gui_state/finish_choice.h"
#include "headroom/gui_state/start_picture.h"
#include "headroom/image/resize.h"

#include <utility>

namespace headroom {

void FinishActions::start(Size size) {
  UiState& state = context_.state;
  const FinishedPicture* const picture = state.selected_picture();
  if (picture == nullptr) return;
  GenerationRequest request;
  try {
    const StartPicture origin = read_start_picture(picture->file);
    const FinishMethod method = state.finish.method();
    Image enlarged;
    if (method.refine) enlarged = fit(origin->image, size.width, size.height);
    request = finish_of(*picture, method, size, origin->file, std::move(enlarged));
  } catch (const Error& e) {
    state.add_banner({.text = e.message(), .about = UiState::kAboutFinish});
    return;
  }
  state.resolve(UiState::kAboutFinish);
  context_.submit(std::move(request));
}

}  // namespace headroom
