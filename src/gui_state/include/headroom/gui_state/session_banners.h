#pragma once
#include "headroom/engine/session.h"
#include "headroom/gui_state/ui_state.h"

#include <cstdint>
#include <memory>

namespace headroom {

// A short name for a change: the model, device or number format (the first of these that differs
// from `now`).
[[nodiscard]] Message label_of(const SessionChoice& to, const ModelOnDevice& now);
// A model's name for people.
[[nodiscard]] Message title_of(const ModelInfo& model);

// Follows changes of model, device and number format: adapts settings and tells the user. Main
// thread.
class SessionBanners {
 public:
  explicit SessionBanners(UiState& state) : state_(state) {}

  // `is_running`: a job is running that a change may have to wait for. True when something is new.
  bool follow(const Session::State& session, bool is_running);

 private:
  void taken(const ModelOnDevice& was, const ModelOnDevice& now);
  void ended(const Session::State& session);
  void waits(const Session::State& session, bool is_running);

  UiState& state_;
  std::shared_ptr<const ModelOnDevice> opened_;  // at the last call
  std::uint64_t number_ = 0;                     // of the last change that was reported
  bool changes_ = false;
};

}  // namespace headroom
