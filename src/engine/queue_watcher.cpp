#include "headroom/engine/queue_watcher.h"

#include "headroom/engine/generation_queue.h"

#include "mailbox.h"

namespace headroom {

QueueWatcher::QueueWatcher(GenerationQueue& queue, std::function<void()> wake)
    : queue_(queue), mailbox_(std::make_shared<Mailbox>(std::move(wake))) {
  queue_.add(mailbox_);
}

QueueWatcher::~QueueWatcher() {
  queue_.remove(mailbox_);
  mailbox_->close();
}

std::vector<FinishedPicture> QueueWatcher::take_pictures() { return mailbox_->take_pictures(); }

std::vector<JobOutcome> QueueWatcher::take_finished() { return mailbox_->take_finished(); }

}  // namespace headroom
