#include "request_costs.h"

#include "headroom/core/round_up.h"
#include "headroom/pipeline/converted_weights.h"
#include "headroom/pipeline/packed_weights.h"
#include "headroom/pipeline/staging.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace headroom {

AllocatorModel allocator_of(const Device& device) {
  const std::optional<std::string> settings = device.backend->caching_settings();
  if (!settings) return {};
  return {true, parse_allocator_conf(*settings)};
}

TracePeaks AllocatorModel::peaks(const AllocationTrace& allocations) const {
  if (!card) return replay_cpu_budget(allocations);
  const CachingPeaks caching_peaks = replay_caching(allocations, caching);
  TracePeaks peaks = caching_peaks.allocated;
  for (std::size_t i = 0; i < peaks.stages.size(); ++i) {
    peaks.stages[i].peak_bytes = caching_peaks.stage_reserved[i];
    peaks.stages[i].small_bytes = caching_peaks.stage_small[i];
  }
  peaks.peak_bytes = caching_peaks.reserved_peak_bytes;
  peaks.left_bytes =
      caching_peaks.reserved_peak_bytes;  // nothing goes back to the driver by itself
  peaks.left_small_bytes = caching_peaks.small_peak_bytes;
  return peaks;
}

std::int64_t AllocatorModel::large_unit() const {
  constexpr std::int64_t kRounding = 2 * kMiB;
  if (!card) return 1;
  return caching.expandable_segments ? caching.large_segment_bytes : kRounding;
}

RequestCosts::RequestCosts(const ModelFolder& model, RunFormats formats, AllocatorModel allocator,
                           PlanFloor floor, WorkspaceTerms workspace,
                           const std::optional<WeightCache>& weight_cache,
                           std::shared_ptr<const OpenedLoras> opened_loras)
    : model_(model),
      formats_(allocator.card ? std::move(formats) : with_packed(std::move(formats), model)),
      allocator_(std::move(allocator)),
      floor_(floor),
      opened_loras_(std::move(opened_loras)),
      kernels_{allocator_.card, workspace},
      sizes_(measured(&TracePeaks::left_bytes)),
      sizes_in_use_(allocator_.card ? measured(&TracePeaks::left_in_use_bytes) : sizes_),
      sizes_small_(allocator_.card ? measured(&TracePeaks::left_small_bytes) : NetworkSizes{}),
      file_bytes_(bytes_by_streamed(layer_file_bytes(model, weight_cache, formats_,
                                                     sizes_[NetworkId::kTransformer].layers,
                                                     sizes_[NetworkId::kTransformer].bytes))),
      rates_(unmeasured_rates(allocator_.card)) {
  for (const bool packed : {false, true}) {
    for (int streamed = 0; streamed <= model_.transformer.n_layers; ++streamed) {
      short_transformers_[packed ? 1 : 0].push_back(
          short_network(Stage::kDenoise, model_, formats_,
                        {.stream_blocks = streamed, .packed_weights = packed}));
    }
  }
}

NetworkSizes RequestCosts::measured(std::int64_t TracePeaks::*part) const {
  return network_sizes(
      model_, formats_,
      [&](const AllocationTrace& allocations) { return allocator_.peaks(allocations).*part; },
      opened_loras_.get());
}

void RequestCosts::use_calibration(const WorkspaceTerms& workspace) {
  kernels_.calibrated = workspace;
  known_.clear();
  families_.clear();
  forget_plans();
}

void RequestCosts::use_measured(const DeviceRates& rates) {
  rates_ = rates;
  rates_are_measured_ = true;
  forget_plans();
}

FoundPlans& RequestCosts::found_plans(const RunShape& shape) {
  constexpr std::size_t kMaxShapes = 8000;  // several tables of sizes
  const auto known = found_plans_.find(shape);
  if (known != found_plans_.end()) return known->second;
  if (found_plans_.size() >= kMaxShapes) found_plans_.clear();
  return found_plans_[shape];
}

// Cached answers leave out resident weights, which depend on how many layers are streamed. A
// layer's share of shared segments is an average, so the sum is rounded to whole segments.
StageNeed RequestCosts::with_weights(StageNeed need, HeldWeights stays) const {
  const auto in_units = [this](std::int64_t bytes, std::int64_t& small) {
    const std::int64_t large = round_up(bytes - small, allocator_.large_unit());
    small = round_up(small, allocator_.small_unit());
    return large + small;
  };
  need.small.weights_bytes += stays.small_bytes;
  need.small.peak_bytes += stays.small_bytes;
  need.weights_bytes = in_units(need.weights_bytes + stays.bytes, need.small.weights_bytes);
  need.peak_bytes = in_units(need.peak_bytes + stays.bytes, need.small.peak_bytes);
  need.in_use.weights_bytes += stays.in_use_bytes;
  need.in_use.peak_bytes += stays.in_use_bytes;
  return need;
}

HeldWeights RequestCosts::resident(NetworkId network, const ExecutionOptions& execution) const {
  return held([&](const NetworkSizes& sizes) { return resident_bytes(network, sizes, execution); });
}

HeldWeights RequestCosts::resident(Stage stage, const ExecutionOptions& execution) const {
  HeldWeights all;
  for (const NetworkEntry& network : kNetworks) {
    if (network.stages.has(stage)) all += resident(network.network, execution);
  }
  return all;
}

HeldWeights RequestCosts::left_out_of(Stage stage, const ExecutionOptions& execution,
                                      const ShortNetwork& kept) const {
  HeldWeights all;
  if (!shortens(stage)) return all;
  for (const NetworkEntry& network : kNetworks) {
    if (!network.stages.has(stage)) continue;
    all += held([&](const NetworkSizes& sizes) {
      const std::vector<std::int64_t>& layers = sizes.under(network.network, execution).layers;
      const int streamed = network.streamed(execution, static_cast<int>(layers.size()));
      return layers.empty() ? 0 : left_out_bytes(kept, streamed, layers);
    });
  }
  return all;
}

ShortNetwork RequestCosts::short_network_of(Stage stage, const ExecutionOptions& execution) const {
  if (stage != Stage::kDenoise) return short_network(stage, model_, formats_, execution);
  return short_transformers_[execution.packed_weights ? 1 : 0]
                            [static_cast<std::size_t>(execution.stream_blocks)];
}

RequestCosts::Key RequestCosts::key_of(Stage stage, const RunShape& shape,
                                       const ExecutionOptions& execution) const {
  Key key{stage, {}, execution, short_network_of(stage, execution)};
  key.execution.stream_blocks = 0;
  key.shape.prompt_tokens = shape.prompt_tokens;
  key.shape.negative_tokens = shape.negative_tokens;
  if (stage == Stage::kEncode) return key;  // depends on the prompts only
  key.shape.start = shape.start;
  const bool by_sides = depends_on_sides(stage, shape, execution);
  key.shape.width = by_sides ? shape.width : shape.width * shape.height;
  key.shape.height = by_sides ? shape.height : 0;
  if (stage == Stage::kDenoise) key.shape.guided_steps = guided_in_dry_run(shape);
  return key;
}

// Sizes of tensors of tokens and of whole layers depend only on the area.
bool RequestCosts::depends_on_sides(Stage stage, const RunShape& shape,
                                    const ExecutionOptions& execution) const {
  // In a picture with one row or column of tokens some permutes are views and allocate nothing.
  const int token_px = model_.vae.scale() * model_.transformer.patch_size;
  if (std::min(shape.width, shape.height) <= token_px) return true;
  switch (stage) {
    case Stage::kEncode:
    case Stage::kDenoise:
      return false;
    case Stage::kDecode:  // strips, and norms on a GPU
      return execution.tile_latent > 0 || allocator_.card;
    case Stage::kEncodeImage:  // pads
    case Stage::kLoad:
    case Stage::kUpscale:
    case Stage::kSave:
      break;
  }
  return true;
}

StageNeed RequestCosts::need(Stage stage, const DryRunRequest& what) {
  constexpr std::size_t kMaxAnswers = 20000;
  const ExecutionOptions execution = execution_of(choice_of(stage), what.execution);
  const HeldWeights stays = resident(stage, execution);
  const Key key = key_of(stage, what.shape, execution);
  const auto known = known_.find(key);
  if (known != known_.end()) return with_weights(known->second, stays);
  if (known_.size() >= kMaxAnswers) known_.clear();

  DryRunRequest alone = what;
  alone.execution = execution;
  alone.kernels = kernels_;
  alone.opened_loras = opened_loras_.get();
  const TracePeaks peaks = allocator_.peaks(allocations(stage, alone));
  const StagePeak& peak = peaks.stages[static_cast<std::size_t>(stage)];
  // The dry run had fewer resident layers; this is the difference.
  const HeldWeights missing = left_out_of(stage, execution, key.network);
  StageNeed need;
  // Streamed weights come and go. Both figures are bytes handed out, so the resident part can be
  // subtracted.
  const std::int64_t stayed_in_use = stays.in_use_bytes - missing.in_use_bytes;
  need.activation_bytes = peak.activation_bytes + peak.weights_bytes - stayed_in_use;
  need.workspace_bytes = peak.workspace_bytes;
  need.peak_bytes = peak.peak_bytes - (stays.bytes - missing.bytes);
  need.host_bytes = peak.host_bytes + (allocator_.card ? Staging::kBytes : 0);
  need.in_use.peak_bytes = peak.in_use_bytes - stayed_in_use;
  need.small.peak_bytes = peak.small_bytes - (stays.small_bytes - missing.small_bytes);
  return with_weights(known_.emplace(key, need).first->second, stays);
}

AllocationTrace RequestCosts::allocations(Stage stage, const DryRunRequest& what) {
  const auto run_short = [&] { return dry_run_short_stage(stage, model_, formats_, what); };
  // Depends on the prompts only, so there are few cases.
  if (stage == Stage::kEncode) return run_short();
  const TraceShape shape = trace_shape(stage, model_, formats_, what);
  TraceExtrapolation& family = families_[shape.kind];
  {
    const auto law = [&](const AllocationTrace::Operation& op) {
      return workspace::block_bytes(op, what.kernels);
    };
    if (std::optional<AllocationTrace> known = family.at(shape.position, law))
      return *std::move(known);
  }
  AllocationTrace allocations = run_short();
  family.add(shape.position, allocations);
  return allocations;
}

namespace {

DeviceRates with_copies(DeviceRates rates, const TimeModel& times) {
  rates.copy_bytes = times.copies(rates.copy_bytes);
  return rates;
}

}  // namespace

RequestCosts::ForShape::ForShape(RequestCosts& all, const RunShape& shape, const TimeModel& times)
    : all_(all),
      what_{shape},
      times_(times),
      rates_(with_copies(all.rates_, times)),
      estimate_(all.model_, all.sizes_, all.formats_, shape, rates_, all.allocator_.card) {
  space_.stages = {};
  for (const WorkStage& work : kWorkStages) {
    if (has_stage(shape, work.stage)) space_.stages.add(work.stage);
  }
  space_.layers = all_.model_.transformer.n_layers;
  space_.guided = shape.negative_tokens > 0;
  space_.floor = all_.floor_;
  space_.can_be_packed = all_.formats_.text_encoder.packed() || all_.formats_.transformer.packed();
  if (shape.start == StartFrom::kSampled) {
    space_.from = Stage::kDecode;
    // What an earlier run left on the device is evicted.
    for (const NetworkEntry& network : kNetworks) {
      if (!is_used(network, space_.stages)) space_.floor.only_when_used.add(network.network);
    }
  }
  space_.streamed_file_bytes = all_.file_bytes_;
  const VaeConfig& vae = all_.model_.vae;
  const int latent_rows = shape.height / vae.scale();
  for (const int strip : {64, 32, 16, 8, 4, 2, 1}) {
    if (strip < latent_rows) space_.tile_sizes.push_back(strip);
  }
  const int token_side = vae.scale() * all_.model_.transformer.patch_size;
  const int tokens = shape.width / token_side * (shape.height / token_side);
  for (const int chunk : {1024, 256, 64}) {
    if (chunk < tokens) space_.chunk_sizes.push_back(chunk);
  }
}

StageNeed RequestCosts::ForShape::need(Stage stage, const ExecutionOptions& execution) {
  what_.execution = execution;
  return all_.need(stage, what_);
}

HeldWeights RequestCosts::ForShape::weights(NetworkId network, const ExecutionOptions& execution) {
  const StageNeed alone = all_.with_weights({}, all_.resident(network, execution));
  return {alone.weights_bytes, alone.in_use.weights_bytes, alone.small.weights_bytes};
}

double RequestCosts::ForShape::reload(const ExecutionOptions& execution) const {
  return estimate_reload_seconds(all_.sizes_, execution, rates_);
}

double RequestCosts::ForShape::seconds(Stage stage, const ExecutionOptions& execution,
                                       bool files_are_cached) {
  // On the CPU, decoding outside of the budget costs no time. A GPU would have to wait for it, so
  // it is made a last resort here too.
  constexpr double kHostPenalty = 20;
  double seconds =
      stage == Stage::kLoad ? reload(execution) : estimate_.of(stage, execution, files_are_cached);
  if (times_.knows(stage)) seconds = times_.seconds(stage, seconds);
  const bool on_host = works_on_host(stage, execution) && !all_.allocator_.card;
  return on_host ? kHostPenalty * seconds : seconds;
}

std::array<double, kStageCount> RequestCosts::ForShape::shown_seconds(
    const ExecutionOptions& execution, bool files_are_cached, std::int64_t held_bytes,
    std::int64_t needed_bytes) {
  const double missing =
      needed_bytes > 0
          ? std::clamp(1.0 - static_cast<double>(held_bytes) / static_cast<double>(needed_bytes),
                       0.0, 1.0)
          : 0.0;
  std::array<double, kStageCount> seconds{};
  for (int i = 0; i < kStageCount; ++i) {
    double& s = seconds[static_cast<std::size_t>(i)];
    const auto stage = static_cast<Stage>(i);
    s = estimate_.of(stage, execution, files_are_cached);
    if (stage == Stage::kLoad) s = std::max(s * missing, reload(execution));
    if (times_.knows(stage) || !all_.rates_are_measured_) s = times_.seconds(stage, s);
  }
  return seconds;
}

}  // namespace headroom
