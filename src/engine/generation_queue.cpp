#include "headroom/engine/generation_queue.h"

#include "mailbox.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

namespace headroom {

using Clock = std::chrono::steady_clock;

struct GenerationQueue::Job {
  JobStatus status;  // guarded by the queue's mutex
  int pictures = 0;  // worker only, until the job has ended
  // Made at submit and never reset, so that an early cancel cannot be lost.
  std::stop_source stop;
};

namespace {

std::size_t pixel_bytes(const FinishedPicture& picture) {
  return picture.picture.image ? picture.picture.image->rgb.size() : 0;
}

}  // namespace

// Turns what a run reports into the job's status and finished pictures. Lives on the worker.
class GenerationQueue::Progress final : public ProgressSink {
 public:
  Progress(GenerationQueue& queue, Job& job) : queue_(queue), job_(job) {}

  void on_plan(const Plan& plan) override {
    update([&](JobStatus& status) { status.plan = plan; });
  }

  void on_seed(std::uint64_t seed) override {
    update([&](JobStatus& status) { status.seed = seed; });
  }

  void on_stage(Stage stage, int image_index) override {
    update([&](JobStatus& status) {
      if (status.image_index != image_index) {
        status.image_index = image_index;
        status.step = 0;
        status.preview = nullptr;  // it shows the previous picture
      }
      status.stage = stage;
      status.stage_started = Clock::now();
    });
  }

  void on_step(int step, int total) override {
    update([&](JobStatus& status) {
      status.step = step;
      status.total_steps = total;
    });
  }

  void on_preview(std::shared_ptr<const Image> preview) override {
    update([&](JobStatus& status) { status.preview = std::move(preview); });
  }

  void on_image(GeneratedImage image) override {
    on_stage(Stage::kSave, image.index);
    FinishedPicture finished;
    finished.job = job_.status.id;
    finished.request = job_.status.request;
    finished.request.seed = first_seed(finished.request, image.seed, image.index);
    finished.picture = std::move(image);
    save(finished);
    finished.request.sampled.reset();  // asking for a similar picture means running all stages
    if (queue_.source_.done) queue_.source_.done(finished);
    ++job_.pictures;
    const bool is_last = job_.pictures == pictures_of(finished.request);
    {
      const std::scoped_lock lock(queue_.mutex_);
      if (!finished.save_error.empty()) queue_.unsaved_bytes_ += pixel_bytes(finished);
      queue_.tell(finished);
      queue_.holding_ = !is_last && queue_.is_full();
    }
    queue_.wake();
    std::unique_lock lock(queue_.mutex_);
    if (!queue_.holding_) return;
    queue_.changed_.wait(lock, job_.stop.get_token(), [&] { return !queue_.is_full(); });
    queue_.holding_ = false;
  }

  void on_notice(Notice notice) override {
    update([&](JobStatus& status) { status.notices.push_back(std::move(notice)); });
  }

 private:
  // A full disk must cost neither this picture nor later ones, so an error here is passed on with
  // the picture.
  void save(FinishedPicture& finished) {
    const auto start = Clock::now();
    SavePicture save_picture;
    {
      const std::scoped_lock lock(queue_.mutex_);
      save_picture = queue_.save_;
    }
    try {
      finished.file = save_picture(finished.request, finished.picture);
      if (finished.picture.kept) finished.picture.kept->drop();
    } catch (const Error& e) {
      finished.save_error = e.message();
    } catch (const std::exception& e) {
      finished.save_error = Error::unworded(ErrorKind::kIo, e.what());
    }
    const std::chrono::duration<double> seconds = Clock::now() - start;
    finished.picture.run_record.stage_seconds[static_cast<std::size_t>(Stage::kSave)] =
        seconds.count();
  }

  template <typename Change>
  void update(Change change) {
    {
      const std::scoped_lock lock(queue_.mutex_);
      change(job_.status);
    }
    queue_.wake();  // never while holding the lock
  }

  GenerationQueue& queue_;
  Job& job_;
};

GenerationQueue::GenerationQueue(Source source, SavePicture save, std::size_t most_unsaved_bytes)
    : most_unsaved_bytes_(most_unsaved_bytes),
      source_(std::move(source)),
      save_(std::move(save)),
      worker_([this](std::stop_token stop) { run(std::move(stop)); }) {}

GenerationQueue::~GenerationQueue() {
  worker_.request_stop();  // first: from here on the worker takes no further job
  std::shared_ptr<Job> running;
  {
    const std::scoped_lock lock(mutex_);
    if (!jobs_.empty()) running = jobs_.front();
  }
  if (running) running->stop.request_stop();
}

JobId GenerationQueue::submit(GenerationRequest request, bool in_front) {
  auto job = std::make_shared<Job>();
  job->status.total_steps = request.steps - first_step(request);
  job->status.request = std::move(request);
  JobId id = 0;
  {
    const std::scoped_lock lock(mutex_);
    id = job->status.id = next_id_++;
    auto place = jobs_.end();
    if (in_front) {
      place = jobs_.begin();
      if (place != jobs_.end() && (*place)->status.running) ++place;
    }
    jobs_.insert(place, std::move(job));
  }
  changed_.notify_one();
  return id;
}

void GenerationQueue::cancel(JobId id) {
  std::shared_ptr<Job> job;
  bool running = false;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(jobs_.begin(), jobs_.end(),
                                    [id](const auto& j) { return j->status.id == id; });
    if (found == jobs_.end()) return;
    job = *found;
    running = job->status.running;
    if (running) {
      job->status.cancelling = true;
    } else {
      // Reported here and not by the worker, which may be busy with another job for minutes.
      finish_cancelled(*job);
      jobs_.erase(found);
    }
  }
  // Without the lock, since this runs callbacks that the generator has attached to the token.
  if (running) job->stop.request_stop();
  wake();
}

std::vector<GenerationRequest> GenerationQueue::cancel_waiting() {
  std::vector<GenerationRequest> removed;
  {
    const std::scoped_lock lock(mutex_);
    const auto first_waiting = std::find_if(jobs_.begin(), jobs_.end(),
                                            [](const auto& job) { return !job->status.running; });
    if (first_waiting == jobs_.end()) return removed;
    for (auto job = first_waiting; job != jobs_.end(); ++job) {
      finish_cancelled(**job);
      removed.push_back((*job)->status.request);
    }
    jobs_.erase(first_waiting, jobs_.end());
  }
  wake();
  return removed;
}

void GenerationQueue::move(JobId id, int places) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(jobs_.begin(), jobs_.end(),
                                    [id](const auto& j) { return j->status.id == id; });
    if (found == jobs_.end() || (*found)->status.running) return;
    const auto first = std::find_if(jobs_.begin(), jobs_.end(),
                                    [](const auto& job) { return !job->status.running; });
    const auto at = found - first;
    const auto to = std::clamp<std::ptrdiff_t>(at + places, 0, jobs_.end() - first - 1);
    if (to < at) std::rotate(first + to, found, found + 1);
    if (to > at) std::rotate(found, found + 1, first + to + 1);
  }
  wake();
}

void GenerationQueue::finish_cancelled(const Job& job) {
  tell(JobOutcome{job.status.id, job.status.request, 0, Cancelled{}, {}, {}});
}

void GenerationQueue::save_with(SavePicture save) {
  const std::scoped_lock lock(mutex_);
  std::swap(save_, save);
}

void GenerationQueue::let_go(const FinishedPicture& picture) {
  {
    const std::scoped_lock lock(mutex_);
    unsaved_bytes_ -= std::min(unsaved_bytes_, pixel_bytes(picture));
  }
  changed_.notify_one();
}

bool GenerationQueue::waits_for_saving() const {
  const std::scoped_lock lock(mutex_);
  const bool next = !device_lost_ && !jobs_.empty() && !jobs_.front()->status.running;
  return is_full() && (holding_ || next);
}

void GenerationQueue::replace(Source source, Replaced replaced) {
  std::optional<Replacement> next{{std::move(source), std::move(replaced)}};
  {
    const std::scoped_lock lock(mutex_);
    std::swap(replacement_, next);  // the older replacement is destroyed after the lock is released
  }
  changed_.notify_one();
}

bool GenerationQueue::withdraw_replacement() {
  std::optional<Replacement> withdrawn;
  const std::scoped_lock lock(mutex_);
  std::swap(replacement_, withdrawn);
  return withdrawn.has_value();
}

std::vector<JobStatus> GenerationQueue::status() const {
  const std::scoped_lock lock(mutex_);
  std::vector<JobStatus> copy;
  copy.reserve(jobs_.size());
  for (const auto& job : jobs_) copy.push_back(job->status);
  return copy;
}

void GenerationQueue::add(MailboxPtr mailbox) {
  const std::scoped_lock lock(mutex_);
  mailboxes_.push_back(std::move(mailbox));
}

void GenerationQueue::remove(const MailboxPtr& mailbox) {
  const std::scoped_lock lock(mutex_);
  std::erase(mailboxes_, mailbox);
}

void GenerationQueue::tell(const FinishedPicture& picture) {
  for (const MailboxPtr& mailbox : mailboxes_) mailbox->put(picture);
}

void GenerationQueue::tell(const JobOutcome& outcome) {
  for (const MailboxPtr& mailbox : mailboxes_) mailbox->put(outcome);
}

void GenerationQueue::wake() const {
  std::vector<MailboxPtr> mailboxes;
  {
    const std::scoped_lock lock(mutex_);
    mailboxes = mailboxes_;
  }
  for (const MailboxPtr& mailbox : mailboxes) mailbox->wake();
}

void GenerationQueue::run(std::stop_token stop) {
  std::unique_ptr<ImageGenerator> generator;  // created, used and destroyed on this thread
  while (true) {
    std::optional<Replacement> replacement;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [&] { return can_begin() || replacement_.has_value(); });
      if (stop.stop_requested()) return;
      std::swap(replacement, replacement_);
    }
    if (replacement) {
      replace_now(*std::move(replacement), generator);
    } else {
      run_front(generator);
    }
  }
}

void GenerationQueue::run_front(std::unique_ptr<ImageGenerator>& generator) {
  std::shared_ptr<Job> job;
  {
    const std::scoped_lock lock(mutex_);
    if (!can_begin()) return;  // the job was cancelled meanwhile
    job = jobs_.front();
    job->status.running = true;
    job->status.started = job->status.stage_started = Clock::now();
  }
  wake();
  auto value = run_job(*job, generator);
  {
    const std::scoped_lock lock(mutex_);
    jobs_.pop_front();  // the running job is always in front
    const auto* const failure = std::get_if<Failure>(&value);
    device_lost_ = failure != nullptr && failure->kind == ErrorKind::kDevice;
    JobStatus& at = job->status;
    const JobOutcome::Place place{at.stage, at.image_index, at.step, at.total_steps};
    tell(JobOutcome{at.id, std::move(at.request), job->pictures, std::move(value),
                    std::move(at.notices), place});
  }
  wake();
}

namespace {

// Turns exceptions into values, since the worker must go on with the next job.
template <typename Work>
std::variant<std::monostate, Cancelled, Failure> outcome_of(Work work) {
  try {
    work();
    return std::monostate{};
  } catch (const Cancelled&) {
    return Cancelled{};
  } catch (const Error& e) {
    return Failure{e.kind(), e.message()};
  } catch (const std::bad_alloc&) {
    return Failure{ErrorKind::kOutOfMemory,
                   say("the system ran out of memory; close other programs or choose a smaller "
                       "size")};
  } catch (const std::exception& e) {
    return Failure{ErrorKind::kInternal, Error::unworded(ErrorKind::kInternal, e.what())};
  }
}

}  // namespace

std::variant<std::monostate, Cancelled, Failure> GenerationQueue::run_job(
    Job& job, std::unique_ptr<ImageGenerator>& generator) {
  Progress progress(*this, job);
  const std::stop_token stop = job.stop.get_token();
  return outcome_of([&] {
    check_cancelled(stop);
    if (!generator) generator = source_.make_generator();
    generator->generate(job.status.request, progress, stop);
  });
}

void GenerationQueue::replace_now(Replacement replacement,
                                  std::unique_ptr<ImageGenerator>& generator) {
  generator.reset();  // destroy the old one first: memory may not hold two models
  const auto value = outcome_of([&] { generator = replacement.source.make_generator(); });
  std::optional<Failure> failure;
  if (const auto* const failed = std::get_if<Failure>(&value)) failure = *failed;
  if (!failure) {
    source_ = std::move(replacement.source);
    const std::scoped_lock lock(mutex_);
    device_lost_ = false;
  }
  if (replacement.replaced) replacement.replaced(failure);
  wake();
}

}  // namespace headroom
