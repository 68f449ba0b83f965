#include "backends.h"

#include "cpu/cpu_backend.h"
#include "cuda/cuda_cards.h"

#include <array>

namespace headroom {

std::span<const BackendKind> backend_kinds() {
  static constexpr std::array kKinds{
      BackendKind{"cuda", "CUDA card", true, find_cuda_cards, pretended_cuda_card,
                  what_hinders_cuda, describe_cuda, explain_cuda_error},
      BackendKind{"cpu", "processor", false, find_processors, pretended_processor,
                  what_hinders_processors, describe_processor, explain_processor_error},
  };
  return kKinds;
}

}  // namespace headroom
