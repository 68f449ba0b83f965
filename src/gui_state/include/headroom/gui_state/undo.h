#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/lora_tags.h"
#include "headroom/core/size.h"
#include "headroom/engine/job.h"
#include "headroom/gui_state/painted_mask.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// What a person sets for the next picture, as one value that can be put back.
struct Settings {
  GenerationRequest draft;  // without the seed, which is `seed_text`
  std::string seed_text;
  // While it is locked: the ratio of the sides as it was typed, which snapping does not change.
  std::optional<Size> locked_ratio{};
  std::vector<LoraTag> off_loras{};  // that wait beside the prompt, which asks for the others
  MaskPointer mask{};                // of the picture that the draft starts from, as a whole
  friend bool operator==(const Settings&, const Settings&) = default;
};

// The one way back for prompt, settings and jobs that were taken out of the queue. A plain value.
class UndoStack {
 public:
  struct Step {
    std::uint64_t id = 0;
    Settings settings;                         // as they were before
    std::vector<GenerationRequest> removed{};  // jobs that left the queue with this step
    bool typed = false;
    // A picture that left the window with this step, and its place there.
    std::shared_ptr<const FinishedPicture> discarded{};
    std::size_t place = 0;
  };

  explicit UndoStack(Settings now = {}) : current_(std::move(now)) {}

  // Remembers what was before when `now` is something else. Returns the newest step, 0 = none.
  std::uint64_t record(const Settings& now);
  std::uint64_t record_removed(std::vector<GenerationRequest> jobs);
  std::uint64_t record_discarded(FinishedPicture picture, std::size_t place);
  // While `time_s` is set, changes come from single letters. Letters in a row are one step:
  // somebody may believe to be writing a prompt.
  void typing(std::optional<double> time_s);

  // The step to take back, and the settings to put in the place of `now` again.
  [[nodiscard]] std::optional<Step> undo(const Settings& now);
  [[nodiscard]] std::optional<Settings> redo(const Settings& now);
  [[nodiscard]] std::uint64_t newest() const { return steps_.empty() ? 0 : steps_.back().id; }
  [[nodiscard]] const Step* last() const { return steps_.empty() ? nullptr : &steps_.back(); }

 private:
  void push(Step step);

  Settings current_;
  std::vector<Step> steps_;
  std::vector<Settings> undone_;
  std::uint64_t next_id_ = 1;
  std::optional<double> typing_s_;
  double typed_s_ = -1e9;
  bool in_a_row_ = false;
};

}  // namespace headroom
