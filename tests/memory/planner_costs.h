#pragma once
#include "headroom/core/size.h"
#include "headroom/memory/found_plans.h"
#include "headroom/memory/plan_space.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace headroom::test {

// Of a network that is the only one of its stage: all that stays there.
[[nodiscard]] inline HeldWeights held(const StageNeed& need) {
  return {need.weights_bytes, need.in_use.weights_bytes, need.small.weights_bytes};
}

// Counts what it is asked.
class CountingCosts : public PlanCosts {
 public:
  StageNeed need(Stage stage, const ExecutionOptions& execution) final {
    ++asked_needs;
    return need_of(stage, execution);
  }
  HeldWeights weights(NetworkId network, const ExecutionOptions& execution) final {
    return held(need_of(first_stage(entry_of(network)), execution));
  }
  double seconds(Stage stage, const ExecutionOptions& execution, bool cached) final {
    files_are_cached = cached;
    return ++asked_seconds, stage_seconds(execution)[static_cast<std::size_t>(stage)];
  }
  [[nodiscard]] FoundPlans* found_plans() final { return kept_plans ? &*kept_plans : nullptr; }
  PlanSpace space;
  std::optional<FoundPlans> kept_plans;  // none: nothing is kept
  int asked_needs = 0;                   // each may cost a replay
  int asked_seconds = 0;                 // each is arithmetic

 protected:
  bool files_are_cached = true;  // as the seconds are asked for
  [[nodiscard]] virtual StageNeed encode_need(const ExecutionOptions& execution) const = 0;
  [[nodiscard]] virtual StageNeed denoise_need(const ExecutionOptions& execution) const = 0;
  [[nodiscard]] virtual StageNeed decode_need(const ExecutionOptions& execution) const = 0;
  [[nodiscard]] virtual std::array<double, kStageCount> stage_seconds(
      const ExecutionOptions& execution) const = 0;

 private:
  [[nodiscard]] StageNeed need_of(Stage stage, const ExecutionOptions& execution) const {
    return stage == Stage::kEncode    ? encode_need(execution)
           : stage == Stage::kDenoise ? denoise_need(execution)
                                      : decode_need(execution);
  }
};

// Every need and every second a number of its own, so that sums tell what was added.
class DistinctCosts final : public CountingCosts {
 public:
  DistinctCosts() {
    space.layers = 4;
    space.guided = true;
    space.chunk_sizes = {256, 64};
    space.tile_sizes = {32};
  }

 private:
  [[nodiscard]] StageNeed encode_need(const ExecutionOptions& r) const override {
    return r.stream_encoder ? StageNeed{100, 40, 3, 142} : StageNeed{1000, 20, 3, 1021};
  }
  [[nodiscard]] StageNeed denoise_need(const ExecutionOptions& r) const override {
    return {50000 - r.stream_blocks * 10000, 300, 7, 50305 - r.stream_blocks * 10000};
  }
  [[nodiscard]] StageNeed decode_need(const ExecutionOptions& r) const override {
    return r.cpu_decode ? StageNeed{} : StageNeed{2'000'000, 900, 11, 2'000'910};
  }
  [[nodiscard]] std::array<double, kStageCount> stage_seconds(
      const ExecutionOptions& r) const override {
    return {1, 10, 0, 100.0 + r.stream_blocks, 1000, 0, 10000};
  }
};

// The real model by arithmetic: sizes of its weights, formulas for the rest (bf16, VAE in fp32).
class RealCosts final : public CountingCosts {
 public:
  RealCosts(Size size, bool with_guidance, double weight_scale)
      : pixels_(double{1} * size.width * size.height), scale_(weight_scale) {
    space.layers = 30;
    space.guided = with_guidance;
    const double image_tokens = pixels_ / 256;
    tokens_ = image_tokens + 64;
    for (const int chunk : {2048, 1024, 512, 256}) {
      if (chunk < tokens_) space.chunk_sizes.push_back(chunk);
    }
    for (const int tile : {96, 64, 48, 32}) {
      if (8 * tile < std::max(size.width, size.height)) space.tile_sizes.push_back(tile);
    }
  }

 private:
  static constexpr std::size_t index(Stage stage) { return static_cast<std::size_t>(stage); }
  static constexpr double kEncoder = 3'532'578'560 * 2.0;  // 35 layers
  static constexpr double kLayer = 180'910'336 * 2.0;      // a main layer
  static constexpr double kTransformerRest = 6'154'908'736 * 2.0 - 30 * kLayer;
  static constexpr double kVae = 49'545'475 * 4.0;
  static constexpr double kCopyBytesPerSecond = 12e9;
  static constexpr double kFlopsPerSecond = 20e12;
  static constexpr int kSteps = 8;

  static StageNeed bytes(double weights, double activations, double workspace) {
    StageNeed need;
    need.weights_bytes = static_cast<std::int64_t>(weights);
    need.activation_bytes = static_cast<std::int64_t>(activations);
    need.workspace_bytes = static_cast<std::int64_t>(workspace);
    need.peak_bytes = need.weights_bytes + need.activation_bytes + need.workspace_bytes;
    return need;
  }
  [[nodiscard]] double encoder_bytes(const ExecutionOptions& r) const {
    return r.stream_encoder ? 0 : kEncoder * scale_;
  }
  [[nodiscard]] double transformer_bytes(const ExecutionOptions& r) const {
    return (kTransformerRest + (30 - r.stream_blocks) * kLayer) * scale_;
  }

  [[nodiscard]] StageNeed encode_need(const ExecutionOptions& r) const override {
    const double buffers = r.stream_encoder ? 2 * kEncoder / 35 * scale_ : 0;
    return bytes(encoder_bytes(r), buffers + 512 * 2 * (6 * 2560 + 2 * 9728), 32e6);
  }
  [[nodiscard]] StageNeed denoise_need(const ExecutionOptions& r) const override {
    const double branches = space.guided && !r.sequential_guidance ? 2 : 1;
    const double rows = r.chunk_tokens > 0 ? std::min<double>(r.chunk_tokens, tokens_) : tokens_;
    const double stream = tokens_ * 3840 * 2 * 5;
    const double feed_forward = rows * 10240 * 2 * 2;
    const double buffers = (r.stream_blocks > 0 ? 2 : 0) * kLayer * scale_;
    return bytes(transformer_bytes(r), buffers + branches * (stream + feed_forward),
                 branches * rows * 3840 * 4);
  }
  [[nodiscard]] StageNeed decode_need(const ExecutionOptions& r) const override {
    if (r.cpu_decode) return {};
    const double picture = pixels_ * 3 * 4;
    const double tile = 64.0 * r.tile_latent * r.tile_latent;
    const double worked_on = r.tile_latent > 0 ? std::min(tile, pixels_) : pixels_;
    return bytes(kVae, picture + worked_on * 256 * 4 * 3, worked_on * 256);
  }
  [[nodiscard]] std::array<double, kStageCount> stage_seconds(
      const ExecutionOptions& r) const override {
    const auto copy = [](double bytes) { return bytes / kCopyBytesPerSecond; };
    std::array<double, kStageCount> seconds{};
    seconds[index(Stage::kEncode)] =
        0.1 + (entry_of(NetworkId::kTextEncoder).after(r) ? 0 : copy(kEncoder * scale_));
    double step = 55.6e12 * tokens_ / 4160 * (space.guided ? 2 : 1) / kFlopsPerSecond;
    if (r.chunk_tokens > 0) step *= 1 + 20.0 / r.chunk_tokens;
    if (r.sequential_guidance) step *= 1.05;
    // Copies hide behind arithmetic, all but a tenth; sequential branches copy twice.
    const double streamed =
        copy(r.stream_blocks * kLayer * scale_) * (r.sequential_guidance ? 2 : 1);
    const double step_with_copies = std::max(step, streamed) + 0.1 * std::min(step, streamed);
    const NetworkEntry& transformer = entry_of(NetworkId::kTransformer);
    const bool comes_again = !transformer.before(r) || !transformer.after(r);
    seconds[index(Stage::kDenoise)] =
        kSteps * step_with_copies + (comes_again ? copy(transformer_bytes(r)) : 0);
    double decode = pixels_ * 3e6 / (r.cpu_decode ? 4e11 : kFlopsPerSecond);
    if (r.tile_latent > 0) decode *= 1 + 8.0 / r.tile_latent;
    seconds[index(Stage::kDecode)] =
        decode + (entry_of(NetworkId::kDecoder).before(r) ? 0 : copy(kVae));
    return seconds;
  }

  double pixels_, tokens_ = 0, scale_;
};

}  // namespace headroom::test
