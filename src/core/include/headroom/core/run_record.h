#pragma once
#include "headroom/core/plan.h"
#include "headroom/core/run_shape.h"
#include "headroom/core/stage.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace headroom {

// A run that could not go on as planned, and did under another plan. The picture is the same.
struct PlanChange {
  Stage stage = Stage::kLoad;          // that was begun or broken off
  int step = 0;                        // denoising steps that were done by then
  std::string reason;                  // one sentence, English
  std::vector<std::string> execution;  // of the new plan
  std::int64_t peak_bytes = 0;         // of the new plan, for what is left
};

// A weight file by its content.
struct HashedFile {
  std::string part;    // "transformer", "text_encoder" or "vae"
  std::string file;    // its name, without folders
  std::string sha256;  // of all of it, 64 lower-case hexadecimal digits
  friend bool operator==(const HashedFile&, const HashedFile&) = default;
};

// What a run did: the plan beside the measurement, with all that its seconds depend on. Says
// nothing of what was drawn.
struct RunRecord {
  Plan plan;                        // as it was at the start
  std::vector<PlanChange> changes;  // empty: the run went as planned
  int image_index = 0;              // 0 .. plan.count - 1
  RunShape shape;
  // The weight files were opened for this picture: only then the seconds of load are a measurement.
  bool opened = false;
  // Beside plan.peak_bytes and plan.in_use_peak_bytes: what the device gave, and the most of it
  // that was handed out. A run takes hold of its plan's peak, so the second pair shows how good the
  // prediction was.
  std::int64_t actual_peak_bytes = 0;
  std::int64_t actual_in_use_bytes = 0;
  std::array<std::int64_t, kStageCount> stage_peak_bytes{};  // handed out; indexed by Stage
  // Indexed by Stage. 0 = the stage was not run: further pictures of a job neither load nor encode.
  std::array<double, kStageCount> stage_seconds{};
  // At which weights were read, converted and put on the device; 0 = none were.
  double copy_bytes_per_second = 0;
  // How often the driver was asked for memory after the run had taken hold of the plan's; 0 is what
  // is promised.
  std::int64_t driver_allocations = 0;
  std::string model;  // the model folder's name
  // The files that the model was opened from, by part: those of a part all together, or none while
  // the hash of one of them is not known.
  std::vector<HashedFile> model_files;
  std::string device;       // "CPU budget" or the name of the card
  std::string device_uuid;  // of a card, where it has one
  std::string dtype;        // number format of the networks: "fp32", "bf16" or "fp16"
  int threads = 0;          // of the CPU
  std::string version;      // of this program
  std::string libtorch;     // its version
  std::string time;         // when the picture was done, "2026-11-24T14:09:15Z"
};

}  // namespace headroom
