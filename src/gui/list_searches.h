#pragma once
#include "headroom/engine/lora_search.h"
#include "headroom/engine/model_offer.h"
#include "headroom/engine/session.h"
#include "headroom/engine/upscaler_search.h"
#include "headroom/gui_state/ui_state.h"
#include "headroom/gui_state/window_services.h"

#include <memory>

namespace headroom {

// The searches behind the lists of models, LoRAs and upscalers. What was found for another device,
// number format or model is dropped. Main thread; the searches have threads of their own.
class ListSearches {
 public:
  explicit ListSearches(const WindowServices& services);

  // Begins the searches that `state` asks for.
  void look(UiState& state, const Session::State& session);

  [[nodiscard]] auto models() const { return models_.found(); }
  [[nodiscard]] auto loras() const { return loras_.found(); }
  [[nodiscard]] auto upscalers() const { return upscalers_.found(); }

 private:
  ModelSearch models_;
  SessionChoice models_for_;  // choice of the last search
  LoraSearch loras_;
  std::shared_ptr<const ModelOnDevice> loras_for_;  // model of the last search
  UpscalerSearch upscalers_;
};

}  // namespace headroom
