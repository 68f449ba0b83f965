#pragma once
#include "cuda_runtime.h"

#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// The GPUs that CUDA libraries have code for. Binary code ("sm_86") runs on GPUs of the same major
// capability with the same or a larger minor one; intermediate code ("compute_90"), which the
// driver translates, runs on all newer ones.
class CudaCode {
 public:
  using Capability = cuda_runtime::Capability;
  // No CUDA release that this program can be built for supports older GPUs.
  static constexpr Capability kLeast{7, 5};

  // `flags`: the compiler flags of the libraries, "-gencode;arch=compute_86,code=sm_86;...".
  explicit CudaCode(std::string_view flags);
  // The code in libtorch's own libraries.
  [[nodiscard]] static CudaCode of_libtorch();

  // Without known flags: all from kLeast on.
  [[nodiscard]] bool serves(Capability card) const;
  // "7.5, 8.0, 8.6"
  [[nodiscard]] std::string names() const;

 private:
  struct Target {
    Capability capability;
    bool for_newer = false;      // intermediate code, still to be translated
    bool for_this_only = false;  // "sm_90a"
  };
  std::vector<Target> targets_;
};

}  // namespace headroom
