#pragma once
#include "headroom/gui_actions/start_picture_finder.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom {

// Adds jobs to the queue and removes them.
class JobActions {
 public:
  JobActions(const ActionContext& context, StartPictureFinder& finder)
      : context_(context), finder_(finder) {}

  struct GeneratePress {
    bool in_front = false;
    double at_s = 0;       // when it was pressed, not when the frame saw it
    bool repeats = false;  // with Shift: accept a press right after another one
  };
  // A second press within this time belongs to a double click.
  static constexpr double kDoubleClick_s = 0.3;
  // Adds the draft to the queue unless something is wrong with it (`blocked` is not empty).
  // Ignores the second press of a double click. A press with other settings is never that one:
  // between the two something was typed, however late a slow window has seen them.
  void generate(const GeneratePress& press, const std::string& blocked);
  // Adds jobs that the last session did not finish. Those that cannot begin stay on offer, with
  // the reason.
  void queue_offered();
  // Gives those jobs up. Undo offers them again.
  void decline_offered();
  void cancel_running();
  // Cancels a job. One that has not begun can be restored by undo.
  void cancel(JobId id);
  void clear_waiting();
  void move(JobId id, int places);  // moves a waiting job; see GenerationQueue
  // Esc while nothing is open or focused: first says that a second Esc cancels, then cancels.
  void escape(double now_s);

 private:
  void note_removed(std::vector<GenerationRequest> jobs);

  ActionContext context_;
  StartPictureFinder& finder_;
  std::optional<Settings> pressed_with_;  // the settings at the last press
};

}  // namespace headroom
