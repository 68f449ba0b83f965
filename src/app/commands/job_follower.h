#pragma once
#include "headroom/engine/generation_queue.h"
#include "headroom/engine/queue_watcher.h"

#include "cli/signals.h"

#include <cstddef>

namespace headroom {

// Follows jobs of a queue on the terminal: progress, warnings, and a line for each picture.
class JobFollower {
 public:
  // `json`: one JSON object a picture instead of its file name. References must outlive it.
  JobFollower(GenerationQueue& queue, const BlockedSignals& signals, bool json)
      : queue_(queue), watcher_(queue, [] {}), signals_(signals), json_(json) {}

  // To the end of `job`, the only one of the queue; a signal cancels it. Returns the exit code, of
  // a cancelled job kExitCancelled; throws Error where the job failed.
  int follow(JobId job);
  // Whether a signal came while a job was followed, maybe too late for that job to be cancelled.
  [[nodiscard]] bool is_asked_to_stop() const { return asked_to_stop_; }

 private:
  GenerationQueue& queue_;
  QueueWatcher watcher_;
  const BlockedSignals& signals_;
  const bool json_;
  bool asked_to_stop_ = false;
};

}  // namespace headroom
