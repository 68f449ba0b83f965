#include "backends.h"

#include "cpu/cpu_backend.h"
#include "cuda/cuda_backend.h"

#include <array>

namespace headroom {

std::span<const BackendKind> backend_kinds() {
  static constexpr std::array kKinds{
      BackendKind{"cuda", "CUDA card", find_cuda_cards, pretended_cuda_card, describe_cuda},
      BackendKind{"cpu", "processor", find_processors, pretended_processor, describe_processor},
  };
  return kKinds;
}

}  // namespace headroom
