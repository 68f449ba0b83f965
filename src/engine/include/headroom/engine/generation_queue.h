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

// Runs generation jobs one at a time on a thread of its own. After a Failure of kind kDevice the
// waiting jobs stay as they are, since none of them could run, until the generator is replaced.
// What comes of the jobs is told to QueueWatchers. Every public function may be called from any
// thread; none of them waits for the device.
class GenerationQueue {
 public:
  using MakeGenerator = std::function<std::unique_ptr<ImageGenerator>()>;
  // Saves a picture and returns its file; throws Error. Runs on the worker. What was kept of the
  // picture until then is dropped by the queue.
  using SavePicture =
      std::function<std::filesystem::path(const GenerationRequest&, const GeneratedImage&)>;
  // Told of every picture, saved or not, before it is handed over. Runs on the worker; must not
  // throw.
  using PictureDone = std::function<void(const FinishedPicture&)>;
  // What makes pictures, and who learns from them.
  struct Source {
    MakeGenerator make_generator;
    PictureDone done{};  // may be empty
  };
  // How a replacement of the source went: nothing, or why it failed. Runs on the worker.
  using Replaced = std::function<void(const std::optional<Failure>&)>;
  // Pixels of pictures that could not be saved, above which no further picture is begun: 20 of
  // 1024x1024. The last of them may go beyond it.
  static constexpr std::size_t kMaxUnsavedBytes = std::size_t{60} << 20;

  // `source` makes its generator on the worker, before the first job and again after a failed load.
  GenerationQueue(Source source, SavePicture save,
                  std::size_t most_unsaved_bytes = kMaxUnsavedBytes);
  ~GenerationQueue();  // cancels every job and joins
  GenerationQueue(const GenerationQueue&) = delete;
  GenerationQueue& operator=(const GenerationQueue&) = delete;

  JobId submit(GenerationRequest request, bool in_front = false);  // in front of the waiting ones
  // A waiting job ends at once; the running one at its next check. An unknown id is ignored.
  void cancel(JobId id);
  // All but the running one; returns what they asked for, in their order.
  std::vector<GenerationRequest> cancel_waiting();
  // Moves a waiting job so many places towards the end, or with a negative number towards the
  // front, as far as waiting jobs go. What runs, or is unknown, stays.
  void move(JobId id, int places);
  // Once the running job is over, and before another begins: destroys the generator with all that
  // it holds, and only then makes one of `source`. Where that fails the source before it stays, and
  // its generator is made again with the next job. `replaced` may be empty, and is not called when
  // a newer replacement came first or the queue ends.
  void replace(Source source, Replaced replaced = {});
  // Withdraws a replacement; false when none waits, as it has begun or is over.
  bool withdraw_replacement();

  // Saves with `save` from the next picture on.
  void save_with(SavePicture save);

  // `picture` is saved by now, or given up: it is to be told of each that was handed over unsaved.
  void let_go(const FinishedPicture& picture);
  // Whether something that could run waits only until unsaved pictures are let go.
  [[nodiscard]] bool waits_for_saving() const;

  [[nodiscard]] std::vector<JobStatus> status() const;  // a copy: running job first, then the queue
  // Wakes all watchers: there is something new to show beside the jobs.
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
  // The rest with mutex_ held.
  [[nodiscard]] bool can_begin() const { return !jobs_.empty() && !device_lost_ && !is_full(); }
  [[nodiscard]] bool is_full() const { return unsaved_bytes_ >= most_unsaved_bytes_; }
  void finish_cancelled(const Job& job);
  void tell(const FinishedPicture& picture);
  void tell(const JobOutcome& outcome);

  std::size_t most_unsaved_bytes_;
  Source source_;  // the worker's alone

  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable_any changed_;
  SavePicture save_;
  std::optional<Replacement> replacement_;  // waits for the running job
  bool device_lost_ = false;                // no job can run
  std::size_t unsaved_bytes_ = 0;           // of pixels
  bool holding_ = false;                    // the running job's next picture is not begun
  JobId next_id_ = 1;
  std::deque<std::shared_ptr<Job>> jobs_;  // front() is the running one
  std::vector<MailboxPtr> mailboxes_;

  std::jthread worker_;  // last member: joined before anything above is destroyed
};

}  // namespace headroom
