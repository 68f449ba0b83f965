#include "run_previews.h"

#include "headroom/device/device.h"

#include "fit_preview.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace headroom {

namespace {

// Decides from step to step whether previews are decoded.
class Pace {
 public:
  [[nodiscard]] bool is_kept() const { return is_kept_; }
  void give_up() { is_kept_ = false; }
  // Draws. If that takes more than a tenth of the step's time, it is the last time: a preview is
  // not worth a slower run. The first one is not judged, since kernels are chosen in it.
  template <typename Draw>
  auto measure(const Draw& draw) {
    constexpr double kShare = 0.1;
    const auto begun = Clock::now();
    auto result = draw();
    const auto ended = Clock::now();
    const bool is_slow = (ended - begun) > kShare * (begun - last_end_);
    if (std::exchange(was_first_, true) && is_slow) give_up();
    last_end_ = ended;
    return result;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_end_ = Clock::now();
  bool was_first_ = false;
  bool is_kept_ = true;
};

}  // namespace

RunPreviews::RunPreviews(bool wanted, const ModelFolder& model,
                         const std::filesystem::path& decoder) {
  if (!wanted) return;
  if (!decoder.empty()) decoder_.emplace(decoder);
  map_ = LatentPreview::load(model.root, model.vae.latent_channels);
  is_to_be_fitted_ = !map_;
}

bool RunPreviews::fit(TextToImage& networks, const ExecutionOptions& execution,
                      const GenerationRequest& request, const RunHooks& hooks) {
  if (!is_to_be_fitted_) return false;
  const std::vector<std::int64_t> shape = networks.latent_shape(request);  // [C, h, w]
  constexpr std::int64_t kMostLatents = 16;
  const std::int64_t side = std::min({kMostLatents, shape[1], shape[2]});
  RunHooks only_checks;
  only_checks.check = hooks.check;
  try {
    networks.adopt(execution, Stage::kDecode);
    map_ = fit_preview(static_cast<int>(shape[0]), side, [&](const at::Tensor& latents) {
      return networks.decode(latents.to(networks.device()), only_checks).to(at::kCPU);
    });
  } catch (const std::exception& error) {
    if (!is_out_of_memory(error)) throw;  // a preview is not worth a smaller plan
  }
  networks.clear();  // so that the load has all of the memory
  is_to_be_fitted_ = false;
  return true;
}

void RunPreviews::show(RunHooks& hooks, ProgressSink& sink,
                       std::function<std::int64_t()> room) const {
  if (!map_ && !decoder_) return;
  hooks.on_clean = [this, &sink, room = std::move(room), check = hooks.check,
                    pace = Pace()](const at::Tensor& clean) mutable {
    std::shared_ptr<const Image> preview;
    if (decoder_ && pace.is_kept()) {
      try {
        static_cast<void>(clean.to(at::kCPU));  // the step's own work ends before the clock starts
        preview = pace.measure([&] { return decoder_->draw(clean, room(), check); });
      } catch (const std::exception& error) {
        if (!is_out_of_memory(error)) throw;
        pace.give_up();
      }
    }
    if (!preview && map_) preview = map_->draw(clean);
    if (preview) sink.on_preview(std::move(preview));
  };
}

}  // namespace headroom
