#include "prompt_variety.h"

#include "headroom/device/memory_tag.h"
#include "headroom/diffusion/variety.h"

namespace headroom {

void PromptVariety::vary(const Variety& variety, std::uint64_t seed) {
  const ScopedMemoryTag host(MemoryTag::kHost);
  at::Tensor& cond = features_.cond;
  if (!plain_.defined()) plain_ = cond.to(at::kCPU).to(at::kFloat).clone();
  cond.copy_(vary_features(plain_, variety.strength, variety.percent, seed).to(cond.scalar_type()));
}

}  // namespace headroom
