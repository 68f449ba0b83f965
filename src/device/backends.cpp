#include "backends.h"

#include "cpu/cpu_backend.h"
#include "cuda/cuda_cards.h"

#include <array>

namespace headroom {

std::span<const BackendKind> backend_kinds() {
  static constexpr std::array kKinds{
      BackendKind{"cuda", "CUDA card", find_cuda_cards, pretended_cuda_card, what_hinders_cuda,
                  describe_cuda},
      BackendKind{"cpu", "processor", find_processors, pretended_processor,
                  [] { return std::vector<Message>(); }, describe_processor},
  };
  return kKinds;
}

}  // namespace headroom
