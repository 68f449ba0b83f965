#pragma once
#include "headroom/engine/generation_queue.h"
#include "headroom/engine/memory_sampler.h"
#include "headroom/engine/model_on_device.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace headroom {

// One model on one device with its jobs and its memory readings: what a window or a server works
// with. Model, device and number format can be changed while jobs wait or run; the jobs keep their
// settings. May be used from any thread.
class Session {
 public:
  // Opens a model. Throws Error. Must read no weights and take no device memory.
  using Open = std::function<ModelOnDevice(const SessionChoice&)>;

  // Opens `first` on the caller's thread and passes on what that throws; later ones are opened on
  // the session's own thread. Reads memory once.
  Session(Open open, const SessionChoice& first, GenerationQueue::SavePicture save,
          std::size_t most_unsaved_bytes = GenerationQueue::kMaxUnsavedBytes);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] GenerationQueue& queue() { return queue_; }
  // Its samples start anew with each change.
  [[nodiscard]] const MemorySampler& memory() const { return sampler_; }
  [[nodiscard]] std::shared_ptr<const ModelOnDevice> current() const;

  // Asks for another model, device or number format, and returns at once. The choice is opened
  // now, so that faults are known early; it takes over when the running job has ended and the old
  // generator with its weights is destroyed. If either fails, the old one continues. Only the
  // newest change counts; a change to the present choice ends those under way.
  void change(const SessionChoice& to);
  // Ends a change that has not taken over yet, if there is one.
  void keep();

  // A change under way.
  struct Change {
    SessionChoice to;
    bool is_opened = false;  // it only waits for the running job
  };
  // How the last completed change ended.
  struct Changed {
    std::uint64_t number = 0;  // counts completed changes; 0 = none yet
    SessionChoice to;
    std::optional<Failure> failure;
  };
  struct State {
    std::shared_ptr<const ModelOnDevice> current;
    std::optional<Change> change;
    Changed changed;
  };
  [[nodiscard]] State state() const;  // a consistent copy

 private:
  void run(const std::stop_token& stop);
  void open_next(const SessionChoice& choice, std::uint64_t asked);
  void take_over(const std::shared_ptr<const ModelOnDevice>& next, std::uint64_t asked,
                 const std::optional<Failure>& failure);
  // Requires mutex_.
  void end_change(std::uint64_t asked, const SessionChoice& to,
                  const std::optional<Failure>& failure);

  const Open open_;
  mutable std::mutex mutex_;  // guards what follows, except the queue and the sampler
  std::condition_variable_any asked_for_;
  State state_;
  std::uint64_t asked_ = 0;  // number of the newest change
  std::optional<SessionChoice> to_open_;
  bool is_fresh_ = false;  // model or device has changed since memory was last read

  GenerationQueue queue_;
  MemorySampler sampler_;
  std::jthread opener_;  // last member: uses all of the above
};

}  // namespace headroom
