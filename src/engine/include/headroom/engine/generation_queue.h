#pragma once
#include "headroom/engine/job.h"
#include "headroom/engine/queue_watcher.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <variant>
#include <vector>

namespace headroom {

// Runs generation jobs one at a time on its own thread. After a Failure of kind kDevice the
// waiting jobs stay in the queue, since none of them could run, until the generator is replaced.
// QueueWatchers receive the results. Every public function may be called from any thread; none
// waits for the device.
class GenerationQueue {
 public:
  using MakeGenerator = std::function<std::unique_ptr<ImageGenerator>()>;
  // Saves a picture and returns its file; throws Error. Called on the worker. Afterwards the queue
  // drops what was kept of the picture on the disk (KeptSample).
  using SavePicture =
      std::function<std::filesystem::path(const GenerationRequest&, const GeneratedImage&)>;
  // Called with every picture, saved or not, before watchers get it. On the worker; must not
  // throw.
  using PictureDone = std::function<void(const FinishedPicture&)>;
  // What makes pictures, and what is called with each of them.
  struct Source {
    MakeGenerator make_generator;
    PictureDone done{};  // may be empty
  };
  // Receives the result of a replacement: nothing, or why it failed. Called on the worker.
  using Replaced = std::function<void(const std::optional<Failure>&)>;
  // While unsaved pictures hold more than this, no further picture is begun: 20 of 1024x1024. The
  // last one may exceed it.
  static constexpr std::size_t kMaxUnsavedBytes = std::size_t{60} << 20;

  // `source` makes its generator on the worker, before the first job and again after a failed load.
  GenerationQueue(Source source, SavePicture save,
                  std::size_t most_unsaved_bytes = kMaxUnsavedBytes);
  ~GenerationQueue();  // cancels every job and joins
  GenerationQueue(const GenerationQueue&) = delete;
  GenerationQueue& operator=(const GenerationQueue&) = delete;

  // `in_front`: before the other waiting jobs.
  JobId submit(GenerationRequest request, bool in_front = false);
  // Ends a waiting job at once, and the running one at its next check. Ignores an unknown id.
  void cancel(JobId id);
  // Cancels all jobs but the running one; returns their requests in order.
  std::vector<GenerationRequest> cancel_waiting();
  // Moves a waiting job by `places` towards the end, or with a negative number towards the front,
  // within the waiting jobs. Ignores a running job and an unknown id.
  void move(JobId id, int places);
  // When the running job is over and before another begins, destroys the generator with all that
  // it holds, and only then makes one of `source`. If that fails, the old source stays, and its
  // generator is made again for the next job. `replaced` may be empty. It is not called when a
  // newer replacement came first or the queue ends.
  void replace(Source source, Replaced replaced = {});
  // Withdraws a waiting replacement; false when it has begun, is over, or there is none.
  bool withdraw_replacement();

  // Uses `save` from the next picture on.
  void save_with(SavePicture save);

  // To be called for each picture that was handed over unsaved, once it is saved or given up.
  void let_go(const FinishedPicture& picture);
  // Whether a job that could run is held back only by unsaved pictures.
  [[nodiscard]] bool waits_for_saving() const;

  [[nodiscard]] std::vector<JobStatus> status() const;  // a copy: running job first, then the queue
  // Wakes all watchers, because something besides the jobs has changed.
  void wake() const;

 private:
  friend class QueueWatcher;
  using MailboxPtr = std::shared_ptr<QueueWatcher::Mailbox>;
  struct Job;
  class Progress;
  struct Replacement {
    Source source;
    Replaced replaced;
  };

  void add(MailboxPtr mailbox);
  void remove(const MailboxPtr& mailbox);

  void run(std::stop_token stop);
  void run_front(std::unique_ptr<ImageGenerator>& generator);
  std::variant<std::monostate, Cancelled, Failure> run_job(
      Job& job, std::unique_ptr<ImageGenerator>& generator);
  void replace_now(Replacement replacement, std::unique_ptr<ImageGenerator>& generator);
  // The following require mutex_.
  [[nodiscard]] bool can_begin() const { return !jobs_.empty() && !device_lost_ && !is_full(); }
  [[nodiscard]] bool is_full() const { return unsaved_bytes_ >= most_unsaved_bytes_; }
  void finish_cancelled(const Job& job);
  void tell(const FinishedPicture& picture);
  void tell(const JobOutcome& outcome);

  std::size_t most_unsaved_bytes_;
  Source source_;  // used on the worker only

  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable_any changed_;
  SavePicture save_;
  std::optional<Replacement> replacement_;  // waits for the running job to end
  bool device_lost_ = false;                // no job can run
  std::size_t unsaved_bytes_ = 0;           // of pixels
  bool holding_ = false;                    // the running job's next picture is not begun
  JobId next_id_ = 1;
  std::deque<std::shared_ptr<Job>> jobs_;  // front() is the running one
  std::vector<MailboxPtr> mailboxes_;

  std::jthread worker_;  // last member: joined before anything above is destroyed
};

}  // namespace headroom
