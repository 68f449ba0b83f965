#pragma once
#include "headroom/engine/job.h"

#include <functional>
#include <memory>
#include <vector>

namespace headroom {

class GenerationQueue;

// Receives every picture and outcome of a queue from its construction on. A queue may have any
// number of watchers. What a job is doing, and its notices so far, are in
// GenerationQueue::status().
class QueueWatcher {
 public:
  // `wake` is called each time there is something new to show, on the worker or on the thread that
  // cancels, and never under a lock. It must not destroy this watcher. The queue must outlive the
  // watcher.
  QueueWatcher(GenerationQueue& queue, std::function<void()> wake);
  ~QueueWatcher();  // waits for a call of `wake` to return; none follows
  QueueWatcher(const QueueWatcher&) = delete;
  QueueWatcher& operator=(const QueueWatcher&) = delete;

  std::vector<FinishedPicture> take_pictures();  // hands each picture over exactly once, in order
  std::vector<JobOutcome> take_finished();       // the same for outcomes

  class Mailbox;  // the queue's end of it

 private:
  GenerationQueue& queue_;
  std::shared_ptr<Mailbox> mailbox_;
};

}  // namespace headroom
