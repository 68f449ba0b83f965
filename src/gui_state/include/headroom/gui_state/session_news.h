#pragma once
#include "headroom/engine/session.h"
#include "headroom/gui_state/ui_state.h"

#include <cstdint>
#include <memory>

namespace headroom {

// What a change is to, in a few words: the model, else the device, else the number format that are
// others than those of `now`.
[[nodiscard]] Message label_of(const SessionChoice& to, const ModelOnDevice& now);
[[nodiscard]] Message title_of(const ModelInfo& model);

// What becomes of changes of model, device and number format: settings that follow them, and what
// is told of it. Main thread.
class SessionNews {
 public:
  explicit SessionNews(UiState& state) : state_(state) {}

  // `is_running`: a job that a change may wait for. True when something is new.
  bool follow(const Session::State& session, bool is_running);

 private:
  void taken(const ModelOnDevice& was, const ModelOnDevice& now);
  void ended(const Session::State& session);
  void waits(const Session::State& session, bool is_running);

  UiState& state_;
  std::shared_ptr<const ModelOnDevice> opened_;  // as of the last call
  std::uint64_t number_ = 0;                     // of the last change that was told of
  bool changes_ = false;
};

}  // namespace headroom
