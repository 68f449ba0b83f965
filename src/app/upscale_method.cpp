#include "upscale_method.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/image/resize.h"
#include "headroom/pipeline/upscaler.h"

#include "external_upscaler.h"
#include "generation_context.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace headroom {
namespace fs = std::filesystem;
namespace {

class LanczosMethod final : public UpscaleMethod {
 public:
  [[nodiscard]] std::string model() const override { return "lanczos"; }
  [[nodiscard]] int own_scale() const override { return 0; }
  [[nodiscard]] UpscaleMethodPlan plan(int, int) const override { return {{}, "by Lanczos"}; }
  std::optional<Image> run(const Image& image, const UpscaleMethodPlan&, int scale,
                           const GoOn& go_on) override {
    if (!go_on(0, 1)) return std::nullopt;
    return resize_lanczos(image, image.width * scale, image.height * scale);
  }
};

class ExternalMethod final : public UpscaleMethod {
 public:
  ExternalMethod(const fs::path& named, const BlockedSignals& signals)
      : program_(find_external_upscaler(named)), signals_(signals) {}
  [[nodiscard]] std::string model() const override { return program_.filename().string(); }
  [[nodiscard]] int own_scale() const override { return kExternalUpscalerScale; }
  [[nodiscard]] UpscaleMethodPlan plan(int, int) const override {
    return {{}, "by " + program_.string() + ", whose memory is not counted"};
  }
  std::optional<Image> run(const Image& image, const UpscaleMethodPlan&, int,
                           const GoOn& go_on) override {
    if (!go_on(0, 1)) return std::nullopt;
    return run_external_upscaler(
        program_, image, [&](std::chrono::milliseconds time) { return signals_.wait_for(time); });
  }

 private:
  fs::path program_;
  const BlockedSignals& signals_;
};

class NetworkMethod final : public UpscaleMethod {
 public:
  NetworkMethod(UpscalerFile file, std::optional<Upscaler::Mix> mix, const AppConfig& config)
      : budget_(budget_options(config)),
        name_(file.place().filename().string()),
        upscaler_(std::move(file), chosen_device(config.model.device), config.model.threads,
                  std::move(mix)),
        memory_(upscaler_.device(), config.memory.pretend_vram_bytes, pretended_programs(config)) {
    expect_overhead(upscaler_.device(), NumberFormat::kFloat32);
  }
  [[nodiscard]] std::string model() const override { return name_; }
  [[nodiscard]] int own_scale() const override { return upscaler_.file().config().scale; }
  [[nodiscard]] UpscaleMethodPlan plan(int width, int height) const override {
    const UpscaleForecast found = forecast_upscale(upscaler_.file().config(), width, height,
                                                   upscaler_.device(), memory_.read(), budget_);
    const UpscalePlan& plan = found.plan;
    const std::string pieces = plan.pieces == 1
                                   ? "at once"
                                   : "in " + std::to_string(plan.pieces) + " pieces of up to " +
                                         std::to_string(plan.piece_px) + " px";
    return {found, "by " + name_ + " (" + upscaler_.file().what() + ") " + pieces + ": needs " +
                       format_bytes(plan.peak_bytes) + " of " +
                       format_bytes(std::max<std::int64_t>(0, found.budget.budget_bytes)) +
                       " that can be used, and " + format_bytes(plan.host_bytes) +
                       " of main memory beside it"};
  }
  std::optional<Image> run(const Image& image, const UpscaleMethodPlan& plan, int,
                           const GoOn& go_on) override {
    return upscaler_.run(image, plan.forecast->plan, plan.forecast->budget.budget_bytes, go_on);
  }
  [[nodiscard]] PeakUse actual_peak() const override { return upscaler_.actual_peak(); }

 private:
  BudgetOptions budget_;
  std::string name_;
  Upscaler upscaler_;
  DeviceMemory memory_;
};

fs::path weaker_file(const fs::path& model) {
  if (auto file = weaker_upscaler(model)) return *std::move(file);
  throw Error(ErrorKind::kInvalidRequest,
              "--denoise mixes a model with the one of its name and -wdn, such as "
              "realesr-general-x4v3 with realesr-general-wdn-x4v3, and there is none beside " +
                  model.string() + "; put it there, or leave --denoise out");
}

}  // namespace

std::unique_ptr<UpscaleMethod> make_upscale_method(const CommandLine& line,
                                                   const BlockedSignals& signals) {
  const fs::path model = line.config.model.path;
  const bool has_network = model != "lanczos" && !names_external_upscaler(model);
  if (line.denoise && !has_network) {
    throw Error(ErrorKind::kInvalidRequest,
                "--denoise mixes two model files; leave it out for " + in_quotes(model.string()));
  }
  if (model == "lanczos") return std::make_unique<LanczosMethod>();
  if (!has_network) return std::make_unique<ExternalMethod>(model, signals);
  set_up_processor(line.config);
  UpscalerFile file(model);
  std::optional<Upscaler::Mix> mix;
  if (line.denoise) mix = {UpscalerFile(weaker_file(model)), *line.denoise};
  return std::make_unique<NetworkMethod>(std::move(file), std::move(mix), line.config);
}

}  // namespace headroom
