#pragma once
#include "headroom/core/bytes.h"
#include "headroom/core/generator.h"
#include "headroom/core/run_record.h"
#include "headroom/core/run_shape.h"
#include "headroom/core/size.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>

namespace headroom::test {

// Replaces the networks: no torch, no weights. Paints a gradient with a disc that depend on the
// prompt and the seed, step by step, with every report of a real run. Special prompts: "fail" runs
// out of memory after the last step; "fail once" fails the first time; "crash" throws what no room
// should throw; "exhaust" throws what the system throws when memory is exhausted; "lose the
// device" throws what a failed GPU throws; "squeezed" continues under another plan; "go on"
// continues under another plan and says so; "squeezed out" does the same and then has no plan
// left; "slow" notices a slower device after its first step.
class FakeGenerator final : public ImageGenerator {
 public:
  static constexpr std::uint64_t kChosenSeed = 42;  // when the request has none

  explicit FakeGenerator(std::chrono::microseconds step_time = {}) : step_time_(step_time) {}

  void generate(const GenerationRequest& request, ProgressSink& progress,
                std::stop_token stop) override {
    if (request.upscale) return enlarge(request, progress, stop);
    const Plan plan = make_plan(shape_of(request), request.count);
    progress.on_plan(plan);
    progress.on_seed(request.seed.value_or(kChosenSeed));
    progress.on_stage(Stage::kLoad, 0);
    pause(stop);
    progress.on_stage(Stage::kEncode, 0);
    pause(stop);
    GenerationRequest seeded = request;
    seeded.seed = request.seed.value_or(kChosenSeed);
    for (int index = 0; index < request.count; ++index) {
      const std::uint64_t seed = seed_of(seeded, index);
      progress.on_stage(Stage::kDenoise, index);
      denoise(request, seed, progress, stop);
      if (request.prompt == "fail") {
        throw Error(ErrorKind::kOutOfMemory, "the fake ran out of memory; try another prompt");
      }
      if (request.prompt == "squeezed out") {
        throw Error(ErrorKind::kOutOfMemory, "the fake has no smaller plan; close other programs");
      }
      if (request.prompt == "lose the device") {
        throw Error(ErrorKind::kDevice, "the fake's driver gave up; start again");
      }
      if (request.prompt == "fail once" && !std::exchange(failed_once_, true)) {
        throw Error(ErrorKind::kInternal, "the fake failed once; try again");
      }
      if (request.prompt == "crash") throw std::runtime_error("the fake crashed");
      if (request.prompt == "exhaust") throw std::bad_alloc();
      progress.on_stage(Stage::kDecode, index);
      pause(stop);
      const std::uint64_t turned =
          request.variation ? request.variation->seed + static_cast<std::uint64_t>(index) : 0;
      auto image = paint(request.prompt, seed + turned, request.width, request.height, 1.0);
      RunRecord run_record = make_run_record(plan);
      if (request.prompt == "squeezed") {
        run_record.changes = {
            {Stage::kDenoise, 1, "others took memory", {"stream-blocks:6"}, 2 * kGiB}};
        run_record.actual_peak_bytes = 2 * kGiB;
      }
      progress.on_image({std::move(image), seed, index, std::move(run_record)});
    }
  }

  // Every byte of the prompts counts as a token.
  static RunShape shape_of(const GenerationRequest& request) {
    const bool guided = request.guidance_scale > 0;
    return {.width = request.width,
            .height = request.height,
            .steps = request.steps - first_step(request),
            .guided_steps = guided ? request.steps - first_step(request) : 0,
            .prompt_tokens = static_cast<int>(request.prompt.size()),
            .negative_tokens = guided ? static_cast<int>(request.negative_prompt.size()) : 0,
            .start = start_of(request)};
  }

  // The plan that generate() reports: shaped like a real one, with invented numbers.
  static Plan make_plan(const RunShape& shape, int count) {
    const std::int64_t pixels = std::int64_t{shape.width} * shape.height;
    Plan plan;
    plan.width = shape.width;
    plan.height = shape.height;
    plan.count = count;
    plan.execution = {"resident"};
    plan.stages = {
        stage_plan(Stage::kLoad, 3 * kGiB, 0, 0.5),
        stage_plan(Stage::kEncode, 3 * kGiB, 64 * kMiB, 0.2),
        stage_plan(Stage::kDenoise, 3 * kGiB, pixels * 1200, 0.3 * shape.steps),
        stage_plan(Stage::kDecode, kGiB / 4, pixels * 3000, 0.4),
        stage_plan(Stage::kSave, 0, pixels * 3, 0.1),
    };
    if (has_stage(shape, Stage::kEncodeImage)) {
      plan.stages.insert(plan.stages.begin() + 2,
                         stage_plan(Stage::kEncodeImage, 13 * kGiB / 4, pixels * 2400, 0.3));
    }
    for (const StagePlan& stage : plan.stages) {
      plan.peak_bytes = std::max(plan.peak_bytes, stage.peak_bytes);
      plan.seconds += stage.stage >= Stage::kDenoise ? count * stage.seconds : stage.seconds;
    }
    return plan;
  }

  // The same for enlarging a picture of this size: 1 GiB and 300 bytes per pixel of the result, in
  // four pieces; Lanczos needs nothing, and a tenth of the seconds.
  static Plan make_plan(const Upscale& upscale, Size size) {
    const std::int64_t pixels =
        std::int64_t{size.width} * size.height * upscale.scale * upscale.scale;
    const bool is_network = upscale.model != kLanczos;
    Plan plan;
    plan.width = size.width * upscale.scale;
    plan.height = size.height * upscale.scale;
    plan.execution = {is_network ? "pieces:4" : "resident"};
    const double seconds = 2e-6 * static_cast<double>(pixels);
    plan.stages = {is_network ? stage_plan(Stage::kUpscale, kGiB, pixels * 300, seconds)
                              : stage_plan(Stage::kUpscale, 0, 0, seconds / 10)};
    plan.peak_bytes = plan.stages.front().peak_bytes;
    plan.seconds = plan.stages.front().seconds;
    return plan;
  }

  // `done` from 0 (noise) to 1 (the picture).
  static std::shared_ptr<const Image> paint(std::string_view prompt, std::uint64_t seed, int width,
                                            int height, double done) {
    const std::uint64_t bits = mix(hash(prompt) + seed);
    const double hue = static_cast<double>(bits % 1000) / 1000;
    const double disc_x = 0.25 + 0.5 * static_cast<double>(bits >> 10 & 0xFF) / 255;
    const double disc_y = 0.25 + 0.5 * static_cast<double>(bits >> 18 & 0xFF) / 255;
    auto image = std::make_shared<Image>();
    image->width = width;
    image->height = height;
    image->rgb.reserve(std::size_t{3} * static_cast<std::size_t>(width) *
                       static_cast<std::size_t>(height));
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const double u = (x + 0.5) / width;
        const double v = (y + 0.5) / height;
        const bool in_disc = std::hypot(u - disc_x, v - disc_y) < 0.2;
        const auto grain =
            mix(bits + static_cast<std::uint64_t>(y) * 65536U + static_cast<std::uint64_t>(x));
        for (int channel = 0; channel < 3; ++channel) {
          const double phase = hue + channel / 3.0 + (in_disc ? 0.5 : 0.25 * u);
          const double clean = (0.5 + 0.45 * std::cos(2 * 3.14159265 * phase)) * (1.1 - 0.5 * v);
          const double noise = static_cast<double>(grain >> (8 * channel) & 0xFF) / 255;
          const double value = done * std::min(clean, 1.0) + (1 - done) * noise;
          image->rgb.push_back(static_cast<std::uint8_t>(std::lround(value * 255)));
        }
      }
    }
    return image;
  }

 private:
  void enlarge(const GenerationRequest& request, ProgressSink& progress,
               const std::stop_token& stop) const {
    constexpr int kPieces = 4;
    const Plan plan = make_plan(*request.upscale, size_before(request));
    progress.on_plan(plan);
    progress.on_stage(Stage::kUpscale, 0);
    for (int piece = 0; piece < kPieces; ++piece) {
      progress.on_step(piece, kPieces);
      pause(stop);
    }
    const std::uint64_t seed = request.seed.value_or(kChosenSeed);
    RunRecord run_record = make_run_record(plan);
    run_record.shape.start = StartFrom::kFinished;
    run_record.scale = request.upscale->scale;
    run_record.model = "fake upscaler";
    progress.on_image({paint(request.prompt, seed, request.width, request.height, 1.0), seed, 0,
                       std::move(run_record)});
  }

  void denoise(const GenerationRequest& request, std::uint64_t seed, ProgressSink& progress,
               const std::stop_token& stop) const {
    const int width = std::max(1, request.width / 8);
    const int height = std::max(1, request.height / 8);
    const int steps = request.steps - first_step(request);
    for (int step = 1; step <= steps; ++step) {
      pause(stop);
      progress.on_step(step, steps);
      if (step == 1 && request.prompt == "slow") {
        progress.on_notice({Notice::Kind::kSlower, "the device became slower (×1.7)", 1.7});
      }
      if (step == 1 && (request.prompt == "squeezed out" || request.prompt == "go on")) {
        progress.on_notice({Notice::Kind::kPlanChanged,
                            say("{0}; the run goes on with: {1}", "others took memory", "less")});
      }
      progress.on_preview(
          paint(request.prompt, seed, width, height, static_cast<double>(step) / steps));
    }
  }

  // Waits one step's time, in slices, so that a cancel is quick however slow the fake is.
  void pause(const std::stop_token& stop) const {
    constexpr std::chrono::microseconds kSlice{5000};
    for (auto left = step_time_; left.count() > 0; left -= kSlice) {
      check_cancelled(stop);
      std::this_thread::sleep_for(std::min(left, kSlice));
    }
    check_cancelled(stop);
  }

  static StagePlan stage_plan(Stage stage, std::int64_t weights, std::int64_t activations,
                              double seconds) {
    const std::int64_t workspace = activations / 8;
    return {stage, weights, activations, workspace, weights + activations + workspace, seconds};
  }

  static RunRecord make_run_record(const Plan& plan) {
    RunRecord run_record;
    run_record.plan = plan;
    for (const StagePlan& stage : plan.stages) {
      const auto i = static_cast<std::size_t>(stage.stage);
      run_record.stage_peak_bytes[i] = stage.peak_bytes - stage.workspace_bytes / 2;
      run_record.stage_seconds[i] = stage.seconds;
      run_record.actual_peak_bytes =
          std::max(run_record.actual_peak_bytes, run_record.stage_peak_bytes[i]);
    }
    run_record.actual_in_use_bytes = run_record.actual_peak_bytes;
    run_record.model = "fake";
    run_record.device = "CPU budget";
    run_record.dtype = "fp32";
    run_record.version = "0.0.0";
    return run_record;
  }

  static std::uint64_t hash(std::string_view text) {  // FNV-1a
    std::uint64_t value = 0xcbf29ce484222325U;
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return value;
  }

  static std::uint64_t mix(std::uint64_t x) {  // the finaliser of SplitMix64
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
  }

  std::chrono::microseconds step_time_;
  bool failed_once_ = false;
};

}  // namespace headroom::test
