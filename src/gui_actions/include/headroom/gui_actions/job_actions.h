#pragma once
#include "headroom/gui_actions/start_finder.h"

#include <string>
#include <vector>

namespace headroom {

// Jobs into the queue, and out of it.
class JobActions {
 public:
  JobActions(const ActionContext& context, StartFinder& finder)
      : context_(context), finder_(finder) {}

  struct GeneratePress {
    bool in_front = false;
    double now_s = 0;
    bool repeats = false;  // with Shift: also right after another one
  };
  // A press within this time after another one is the second half of a double click.
  static constexpr double kDoubleClick_s = 0.3;
  // Sends the draft to the queue unless something is wrong with it (`blocked` is not empty). The
  // second press of a double click is none.
  void generate(const GeneratePress& press, const std::string& blocked);
  // What the last session did not make. What cannot begin stays on offer; says why.
  void queue_offered();
  void cancel_running();
  // What has not begun leaves the queue with a way back.
  void cancel(JobId id);
  void clear_waiting();
  void move(JobId id, int places);  // of a waiting job; see GenerationQueue
  // Esc with nothing open and nothing focused: says that another one cancels, then cancels.
  void escape(double now_s);

 private:
  void note_removed(std::vector<GenerationRequest> jobs);

  ActionContext context_;
  StartFinder& finder_;
};

}  // namespace headroom
