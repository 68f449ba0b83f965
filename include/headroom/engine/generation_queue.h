#pragma once
#include "headroom/core/generator.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace headroom {

using JobId = std::uint64_t;

struct Failure {
  ErrorKind kind;
  Message message;
};

// A picture that came out of the queue. Exactly one of `file` and `save_error` is set: a picture
// that could not be saved is still here.
struct FinishedPicture {
  JobId job = 0;
  GenerationRequest request;  // with the seed that was used for the job's first picture
  GeneratedImage picture;     // its receipt has the seconds that saving took
  std::filesystem::path file;
  Message save_error;
};

struct JobStatus {
  JobId id = 0;
  GenerationRequest request;
  bool running = false;
  bool cancelling = false;
  std::optional<Plan> plan;           // known once the run has decided how it will go
  std::optional<std::uint64_t> seed;  // of the first picture, likewise
  Stage stage = Stage::kLoad;
  int image_index = 0;
  int step = 0;
  int total_steps = 0;
  std::chrono::steady_clock::time_point started{};        // when the job began to run
  std::chrono::steady_clock::time_point stage_started{};  // when `stage` began
  std::shared_ptr<const Image> preview;
  std::vector<Notice> notices;  // so far, in order
};

// How a job ended. `value` monostate: all its pictures were made.
struct JobOutcome {
  JobId id = 0;
  GenerationRequest request;
  int pictures = 0;  // finished before the end, whatever the end was
  std::variant<std::monostate, Cancelled, Failure> value;
  std::vector<Notice> notices;  // all that JobStatus has shown, and what came after
  // Where it was; nothing when it had not begun.
  struct Place {
    Stage stage = Stage::kLoad;
    int image_index = 0;
    int step = 0;
    int total_steps = 0;
  };
  std::optional<Place> place;
};

// Runs generation jobs one at a time on a thread of its own. After a Failure of kind kDevice the
// waiting jobs stay as they are, since none of them could run, until the generator is replaced.
// Every public function may be called from any thread; none of them waits for the device.
class GenerationQueue {
 public:
  using MakeGenerator = std::function<std::unique_ptr<ImageGenerator>()>;
  // Saves a picture and returns its file; throws Error. Runs on the worker.
  using SavePicture =
      std::function<std::filesystem::path(const GenerationRequest&, const GeneratedImage&)>;
  // Told of every picture, saved or not, before it is handed over. Runs on the worker; must not
  // throw.
  using PictureDone = std::function<void(const FinishedPicture&)>;
  // Pixels of pictures that could not be saved, above which no further picture is begun: 20 of
  // 1024x1024. The last of them may go beyond it.
  static constexpr std::size_t kMostUnsavedBytes = std::size_t{60} << 20;

  // `make_generator` runs on the worker, before the first job and again after a failed load. `wake`
  // runs each time there is something new to show, never under a lock: on the worker, or on the
  // thread that cancels.
  GenerationQueue(MakeGenerator make_generator, SavePicture save, std::function<void()> wake,
                  PictureDone done = {}, std::size_t most_unsaved_bytes = kMostUnsavedBytes);
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
  // Drops the generator and what it holds and uses `make_generator` from the next job on.
  void replace_generator(MakeGenerator make_generator);

  // Saves with `save` from the next picture on.
  void save_with(SavePicture save);

  // `picture` is saved by now, or given up: it is to be told of each that was handed over unsaved.
  void let_go(const FinishedPicture& picture);
  // Whether something that could run waits only until unsaved pictures are let go.
  [[nodiscard]] bool waits_for_saving() const;

  [[nodiscard]] std::vector<JobStatus> status() const;  // a copy: running job first, then the queue
  std::vector<FinishedPicture> take_pictures();  // each is handed over exactly once, in order
  std::vector<JobOutcome> take_finished();       // each is handed over exactly once, in order

 private:
  struct Job;
  class Progress;

  void run(std::stop_token stop);
  std::variant<std::monostate, Cancelled, Failure> run_job(
      Job& job, const MakeGenerator& make_generator, std::unique_ptr<ImageGenerator>& generator);
  void finish_cancelled(const Job& job);  // call with mutex_ held
  [[nodiscard]] bool is_full() const { return unsaved_bytes_ >= most_unsaved_bytes_; }  // likewise

  std::function<void()> wake_;
  PictureDone done_;
  std::size_t most_unsaved_bytes_;

  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable_any changed_;
  SavePicture save_;
  MakeGenerator make_generator_;
  std::uint64_t generator_version_ = 0;  // raised by replace_generator
  bool device_lost_ = false;             // no job can run
  std::size_t unsaved_bytes_ = 0;        // of pixels
  bool holding_ = false;                 // the running job's next picture is not begun
  JobId next_id_ = 1;
  std::deque<std::shared_ptr<Job>> jobs_;  // front() is the running one
  std::vector<FinishedPicture> pictures_;
  std::vector<JobOutcome> finished_;

  std::jthread worker_;  // last member: joined before anything above is destroyed
};

}  // namespace headroom
