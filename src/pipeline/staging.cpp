#include "headroom/pipeline/staging.h"

#include "headroom/device/page_locked.h"

#include "read_values.h"

#include <algorithm>

#include <c10/core/impl/VirtualGuardImpl.h>

namespace headroom {

void Staging::wait() {
  for (const Half& half : halves_) {
    if (half.copied) half.copied->synchronize();
  }
}

Staging::~Staging() {
  try {
    wait();
  } catch (const std::exception&) {
    // A failed GPU has no copy under way.
  }
}

void Staging::copy(const TensorRows& stored, const at::Tensor& target) {
  if (target.numel() == 0) return;
  const std::scoped_lock lock(mutex_);
  const std::int64_t row_bytes = target.element_size() * stored.width;
  const std::int64_t half_bytes = std::max(kBytes / 2, row_bytes);
  if (!memory_.defined() || memory_.numel() < 2 * half_bytes) {
    wait();
    memory_ = page_locked(2 * half_bytes, target.device());
  }
  const std::int64_t at_once = half_bytes / row_bytes;
  const at::Tensor all = target.view({stored.rows, stored.width});
  const c10::impl::VirtualGuardImpl streams(target.device().type());
  std::size_t turn = 0;
  for (std::int64_t i = 0; i < stored.rows; i += at_once, ++turn) {
    const std::int64_t n = std::min(at_once, stored.rows - i);
    Half& half = halves_[turn % halves_.size()];
    if (half.copied) half.copied->synchronize();
    const std::int64_t start = &half == halves_.data() ? 0 : half_bytes;
    const at::Tensor values =
        memory_.narrow(0, start, n * row_bytes).view(target.scalar_type()).view({n, stored.width});
    read_values(stored, i, values);
    all.narrow(0, i, n).copy_(values, /*non_blocking=*/true);
    half.copied.emplace(target.device().type());
    half.copied->record(streams.getStream(target.device()));
  }
}

}  // namespace headroom
