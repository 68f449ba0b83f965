#pragma once
#include "headroom/cli/signals.h"
#include "headroom/engine/generation_queue.h"
#include "headroom/engine/queue_watcher.h"

#include <cstddef>

namespace headroom {

// Shows a queue's jobs on the terminal: progress, warnings, and a line for each picture.
class JobFollower {
 public:
  // `json`: prints one JSON object per picture instead of its file name. References must outlive
  // this object.
  JobFollower(GenerationQueue& queue, const BlockedSignals& signals, bool json)
      : queue_(queue), watcher_(queue, [] {}), signals_(signals), json_(json) {}

  // Follows `job`, the only one of the queue, to its end; a signal cancels it. Returns the exit
  // code, for a cancelled job kExitCancelled; throws Error if the job failed.
  int follow(JobId job);
  // Whether a signal arrived while a job was followed, even if too late to cancel that job.
  [[nodiscard]] bool is_asked_to_stop() const { return asked_to_stop_; }

 private:
  GenerationQueue& queue_;
  QueueWatcher watcher_;
  const BlockedSignals& signals_;
  const bool json_;
  bool asked_to_stop_ = false;
};

}  // namespace headroom
