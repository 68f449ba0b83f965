#pragma once
#include "headroom/engine/job.h"

#include <functional>
#include <memory>
#include <vector>

namespace headroom {

class GenerationQueue;

// One of any number who watch a queue: each is told of every picture and outcome from its own
// beginning on. What a job is doing, its notices among it, is in GenerationQueue::status().
class QueueWatcher {
 public:
  // `wake` runs each time there is something new to show, never under a lock: on the worker, or on
  // the thread that cancels. It must not end this watcher. The queue must outlive the watcher.
  QueueWatcher(GenerationQueue& queue, std::function<void()> wake);
  ~QueueWatcher();  // once `wake` has returned, which is not called any more
  QueueWatcher(const QueueWatcher&) = delete;
  QueueWatcher& operator=(const QueueWatcher&) = delete;

  std::vector<FinishedPicture> take_pictures();  // each is handed over exactly once, in order
  std::vector<JobOutcome> take_finished();       // likewise

  class Mailbox;  // the queue's side of it

 private:
  GenerationQueue& queue_;
  std::shared_ptr<Mailbox> mailbox_;
};

}  // namespace headroom
