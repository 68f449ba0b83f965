#include "headroom/pipeline/make_generator.h"

#include "headroom/core/bytes.h"
#include "headroom/memory/allocator_model.h"
#include "headroom/memory/suggest.h"
#include "headroom/memory/time_model.h"
#include "number_format.h"
#include "prompt_ids.h"
#include "replay.h"
#include "stage_work.h"
#include "threads.h"

#include <map>
#include <mutex>
#include <tuple>
#include <utility>

namespace headroom {
namespace {

class ReplayForecaster final : public Forecaster {
 public:
  ReplayForecaster(PipelineOptions options, std::shared_ptr<const PromptTokenizer> tokenizer)
      : options_(std::move(options)),
        tokenizer_(std::move(tokenizer)),
        formats_(choose_formats(options_.dtype, options_.device)),
        threads_(resolve_threads(options_.threads)) {}

  Forecast forecast(const GenerationRequest& request, const MemorySnapshot& snapshot) override {
    const PromptIds ids = encode_prompts(*tokenizer_, request);
    Forecast forecast;
    forecast.budget = compute_budget(snapshot, options_.budget);
    const std::int64_t budget = forecast.budget.budget_bytes;

    const std::scoped_lock lock(mutex_);
    forecast.plan = plan(request, ids);
    forecast.fits = forecast.plan.peak_bytes <= budget;
    if (!forecast.fits) {
      forecast.shortfall_bytes = forecast.plan.peak_bytes - budget;
      const Size wanted{request.width, request.height};
      const auto fits = [&](Size size) {
        GenerationRequest other = request;
        other.width = size.width;
        other.height = size.height;
        return peaks(other, ids).peak_bytes <= budget;
      };
      forecast.suggestion = suggest_size(wanted, options_.model.info.size_unit, fits);
      forecast.reason = to_string(wanted) + " needs " + format_bytes(forecast.plan.peak_bytes) +
                        " of memory, " + format_bytes(std::max<std::int64_t>(budget, 0)) +
                        " can be used now (" + format_bytes(forecast.shortfall_bytes) + " short); " +
                        (forecast.suggestion
                             ? to_string(*forecast.suggestion) + " fits"
                             : "no size fits, so close other programs or raise the limit");
    }
    return forecast;
  }

  void learn(const GenerationRequest& request, const Receipt& receipt) override {
    const PromptIds ids = encode_prompts(*tokenizer_, request);
    const std::scoped_lock lock(mutex_);
    for (int i = 0; i < kStageCount; ++i) {
      const auto stage = static_cast<Stage>(i);
      times_.learn(stage, stage_work(stage, options_.model, request, ids),
                   receipt.stage_seconds[static_cast<std::size_t>(i)]);
    }
  }

 private:
  // What a replay depends on.
  using Shape = std::tuple<int, int, std::size_t, std::size_t>;

  const LedgerPeaks& peaks(const GenerationRequest& request, const PromptIds& ids) {
    constexpr std::size_t kMostShapes = 4096;
    const Shape shape{request.width, request.height, ids.positive.size(), ids.negative.size()};
    const auto known = peaks_.find(shape);
    if (known != peaks_.end()) return known->second;
    if (peaks_.size() >= kMostShapes) peaks_.clear();
    const Ledger ledger = replay(options_.model, formats_, request, ids, threads_);
    return peaks_.emplace(shape, replay_cpu_budget(ledger)).first->second;
  }

  Plan plan(const GenerationRequest& request, const PromptIds& ids) {
    const LedgerPeaks& predicted = peaks(request, ids);
    Plan plan;
    plan.width = request.width;
    plan.height = request.height;
    plan.count = request.count;
    plan.rungs = {"resident"};
    plan.peak_bytes = predicted.peak_bytes;
    for (int i = 0; i < kStageCount; ++i) {
      const auto stage = static_cast<Stage>(i);
      const StagePeak& peak = predicted.stages[static_cast<std::size_t>(i)];
      const double seconds =
          times_.seconds(stage, stage_work(stage, options_.model, request, ids));
      const bool per_picture = stage >= Stage::kDenoise;
      plan.seconds += per_picture ? seconds * request.count : seconds;
      plan.stages.push_back({stage, peak.weights_bytes, peak.activation_bytes, peak.workspace_bytes,
                             peak.peak_bytes, seconds});
    }
    return plan;
  }

  const PipelineOptions options_;
  const std::shared_ptr<const PromptTokenizer> tokenizer_;
  const NumberFormats formats_;
  const int threads_;

  std::mutex mutex_;  // guards everything below
  std::map<Shape, LedgerPeaks> peaks_;
  TimeModel times_;
};

}  // namespace

std::shared_ptr<Forecaster> make_forecaster(PipelineOptions options,
                                            std::shared_ptr<const PromptTokenizer> tokenizer) {
  return std::make_shared<ReplayForecaster>(std::move(options), std::move(tokenizer));
}

}  // namespace headroom
