#pragma once
#include "headroom/weights/network_tensors.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>

#include <ATen/core/TensorBody.h>
#include <c10/core/Event.h>

namespace headroom {

// Page-locked memory through which values are copied to a GPU: a copy out of it continues while
// the next values are read. Allocated at the first copy. May be used from any thread.
class Staging {
 public:
  // Its size, kept from the first copy on; larger if a row needs more than half of it.
  static constexpr std::int64_t kBytes = 32 << 20;

  Staging() = default;
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  // `target` is on a GPU; the copy is queued on the calling thread's stream.
  void copy(const TensorRows& stored, const at::Tensor& target);

 private:
  struct Half {
    std::optional<c10::Event> copied;  // the last copy out of it
  };
  void wait();  // until no copy is under way

  std::mutex mutex_;   // guards what follows
  at::Tensor memory_;  // [kBytes], both halves
  std::array<Half, 2> halves_;
};

}  // namespace headroom
