#pragma once
#include "headroom/core/plan.h"
#include "headroom/core/run_shape.h"
#include "headroom/core/stage.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace headroom {

// A run that could not continue as planned, and continued under another plan. The picture is the
// same.
struct PlanChange {
  Stage stage = Stage::kLoad;  // the stage that was begun or broken off
  int step = 0;                // denoising steps that were done by then, which are not repeated
  std::string reason;          // one sentence, English
  std::vector<std::string> execution;  // of the new plan
  std::int64_t peak_bytes = 0;         // of the new plan, for the rest of the run
};

// A weight file, identified by its content.
struct HashedFile {
  std::string part;    // "transformer", "text_encoder" or "vae"
  std::string file;    // its name, without folders
  std::string sha256;  // of the whole file, 64 lower-case hexadecimal digits
  friend bool operator==(const HashedFile&, const HashedFile&) = default;
};

// What a run did: the plan beside the measurement, and everything that its seconds depend on.
// Holds nothing of what was drawn. In pictures and JSON it is called "receipt"; RunLog in
// records/run_log.h keeps those of past runs, in receipts.jsonl.
struct RunRecord {
  Plan plan;                        // as it was at the start
  std::vector<PlanChange> changes;  // empty: the run went as planned
  int image_index = 0;              // 0 .. plan.count - 1
  RunShape shape;
  // Whether the weight files were opened for this picture; only then the load stage's seconds are
  // a measurement.
  bool opened = false;
  // Beside plan.peak_bytes and plan.in_use_peak_bytes: what the device gave, and the most that was
  // handed out of it. A run reserves its plan's peak at the start, so the second pair shows how
  // good the prediction was.
  std::int64_t actual_peak_bytes = 0;
  std::int64_t actual_in_use_bytes = 0;
  // Handed out in each stage; indexed by Stage.
  std::array<std::int64_t, kStageCount> stage_peak_bytes{};
  // Indexed by Stage. 0 = the stage was not run: further pictures of a job neither load nor encode.
  std::array<double, kStageCount> stage_seconds{};
  // Rate at which weights were read, converted and put on the device; 0 = none were.
  double copy_bytes_per_second = 0;
  // How often the driver was asked for memory after the run had reserved the plan's peak; a run
  // promises 0.
  std::int64_t driver_allocations = 0;
  // Of a run that only enlarges a picture (StartFrom::kFinished): how many times as wide and high
  // the result is; else 0.
  int scale = 0;
  std::string model;  // the model folder's name; of such a run, the upscaler's: see upscaler_name()
  // The files that the model was opened from, by part. Either all files of a part are listed, or
  // none while the hash of one of them is not known.
  std::vector<HashedFile> model_files;
  std::string device;       // "CPU budget" or the name of the GPU
  std::string device_uuid;  // of a GPU, where it has one
  std::string dtype;        // number format of the networks: "fp32", "bf16" or "fp16"
  int threads = 0;          // of the CPU
  std::string version;      // of this program
  std::string libtorch;     // its version
  std::string time;         // when the picture was done, "2026-11-24T14:09:15Z"
};

}  // namespace headroom
