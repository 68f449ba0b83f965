#pragma once
#include "headroom/gui_state/mask_store.h"
#include "headroom/gui_state/saved_session.h"
#include "headroom/gui_state/ui_state.h"
#include "headroom/gui_state/window_place.h"
#include "headroom/gui_state/window_services.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom {

// Brings the last session into the window and keeps the present one. Main thread.
class SessionKeeper {
 public:
  // Masks are kept in `masks`; both must outlive it.
  SessionKeeper(const WindowServices& services, MaskStore& masks);

  // Where the window was, while the configuration asks for the same size as then.
  [[nodiscard]] std::optional<WindowPlace> place() const;
  // Prompt, settings, history, and the jobs that were not made, which are offered, not started.
  void restore(UiState& state);
  // The last pictures one by one, newest first, so that the window does not wait for them. False
  // when there are no more.
  bool restore_picture(UiState& state);
  // Writes what has changed. A folder that takes nothing becomes a warning, as long as it is so,
  // and UiState::forgotten says what is at stake.
  void save(UiState& state, const std::vector<JobStatus>& jobs, const WindowPlace& place);
  // The text of a session that could not be written; empty when it was.
  [[nodiscard]] const std::string& unkept() const { return unkept_; }

 private:
  void restore_mask(UiState& state) const;
  void tell(UiState& state, const SavedSession& session, const Message& trouble);

  const WindowServices& services_;
  MaskStore& masks_;
  SessionFile file_;
  Message damaged_;  // the file that could not be read
  std::string unkept_;
  SavedSession last_;
  JobId next_id_ = ~JobId{0};  // counts down: the queue's own ids count up
};

}  // namespace headroom
