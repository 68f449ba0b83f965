#pragma once
#include "headroom/core/run_record.h"

namespace headroom::test {

// A run record of which every field has a value of its own.
[[nodiscard]] inline RunRecord sample_run_record() {
  RunRecord run_record;
  run_record.plan.width = 1024;
  run_record.plan.height = 576;
  run_record.plan.count = 4;
  run_record.plan.execution = {"chunk-tokens:256", "tile-decode:32"};
  run_record.plan.option_effects = {{"tile-decode:32", 700, 1.5}, {"chunk-tokens:256", -64, -0.5}};
  run_record.plan.peak_bytes = 5'000'000'000;
  run_record.plan.in_use_peak_bytes = 4'700'000'000;
  run_record.plan.small_pool_bytes = 6'000'000;
  run_record.plan.seconds = 12.5;
  run_record.plan.seconds_are_estimated = true;
  run_record.plan.stages = {{Stage::kEncode, 1, 2, 3, 4, 0.5, 5, 3},
                            {Stage::kDenoise, 10, 20, 30, 40, 5, 50, 39}};
  run_record.plan.host_peak_bytes = 50;
  run_record.plan.page_cache_bytes = 4'300'000'000;
  run_record.changes = {{Stage::kDenoise, 7, "taken", {"stream-blocks:12"}, 600}};
  run_record.image_index = 2;
  run_record.shape = {.width = 1024,
                      .height = 576,
                      .steps = 28,
                      .guided_steps = 20,
                      .prompt_tokens = 31,
                      .negative_tokens = 9};
  run_record.opened = true;
  run_record.actual_peak_bytes = 4'900'000'000;
  run_record.actual_in_use_bytes = 4'600'000'000;
  run_record.stage_peak_bytes = {1, 2, 0, 3, 4, 0, 5};
  run_record.stage_seconds = {0.1, 0.2, 0, 0.3, 0.4, 0, 0.5};
  run_record.copy_bytes_per_second = 1.5e9;
  run_record.driver_allocations = 6;
  run_record.model = "Z-Image-Turbo";
  run_record.device = "CPU budget";
  run_record.device_uuid = "GPU-1";
  run_record.dtype = "bf16";
  run_record.threads = 8;
  run_record.version = "0.1.0";
  run_record.libtorch = "2.13.0";
  run_record.time = "2026-11-24T14:09:15Z";
  return run_record;
}

}  // namespace headroom::test
