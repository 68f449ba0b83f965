#pragma once
#include <array>
#include <cstddef>
#include <string_view>

namespace headroom {

// The stages of a run, in order.
enum class Stage { kLoad, kEncode, kEncodeImage, kDenoise, kDecode, kSave };

struct StageEntry {
  std::string_view name;  // in JSON, and in the window's texts as "stage.NAME"
  bool once = false;      // for all pictures of a job, else for each of them
};
// One entry for each stage: what recorders, run records and progress read. What the stages that use
// the device need of it is in memory/networks.h.
inline constexpr std::array kStages{
    StageEntry{"load", true}, StageEntry{"encode", true}, StageEntry{"encode-image", true},
    StageEntry{"denoise"},    StageEntry{"decode"},       StageEntry{"save"},
};
inline constexpr int kStageCount = static_cast<int>(kStages.size());

[[nodiscard]] constexpr std::size_t index_of(Stage stage) {
  return static_cast<std::size_t>(stage);
}
[[nodiscard]] constexpr std::string_view stage_name(Stage stage) {
  return kStages[index_of(stage)].name;
}
[[nodiscard]] constexpr bool runs_once(Stage stage) { return kStages[index_of(stage)].once; }

}  // namespace headroom
