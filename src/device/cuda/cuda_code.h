#pragma once
#include "cuda_runtime.h"

#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// The cards that CUDA libraries have code for. Code for a card ("sm_86") runs on those of the same
// number before the point and the same or a larger one behind it; code that the driver still has to
// translate ("compute_90") on all newer ones.
class CudaCode {
 public:
  using Capability = cuda_runtime::Capability;
  // Older cards are served by no release that the program can be built for.
  static constexpr Capability kLeast{7, 5};

  // `flags`: what the libraries were built with, "-gencode;arch=compute_86,code=sm_86;...".
  explicit CudaCode(std::string_view flags);
  // Of libtorch's own libraries.
  [[nodiscard]] static CudaCode of_libtorch();

  // Where no flags are known: all from kLeast on.
  [[nodiscard]] bool serves(Capability card) const;
  // "7.5, 8.0, 8.6"
  [[nodiscard]] std::string names() const;

 private:
  struct Target {
    Capability capability;
    bool for_newer = false;      // still to be translated
    bool for_this_only = false;  // "sm_90a"
  };
  std::vector<Target> targets_;
};

}  // namespace headroom
