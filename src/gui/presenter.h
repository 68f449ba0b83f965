#pragma once
#include "headroom/gui_state/job_watch.h"
#include "headroom/gui_state/lora_chips.h"
#include "headroom/gui_state/run_shapes.h"
#include "headroom/gui_toolkit/ui.h"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace headroom {

// Collects what a frame shows: jobs, memory, forecasts, progress. Main thread.
class Presenter {
 public:
  // `services` must outlive this object.
  explicit Presenter(const WindowServices& services);

  // Everything in a frame except its layout. Pointers in it are valid until the next call.
  [[nodiscard]] Frame present(const Session::State& session, UiState& state,
                              const UpscalerSearch::Found& upscalers, const StringTable& text,
                              double now);

  // Call when a run is over, since it improves the predicted seconds.
  void refresh() { forecast_service_.refresh(); }
  // The cards of the last frame.
  [[nodiscard]] const std::array<SizeCard, kSizePresets.size()>& cards() const { return cards_; }

 private:
  void look_ahead(Frame& frame, const UiState& state, const UpscalerSearch::Found& upscalers);
  // A run that starts from the selected picture, if a forecast for it can be asked.
  struct Lead {
    std::vector<RequestProblem> problems;
    std::optional<std::size_t> run;  // index in the question
  };
  [[nodiscard]] Lead ask(const GenerationRequest& request, std::vector<ForecastService::Run>& runs);
  [[nodiscard]] Frame::Lead answer(const Lead& lead, const StringTable& text) const;
  // Questions about finishing the selected picture.
  struct FinishAsked {
    std::vector<FinishTarget> targets;
    std::vector<std::optional<Lead>> leads;     // for each target
    std::vector<std::pair<Size, Lead>> larger;  // candidates for the largest size that fits
    std::size_t chosen = 0;  // index in targets; their number means the largest that fits
  };
  [[nodiscard]] FinishAsked ask_finish(const FinishedPicture& picture, const UiState& state,
                                       std::vector<ForecastService::Run>& runs);
  [[nodiscard]] FinishAsked ask_finish_by_upscaler(const FinishedPicture& picture,
                                                   const UiState& state,
                                                   std::vector<ForecastService::Run>& runs) const;
  [[nodiscard]] Frame::Finish answer_finish(const UiState& state, const StringTable& text) const;
  // Questions about enlarging it.
  struct UpscaleAsked {
    std::vector<UpscaleOption> options;
    std::vector<std::optional<Lead>> leads;  // for each target
    std::size_t chosen = 0;
  };
  [[nodiscard]] Lead ask_upscale(const GenerationRequest& request,
                                 std::vector<ForecastService::Run>& runs) const;
  [[nodiscard]] UpscaleAsked ask_upscales(const FinishedPicture& picture, const UiState& state,
                                          const UpscalerSearch::Found& upscalers,
                                          std::vector<ForecastService::Run>& runs);
  [[nodiscard]] Frame::Upscaling answer_upscales(const UiState& state,
                                                 const StringTable& text) const;
  void follow_progress(Frame& frame);

  void use(const std::shared_ptr<const ModelOnDevice>& opened);

  const WindowServices& services_;
  std::shared_ptr<const ModelOnDevice> opened_;  // the model of the forecasts
  RunShapes shapes_;
  LoraWatch loras_;
  std::shared_ptr<const ModelOnDevice> loras_of_;
  JobWatch job_watch_;
  ForecastService::Forecasts forecasts_;
  Lead vary_, more_;
  FinishAsked finish_;
  UpscaleAsked upscale_;
  HeldRows<UpscaleOption> upscale_rows_;
  std::array<SizeCard, kSizePresets.size()> cards_;
  ForecastService forecast_service_;  // last: its thread must end first
};

}  // namespace headroom
