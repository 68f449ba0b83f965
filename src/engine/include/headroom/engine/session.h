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

// One model on one device, the jobs that it makes, and the memory that it has: what a window or a
// server works with. The model, the device and the number format can be changed while jobs wait or
// run; jobs stay what they are. Any thread.
class Session {
 public:
  // Throws Error. Reads no weights and takes no memory of the device.
  using Open = std::function<ModelOnDevice(const SessionChoice&)>;

  // Opens `first` on the caller's thread, and throws what that throws; later ones on a thread of
  // its own. Reads memory once.
  Session(Open open, const SessionChoice& first, GenerationQueue::SavePicture save,
          std::size_t most_unsaved_bytes = GenerationQueue::kMaxUnsavedBytes);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] GenerationQueue& queue() { return queue_; }
  // Its figures begin anew with each change.
  [[nodiscard]] const MemorySampler& memory() const { return sampler_; }
  [[nodiscard]] std::shared_ptr<const ModelOnDevice> current() const;

  // Asks for another model, device or number format, and returns at once. It is opened now, so that
  // what is wrong with it is known; it takes over when the running job is over and the old
  // generator with its weights is gone. Where either fails, the old one works on. The newest change
  // counts; one to what is there already ends those that are under way.
  void change(const SessionChoice& to);
  // Ends a change that has not taken over; else nothing happens.
  void keep();

  // A change under way.
  struct Change {
    SessionChoice to;
    bool is_opened = false;  // it waits for the running job only
  };
  // How the newest change ended that did.
  struct Changed {
    std::uint64_t number = 0;  // counts them; 0 = none yet
    SessionChoice to;
    std::optional<Failure> failure;
  };
  struct State {
    std::shared_ptr<const ModelOnDevice> current;
    std::optional<Change> change;
    Changed changed;
  };
  [[nodiscard]] State state() const;  // a copy, all of one moment

 private:
  void run(const std::stop_token& stop);
  void open_next(const SessionChoice& choice, std::uint64_t asked);
  void take_over(const std::shared_ptr<const ModelOnDevice>& next, std::uint64_t asked,
                 const std::optional<Failure>& failure);
  // With mutex_ held.
  void end_change(std::uint64_t asked, const SessionChoice& to,
                  const std::optional<Failure>& failure);

  const Open open_;
  mutable std::mutex mutex_;  // guards what follows, but for the queue and the sampler
  std::condition_variable_any asked_for_;
  State state_;
  std::uint64_t asked_ = 0;  // the newest change's number
  std::optional<SessionChoice> to_open_;
  bool is_fresh_ = false;  // another model or device since memory was looked at

  GenerationQueue queue_;
  MemorySampler sampler_;
  std::jthread opener_;  // last member: uses all of the above
};

}  // namespace headroom
