#pragma once
#include "headroom/engine/generation_queue.h"
#include "headroom/gui_state/progress_view.h"

#include <chrono>

namespace headroom {

// Watches the running job from frame to frame for what its status does not include: when its step
// changed, and how long its steps take. A plain value; one thread.
class JobWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;
  [[nodiscard]] ProgressInput look(const JobStatus& job, Time now);

 private:
  JobId job_ = 0;
  int image_ = -1;
  int step_ = -1;
  Time step_at_;
  double step_seconds_ = 0;  // of this job; 0 = not known yet
};

}  // namespace headroom
