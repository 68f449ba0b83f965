#pragma once
#include "headroom/core/plan.h"

namespace headroom::test {

// A receipt of which every field has a value of its own.
[[nodiscard]] inline Receipt sample_receipt() {
  Receipt receipt;
  receipt.plan.width = 1024;
  receipt.plan.height = 576;
  receipt.plan.count = 4;
  receipt.plan.rungs = {"chunk-tokens:256", "tile-decode:32"};
  receipt.plan.rung_effects = {{"tile-decode:32", 700, 1.5}, {"chunk-tokens:256", -64, -0.5}};
  receipt.plan.peak_bytes = 5'000'000'000;
  receipt.plan.in_use_peak_bytes = 4'700'000'000;
  receipt.plan.small_pool_bytes = 6'000'000;
  receipt.plan.seconds = 12.5;
  receipt.plan.seconds_are_estimated = true;
  receipt.plan.stages = {{Stage::kEncode, 1, 2, 3, 4, 0.5, 5, 3},
                         {Stage::kDenoise, 10, 20, 30, 40, 5, 50, 39}};
  receipt.plan.host_peak_bytes = 50;
  receipt.plan.page_cache_bytes = 4'300'000'000;
  receipt.changes = {{Stage::kDenoise, 7, "taken", {"stream-blocks:12"}, 600}};
  receipt.image_index = 2;
  receipt.shape = {.width = 1024,
                   .height = 576,
                   .steps = 28,
                   .guided_steps = 20,
                   .prompt_tokens = 31,
                   .negative_tokens = 9};
  receipt.opened = true;
  receipt.actual_peak_bytes = 4'900'000'000;
  receipt.actual_in_use_bytes = 4'600'000'000;
  receipt.stage_peak_bytes = {1, 2, 0, 3, 4, 5};
  receipt.stage_seconds = {0.1, 0.2, 0, 0.3, 0.4, 0.5};
  receipt.copy_bytes_per_second = 1.5e9;
  receipt.driver_allocations = 6;
  receipt.model = "Z-Image-Turbo";
  receipt.device = "CPU budget";
  receipt.device_uuid = "GPU-1";
  receipt.dtype = "bf16";
  receipt.threads = 8;
  receipt.version = "0.1.0";
  receipt.libtorch = "2.13.0";
  receipt.time = "2026-11-24T14:09:15Z";
  return receipt;
}

}  // namespace headroom::test
