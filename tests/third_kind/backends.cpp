// src/device/backends.cpp with the one line, and the include, that a third kind costs. The program
// is the rest as it is: this table is found before the one in its library.
#include "backends.h"

#include "cpu/cpu_backend.h"
#include "cuda/cuda_cards.h"
#include "cuda/cuda_errors.h"
#include "cuda/cuda_host_memory.h"
#include "toy/toy_cards.h"

#include <array>

namespace headroom {

std::span<const BackendKind> backend_kinds() {
  static constexpr std::array kKinds{
      BackendKind{"cuda", "CUDA card", true, find_cuda_cards, pretended_cuda_card,
                  what_hinders_cuda, describe_cuda, cuda_ran_out, explain_cuda_error,
                  c10::DeviceType::CUDA, cuda_host_memory},
      BackendKind{"toy", "toy card", true, find_toys, pretended_toy, what_hinders_toys,
                  describe_toys, toys_ran_out, explain_toy_error, c10::DeviceType::CPU,
                  memory_of_toys},
      BackendKind{"cpu", "processor", false, find_processors, pretended_processor,
                  what_hinders_processors, describe_processor, processor_ran_out,
                  explain_processor_error, c10::DeviceType::CPU, ordinary_memory},
  };
  return kKinds;
}

}  // namespace headroom

extern "C" int headroom_program(int argc, char** argv);

int main(int argc, char** argv) { return headroom_program(argc, argv); }
