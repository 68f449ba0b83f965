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

// Gathers what the program says at one moment, for a frame to show: jobs, memory, forecasts,
// progress. Main thread.
class Presenter {
 public:
  // `services` must outlive it.
  explicit Presenter(const WindowServices& services);

  // All of a frame but its layout, of what `session` says; what it points to holds until the next
  // one.
  [[nodiscard]] Frame present(const Session::State& session, UiState& state,
                              const UpscalerSearch::Found& upscalers, const StringTable& text,
                              double now);

  // A run is over: seconds are known better.
  void refresh() { forecast_service_.refresh(); }
  // Of the last frame.
  [[nodiscard]] const std::array<SizeCard, kSizePresets.size()>& cards() const { return cards_; }

 private:
  void look_ahead(Frame& frame, const UiState& state, const UpscalerSearch::Found& upscalers);
  // What the selected picture leads to, as far as that can be asked about.
  struct Lead {
    std::vector<RequestProblem> problems;
    std::optional<std::size_t> run;  // where in the question it is
  };
  [[nodiscard]] Lead ask(const GenerationRequest& request, std::vector<ForecastService::Run>& runs);
  [[nodiscard]] Frame::Lead answer(const Lead& lead, const StringTable& text) const;
  // Finishing the selected picture: what of it is asked about.
  struct FinishAsked {
    std::vector<FinishTarget> targets;
    std::vector<std::optional<Lead>> leads;     // of each
    std::vector<std::pair<Size, Lead>> larger;  // among which the largest that fits is looked for
    std::size_t chosen = 0;                     // of the targets; their number: the largest
  };
  [[nodiscard]] FinishAsked ask_finish(const FinishedPicture& picture, const UiState& state,
                                       std::vector<ForecastService::Run>& runs);
  [[nodiscard]] Frame::Finish answer_finish(const UiState& state, const StringTable& text) const;
  // Enlarging it.
  struct UpscaleAsked {
    std::vector<UpscaleOption> options;
    std::vector<std::optional<Lead>> leads;  // of each
    std::size_t chosen = 0;
  };
  [[nodiscard]] Lead ask_upscale(const GenerationRequest& request,
                                 std::vector<ForecastService::Run>& runs) const;
  [[nodiscard]] UpscaleAsked ask_upscales(const FinishedPicture& picture, const UiState& state,
                                          const UpscalerSearch::Found& upscalers,
                                          std::vector<ForecastService::Run>& runs) const;
  [[nodiscard]] Frame::Upscaling answer_upscales(const UiState& state,
                                                 const StringTable& text) const;
  void follow_progress(Frame& frame);

  void use(const std::shared_ptr<const ModelOnDevice>& opened);

  const WindowServices& services_;
  std::shared_ptr<const ModelOnDevice> opened_;  // that is asked about
  RunShapes shapes_;
  LoraWatch loras_;
  std::shared_ptr<const ModelOnDevice> loras_of_;
  JobWatch job_watch_;
  ForecastService::Forecasts forecasts_;
  Lead vary_, more_;
  FinishAsked finish_;
  UpscaleAsked upscale_;
  std::array<SizeCard, kSizePresets.size()> cards_;
  ForecastService forecast_service_;  // last: its thread must end first
};

}  // namespace headroom
