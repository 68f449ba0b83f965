#pragma once
#include <functional>
#include <memory>

#include <c10/core/Device.h>

namespace headroom {

// On a card: a stream beside the one that computes, on which copies go on while arithmetic does. On
// the CPU and on meta tensors there is none, and everything is done in place. Compiled for cards,
// not run on one yet.
class CopyStream {
 public:
  explicit CopyStream(c10::Device device);
  ~CopyStream();
  CopyStream(const CopyStream&) = delete;
  CopyStream& operator=(const CopyStream&) = delete;

  // To be called first on a thread beside the one that computes: the device is its own too from
  // then on, as DeviceBackend::set_up() has it.
  void enter_thread() const;
  // On the thread that computes: copies that are begun from now on wait, on the card, for all that
  // was queued before.
  void follow_compute();
  // Does `copies` with this stream as the calling thread's own; returns when they are done. Must
  // not allocate memory of the card: the allocator keeps it apart by stream.
  void run(const std::function<void()>& copies);

 private:
  struct Streams;
  std::unique_ptr<Streams> streams_;  // null without a card
};

}  // namespace headroom
