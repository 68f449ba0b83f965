#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/lora_tags.h"
#include "headroom/core/size.h"
#include "headroom/engine/job.h"
#include "headroom/gui_state/painted_mask.h"
#include "headroom/image/extend.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// Everything that a person sets for the next picture, as one value that undo can restore.
struct Settings {
  GenerationRequest draft;  // without the seed, which is `seed_text`
  std::string seed_text;
  // While the ratio is locked: the sides as they were typed, before snapping.
  std::optional<Size> locked_ratio{};
  std::vector<LoraTag> off_loras{};  // LoRAs that are switched off and therefore not in the prompt
  MaskPointer mask{};                // for the whole start picture
  Margins outpaint{};                // around the start picture, painted anew
  friend bool operator==(const Settings&, const Settings&) = default;
};

// The undo history for prompt, settings and jobs that were removed from the queue. A plain value.
class UndoStack {
 public:
  struct Step {
    std::uint64_t id = 0;
    Settings settings;                          // before the step
    std::vector<GenerationRequest> removed{};   // jobs that the step removed from the queue
    std::vector<GenerationRequest> declined{};  // jobs of the last session that it gave up
    bool typed = false;
    // A picture that the step removed from the window, and its index.
    std::shared_ptr<const FinishedPicture> discarded{};
    std::size_t place = 0;
    // Jobs and pictures that come back are removed again where they are, not by redo.
    [[nodiscard]] bool changes_settings() const {
      return removed.empty() && declined.empty() && !discarded;
    }
  };

  explicit UndoStack(Settings now = {}) : current_(std::move(now)) {}

  // Adds a step if `now` differs from the last state. Returns the newest step, 0 = none.
  std::uint64_t record(const Settings& now);
  std::uint64_t record_removed(std::vector<GenerationRequest> jobs);
  std::uint64_t record_declined(std::vector<GenerationRequest> jobs);
  std::uint64_t record_discarded(FinishedPicture picture, std::size_t place);
  // While `time_s` is set, changes come from shortcuts of one letter. Several in a row become one
  // step, since the user may have tried to type a prompt.
  void typing(std::optional<double> time_s);

  // The step to undo; its settings replace `now`.
  [[nodiscard]] std::optional<Step> undo(const Settings& now);
  [[nodiscard]] std::optional<Settings> redo(const Settings& now);
  [[nodiscard]] bool is_recorded(const Settings& now) const { return now == current_; }
  // The settings that undo(now) or redo(now) would restore; null = none.
  [[nodiscard]] const Settings* before(const Settings& now) const;
  [[nodiscard]] const Settings* after(const Settings& now) const;
  // A text field has undone or redone edits by itself. If it came to where the last step began, or
  // the last undone one ended, that step counts as undone or redone: no later one goes there again.
  void follow(const Settings& now);
  [[nodiscard]] std::uint64_t newest() const { return steps_.empty() ? 0 : steps_.back().id; }
  [[nodiscard]] const Step* last() const { return steps_.empty() ? nullptr : &steps_.back(); }

 private:
  void push(Step step);
  Settings take_redone();

  Settings current_;
  std::vector<Step> steps_;
  std::vector<Settings> undone_;
  std::uint64_t next_id_ = 1;
  std::optional<double> typing_s_;
  double typed_s_ = -1e9;
  bool in_a_row_ = false;
};

}  // namespace headroom
