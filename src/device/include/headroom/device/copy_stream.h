#pragma once
#include <functional>
#include <memory>

#include <c10/core/Device.h>

namespace headroom {

// On a GPU: a second stream, so that copies and computation overlap. On the CPU and for meta
// tensors there is none, and copies are done at once. Compiled for GPUs, but not run on one yet.
class CopyStream {
 public:
  explicit CopyStream(c10::Device device);
  ~CopyStream();
  CopyStream(const CopyStream&) = delete;
  CopyStream& operator=(const CopyStream&) = delete;

  // Must be called first on a thread other than the computing one: makes the device current on it,
  // see DeviceBackend::set_up().
  void enter_thread() const;
  // Called on the computing thread: later copies wait, on the GPU, for all work that was queued
  // before.
  void follow_compute();
  // Runs `copies` with this stream as the thread's current one; returns when the copies are done.
  // `copies` must not allocate GPU memory, since the allocator keeps memory apart by stream.
  void run(const std::function<void()>& copies);

 private:
  struct Streams;
  std::unique_ptr<Streams> streams_;  // null without a GPU
};

}  // namespace headroom
