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

// Restores the last session into the window and saves the present one. Main thread.
class SessionKeeper {
 public:
  // Masks are stored in `masks`. Both arguments must outlive this object.
  SessionKeeper(const WindowServices& services, MaskStore& masks);

  // The window's last place; nothing if the configured size has changed since then.
  [[nodiscard]] std::optional<WindowPlace> place() const;
  // Restores prompt, settings, history and unfinished jobs; those are offered, not started.
  void restore(UiState& state);
  // Restores one picture per call, newest first, so that the window does not wait for all of them.
  // False when there are no more.
  bool restore_picture(UiState& state);
  // Saves what has changed. While the folder cannot be written there is a warning, and
  // UiState::forgotten lists what would be lost.
  void save(UiState& state, const std::vector<JobStatus>& jobs, const WindowPlace& place);
  // The text of a session that could not be written; empty if it was written.
  [[nodiscard]] const std::string& unkept() const { return unkept_; }

 private:
  void restore_mask(UiState& state) const;
  void tell_unread(UiState& state);
  void tell(UiState& state, const SavedSession& session, const Message& trouble);

  const WindowServices& services_;
  MaskStore& masks_;
  SessionFile file_;
  Message damaged_;  // a file that could not be read
  std::string unkept_;
  std::vector<Message> unread_;  // pictures of the last session that are there, but damaged
  SavedSession last_;
  JobId next_id_ = ~JobId{0};  // counts down, since the queue's ids count up
};

}  // namespace headroom
