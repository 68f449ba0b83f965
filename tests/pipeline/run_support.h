#pragma once
#include "headroom/device/cpu_budget.h"
#include "headroom/forecast/make_forecaster.h"
#include "headroom/model_files/open_model.h"
#include "headroom/pipeline/make_generator.h"
#include "headroom/pipeline/request_shape.h"

#include "support/fixture.h"
#include "support/paths.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// Running pictures through the public door and looking at all that is reported.
namespace headroom::test {

class RecordingSink final : public ProgressSink {
 public:
  void on_plan(const Plan& plan) override {
    plans.push_back(plan);
    if (at_plan) at_plan();
  }
  void on_stage(Stage stage, int image_index) override {
    stages.emplace_back(stage, image_index);
    if (at_stage) at_stage(stage);
  }
  void on_step(int step, int total) override {
    steps.emplace_back(step, total);
    if (at_step) at_step(step);
  }
  void on_preview(std::shared_ptr<const Image> preview) override {
    previews.push_back(std::move(preview));
  }
  void on_notice(Notice notice) override { notices.push_back(std::move(notice)); }
  void on_image(GeneratedImage image) override { images.push_back(std::move(image)); }

  std::function<void()> at_plan;
  std::function<void(Stage)> at_stage;
  std::function<void(int)> at_step;
  std::vector<Plan> plans;
  std::vector<std::pair<Stage, int>> stages;
  std::vector<std::pair<int, int>> steps;
  std::vector<std::shared_ptr<const Image>> previews;
  std::vector<GeneratedImage> images;
  std::vector<Notice> notices;
};

// A model folder's generator with its forecaster, on the CPU in float32 unless the options say
// otherwise.
class Runner {
 public:
  explicit Runner(const std::filesystem::path& root,
                  const std::function<void(PipelineOptions&)>& change = {})
      : Runner(ModelPlaces{root.string(), {}, {}, {}, {}}, change) {}
  explicit Runner(const ModelPlaces& places,
                  const std::function<void(PipelineOptions&)>& change = {}) {
    cpu_budget::install();
    options.make_forecaster = &make_forecaster;
    options.model = open_model(places);
    options.device = choose_device("cpu");
    options.dtype = NumberFormat::kFloat32;
    options.threads = 1;
    if (change) change(options);
    tokenizer = std::make_shared<const PromptTokenizer>(options.model.parts.tokenizer);
    forecaster = make_forecaster(options);
    generator = make_generator(options, tokenizer, forecaster);
  }
  ~Runner() {
    generator.reset();
    cpu_budget::set_limit(0);
    cpu_budget::fail_allocation(0);
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  std::vector<GeneratedImage> run(const GenerationRequest& request) const {
    RecordingSink sink;
    generator->generate(request, sink, {});
    return std::move(sink.images);
  }
  [[nodiscard]] Forecast forecast(const GenerationRequest& request) const {
    return forecast(request, DeviceMemory(options.device, options.pretend_vram_bytes).read());
  }
  [[nodiscard]] Forecast forecast(const GenerationRequest& request,
                                  const MemorySnapshot& memory) const {
    return forecaster->forecast(shape(request), request.count, memory);
  }
  [[nodiscard]] RunShape shape(const GenerationRequest& request) const {
    return shape_of(request, tokenizer.get(), options.model.scheduler);
  }

  PipelineOptions options;
  std::shared_ptr<const PromptTokenizer> tokenizer;
  std::shared_ptr<Forecaster> forecaster;
  std::unique_ptr<ImageGenerator> generator;
};

// The smallest useful request: two guided steps of one unit by one unit.
inline GenerationRequest small_request(const Runner& runner) {
  GenerationRequest request;
  request.prompt = "a red fox";
  request.negative_prompt = "blurry";
  request.width = runner.options.model.info.size_unit;
  request.height = runner.options.model.info.size_unit;
  request.steps = 2;
  request.guidance_scale = 2.0;
  request.seed = 7;
  return request;
}

// The shape of a request whose prompts are 64 tokens long, under Z-Image-Turbo's schedule.
[[nodiscard]] inline RunShape usual_shape(const GenerationRequest& request) {
  return shape_of(request, nullptr, SchedulerConfig{});
}

// The least that any plan for `request` needs: a budget of one byte makes the forecast name it.
[[nodiscard]] inline std::int64_t least_need(const ModelPlaces& places,
                                             const GenerationRequest& request) {
  const Runner runner(places, [](PipelineOptions& options) { options.budget.vram_cap_bytes = 1; });
  return runner.forecast(request).plan.peak_bytes;
}
[[nodiscard]] inline std::int64_t least_need(const std::filesystem::path& root,
                                             const GenerationRequest& request) {
  return least_need(ModelPlaces{root.string(), {}, {}, {}, {}}, request);
}

// A request of the pipeline fixtures, apart from the prompts.
[[nodiscard]] inline GenerationRequest request_of(const FixtureCase& c) {
  const nlohmann::json& p = c.params;
  GenerationRequest request;
  request.width = p.at("width").get<int>();
  request.height = p.at("height").get<int>();
  request.steps = p.at("steps").get<int>();
  request.guidance_scale = p.at("guidance").get<double>();
  request.cfg_truncation = p.value("cfg_truncation", 1.0);
  if (p.contains("cfg_normalization")) {
    const auto& c_norm = p.at("cfg_normalization");
    request.cfg_normalization =
        c_norm.is_boolean() ? (c_norm.get<bool>() ? 1.0 : 0.0) : c_norm.get<double>();
  }
  request.seed = p.at("seed").get<std::uint64_t>();
  return request;
}

[[nodiscard]] inline bool is_text_to_image(const FixtureCase& c) {
  return !c.name.starts_with("img2img") && !c.name.starts_with("inpaint");
}

}  // namespace headroom::test
