#pragma once
#include <array>
#include <cstddef>
#include <string_view>

namespace headroom {

// The stages of a run, in order.
enum class Stage { kLoad, kEncode, kEncodeImage, kDenoise, kDecode, kUpscale, kSave };

// Which runs go through a stage.
enum class RunsWith {
  kEveryRun,
  kModel,         // all but those that only enlarge a finished picture
  kSteps,         // runs that denoise, that is, all but those with final latents of an earlier run
  kPictureStart,  // those that start from another picture
  kUpscaler       // those that only enlarge a finished picture
};

struct StageEntry {
  Stage stage;
  std::string_view name;  // in JSON, and in the window's texts as "stage.NAME"
  RunsWith runs_with;     // see has_stage() of run_shape.h
  // Share of a run's time, for the progress bar while no run has been measured; 0: few runs have
  // the stage.
  double usual_share = 0;
  bool once = false;  // whether it runs once for all pictures of a job, else for each picture
};
// One line for each stage, which recorders, run records and progress read. What the stages need on
// the device is in memory/networks.h.
inline constexpr std::array kStages{
    StageEntry{Stage::kLoad, "load", RunsWith::kSteps, 0.08, true},
    StageEntry{Stage::kEncode, "encode", RunsWith::kSteps, 0.06, true},
    StageEntry{Stage::kEncodeImage, "encode-image", RunsWith::kPictureStart, 0, true},
    StageEntry{Stage::kDenoise, "denoise", RunsWith::kSteps, 0.70},
    StageEntry{Stage::kDecode, "decode", RunsWith::kModel, 0.13},
    StageEntry{Stage::kUpscale, "upscale", RunsWith::kUpscaler, 0},
    StageEntry{Stage::kSave, "save", RunsWith::kEveryRun, 0.03},
};
inline constexpr int kStageCount = static_cast<int>(kStages.size());

[[nodiscard]] constexpr std::size_t index_of(Stage stage) {
  return static_cast<std::size_t>(stage);
}
[[nodiscard]] constexpr std::string_view stage_name(Stage stage) {
  return kStages[index_of(stage)].name;
}
[[nodiscard]] constexpr bool runs_once(Stage stage) { return kStages[index_of(stage)].once; }

namespace detail {
constexpr bool stages_are_in_order() {
  for (std::size_t i = 0; i < kStages.size(); ++i) {
    if (index_of(kStages[i].stage) != i) return false;
  }
  return true;
}
static_assert(stages_are_in_order(), "a stage's line stands where its name does");
}  // namespace detail

}  // namespace headroom
