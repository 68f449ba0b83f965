#include "generation_context.h"

#include "headroom/config/paths.h"
#include "headroom/core/error.h"
#include "headroom/device/pretended_programs.h"
#include "headroom/engine/file_hashes.h"
#include "headroom/forecast/calibration.h"
#include "headroom/forecast/calibration_file.h"
#include "headroom/forecast/make_forecaster.h"
#include "headroom/forecast/overhead_file.h"
#include "headroom/forecast/rates_file.h"
#include "headroom/memory/allocator_conf.h"
#include "headroom/memory/offload_floor.h"
#include "headroom/pipeline/device_formats.h"
#include "headroom/pipeline/model_check.h"
#include "headroom/pipeline/request_shape.h"
#include "headroom/records/run_log.h"

#include "chosen_model.h"

#include <algorithm>
#include <memory>
#include <system_error>
#include <utility>

#include <spdlog/spdlog.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

// Terms that follow from the device itself.
WorkspaceTerms documented_workspace(const Device& device) {
  WorkspaceTerms terms;
  terms.kept_bytes = device.backend->library_bytes();
  terms.multiprocessors = device.backend->attention_multiprocessors();
  return terms;
}

// What `headroom calibrate` has stored for this device. A GPU without an entry is calibrated now,
// which takes seconds, since what cuDNN allocates cannot be predicted.
std::optional<WorkspaceTerms> calibrated_workspace(const Device& device, NumberFormat dtype,
                                                   int threads, bool calibrates) {
  const StoredCalibration stored =
      read_calibration(calibration_file(), calibration_key(device, dtype, threads));
  if (!stored.problem.empty()) spdlog::warn("{}", stored.problem);
  WorkspaceTerms terms = stored.terms;
  if (!stored.found) {
    if (!calibrates) return std::nullopt;
    try {
      const Calibration calibration = calibrate(device, dtype, threads);
      terms = calibration.terms;
      // If memory was too short for all of it, it is repeated at the next start.
      if (calibration.is_complete()) write_calibration(calibration_file(), calibration);
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kDevice) throw;  // nothing works without the device
      spdlog::warn("calibrating the device: {}", e.what());
      return std::nullopt;
    }
  }
  terms.multiprocessors = device.backend->attention_multiprocessors();
  return terms;
}

void keep_overhead(const Device& device, NumberFormat dtype, const CardOverhead& overhead) {
  try {
    write_overhead(cards_file(), rates_key(device, dtype, 0), overhead);
  } catch (const Error& e) {
    spdlog::warn("{}", e.what());
  }
}

// The device's rates from the file; if there are none they are measured now, which makes the first
// start a second longer. Nothing if that fails; then seconds are known after the first picture.
std::optional<DeviceRates> device_rates(const Device& device, NumberFormat dtype, int threads) {
  std::optional<DeviceRates> rates;
  try {
    const RatesKey key = rates_key(device, dtype, threads);
    rates = read_rates(rates_file(), key);
    if (!rates) {
      rates = measure_rates(device, dtype, threads);
      write_rates(rates_file(), key, *rates);
    }
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::kDevice) throw;
    spdlog::warn("measuring the device: {}", e.what());
  }
  return rates;
}

void distrust_rates(const Device& device, NumberFormat dtype, int threads) {
  try {
    forget_rates(rates_file(), rates_key(device, dtype, threads));
  } catch (const Error& e) {
    spdlog::warn("{}", e.what());
  }
}

// Hashes are computed while the first picture of a model is made, and are known for later ones.
HashOf hashes_of_models() {
  return [hashes = std::make_shared<FileHashes>(model_hashes_file())](const fs::path& file,
                                                                      const FileStamp& stamp) {
    return hashes->find({file, stamp.bytes, stamp.changed_ns, stamp.inode});
  };
}

PipelineOptions pipeline_options(const AppConfig& config, const Device& device, fs::path dump_file,
                                 const TypedLoras& loras, bool needs_weights,
                                 bool pretended = false) {
  PipelineOptions options;
  options.make_forecaster = &make_forecaster;
  const ModelPlaces places = chosen_places(config.model);
  options.model = open_model(places);
  for (const Message& note : options.model.notes) spdlog::info("{}", note.english());
  check_model_files(options.model, needs_weights, config.model.check_weights);
  options.opened_loras = open_loras(loras, options.model, places.shelves.loras);
  options.check_weights = config.model.check_weights;
  if (config.model.weight_cache) options.weight_cache.emplace(weight_cache_folder());
  options.device = device;
  options.dtype = config.model.dtype;
  options.threads = config.model.threads;
  options.workspace = documented_workspace(device);
  const bool is_card = device.backend->has_own_memory();
  options.calibration = [device, dtype = config.model.dtype, threads = config.model.threads,
                         calibrates = is_card && !pretended] {
    return calibrated_workspace(device, dtype, threads, calibrates);
  };
  options.hash_of = hashes_of_models();
  options.keep_overhead = [device, dtype = config.model.dtype](const CardOverhead& overhead) {
    keep_overhead(device, dtype, overhead);
  };
  if (!pretended) {
    expect_overhead(device, config.model.dtype);
    options.rates = [device, dtype = config.model.dtype, threads = config.model.threads] {
      return device_rates(device, dtype, threads);
    };
    options.distrust_rates = [device, dtype = config.model.dtype, threads = config.model.threads] {
      distrust_rates(device, dtype, threads);
    };
  }
  const auto settings = parse_allocator_conf(device.backend->caching_settings().value_or(""));
  for (const std::string& note : settings.notes) spdlog::warn("warning: {}", note);
  options.budget = budget_options(config);
  options.low_vram = config.model.low_vram;
  if (!config.model.offload_layers.empty()) {
    const OffloadFloor offload = offload_floor(
        config.model.offload_layers, options.model.transformer.n_layers,
        options.model.text_encoder.num_hidden_layers, config.places.at("model.offload_layers"));
    for (const std::string& note : offload.notes) spdlog::info("{}", note);
    options.floor = offload.floor;
  }
  options.pretend_vram_bytes = config.memory.pretend_vram_bytes;
  options.pretend_others = pretended_programs(config);
  options.dump_file = std::move(dump_file);
  return options;
}

// Refuses number formats that can only be planned, before the model is read.
const AppConfig& runnable(const AppConfig& config) {
  check_can_run(config.model.dtype, choose_device(config.model.device));
  return config;
}

}  // namespace

Device chosen_device(const std::string& wanted) {
  if (wanted == "auto") {
    for (const Message& passed_over : unusable_devices()) spdlog::warn("{}", passed_over.english());
  }
  return choose_device(wanted);
}

BudgetOptions budget_options(const AppConfig& config) {
  return {config.memory.vram_cap_bytes, config.memory.reserve_bytes};
}

void expect_overhead(const Device& device, NumberFormat dtype) {
  if (!device.backend->has_own_memory()) return;
  const auto overhead = read_overhead(cards_file(), rates_key(device, dtype, 0));
  if (overhead) device.backend->expect_overhead(*overhead);
}

void load_past_runs(Forecaster& forecaster, const std::string& model) {
  constexpr std::size_t kEnough = 200;  // some may be for another device
  try {
    for (const RunRecord& run_record : RunLog(run_log_file()).read(model, kEnough)) {
      forecaster.learn(run_record);
    }
  } catch (const Error& e) {
    spdlog::warn("no seconds from earlier runs: {}", e.what());
  }
}

OtherPrograms pretended_programs(const AppConfig& config) {
  const fs::path& file = config.memory.pretend_others_file;
  if (file.empty()) return {};
  std::error_code error;
  if (!fs::exists(file, error))
    spdlog::warn("{} does not exist, so nothing is pretended until it does", file.string());
  return read_programs_from(file,
                            [](const std::string& complaint) { spdlog::warn("{}", complaint); });
}

void set_up_processor(const AppConfig& config) {
  const Device device = choose_device(config.model.device);
  if (!device.backend->has_own_memory()) device.backend->set_up();
}

GenerationContext::GenerationContext(const AppConfig& config, fs::path dump_file,
                                     const TypedLoras& loras)
    : pipeline(pipeline_options(runnable(config), chosen_device(config.model.device),
                                std::move(dump_file), loras, /*needs_weights=*/true)),
      tokenizer(std::make_shared<const PromptTokenizer>(pipeline.model.parts.tokenizer)),
      forecaster(make_forecaster(pipeline)),
      memory(pipeline.device, pipeline.pretend_vram_bytes, pipeline.pretend_others) {
  load_past_runs(*forecaster, pipeline.model.info.name);
}

namespace {

struct ProspectiveDevice {
  Device device;
  bool is_there = true;
};

// With a pretended size the GPU itself may be pretended too, since nothing runs on it.
ProspectiveDevice prospective_device(const AppConfig& config) {
  const std::string& wanted = config.model.device;
  if (config.memory.pretend_vram_bytes) {
    if (auto absent = absent_device(wanted)) return {*std::move(absent), false};
  }
  return {chosen_device(wanted)};
}

}  // namespace

PlanningContext::PlanningContext(const AppConfig& config, const TypedLoras& loras) {
  const auto [device, is_there] = prospective_device(config);
  const PipelineOptions pipeline =
      pipeline_options(config, device, {}, loras, /*needs_weights=*/false, !is_there);
  const fs::path tokenizer = pipeline.model.parts.tokenizer;
  std::error_code error;
  model = pipeline.model.info;
  scheduler_ = pipeline.model.scheduler;
  // A model whose weights are missing may lack a tokenizer; all others need one.
  const bool has_weights = !pipeline.model.layer_file_bytes.empty();
  if (has_weights || fs::exists(tokenizer, error)) tokenizer_.emplace(tokenizer);
  opened_loras = pipeline.opened_loras;
  if (opened_loras) lora_bytes = headroom::lora_bytes(*opened_loras, pipeline.dtype, device);
  forecaster = make_forecaster(pipeline);
  load_past_runs(*forecaster, model.name);
  memory = DeviceMemory(device, pipeline.pretend_vram_bytes, pipeline.pretend_others).read();
}

RunShape PlanningContext::shape_of(const GenerationRequest& request) const {
  return headroom::shape_of(request, tokenizer_ ? &*tokenizer_ : nullptr, scheduler_);
}

GenerationQueue::PictureDone GenerationContext::run_record_keeper() const {
  return [forecaster = forecaster, file = RunLog(run_log_file()),
          told = false](const FinishedPicture& finished) mutable {
    const RunRecord& run_record = finished.picture.run_record;
    forecaster->learn(run_record);
    try {
      file.append(run_record);
    } catch (const Error& e) {
      // It would repeat the same message after every picture.
      if (!std::exchange(told, true)) spdlog::warn("{}", e.what());
    }
  };
}

GenerationQueue::MakeGenerator GenerationContext::generator_maker(
    decltype(PipelineOptions::keep_sampled) keep) const {
  PipelineOptions options = pipeline;
  options.keep_sampled = std::move(keep);
  return [options = std::move(options), tokenizer = tokenizer, forecaster = forecaster] {
    if (!options.device.backend->has_own_memory()) options.device.backend->set_up();
    return make_generator(options, tokenizer, forecaster);
  };
}

}  // namespace headroom
