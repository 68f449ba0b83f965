#include "list_searches.h"

#include "headroom/gui_toolkit/wake_window.h"

#include <utility>

namespace headroom {

ListSearches::ListSearches(const WindowServices& services)
    : models_(services.find_models, wake_window),
      loras_(
          [](const auto& model, const auto& found) {
            if (model->loras.list) model->loras.list(found);
          },
          wake_window),
      upscalers_(services.find_upscalers, wake_window) {}

void ListSearches::look(UiState& state, const Session::State& session) {
  if (std::exchange(state.models_asked, false)) {
    const SessionChoice& choice = session.current->choice;
    if (choice.device != models_for_.device || choice.dtype != models_for_.dtype) {
      models_.forget();
      state.menu_rows.close();
    }
    models_for_ = choice;
    models_.look(choice);
  }
  if (std::exchange(state.upscalers_asked, false)) upscalers_.look({});
  if (std::exchange(state.loras_asked, false)) {
    if (session.current != loras_for_) loras_.forget();
    loras_for_ = session.current;
    loras_.look(loras_for_);
  }
}

}  // namespace headroom
