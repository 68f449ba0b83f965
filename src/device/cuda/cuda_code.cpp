#include "cuda/cuda_code.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <ATen/Context.h>

namespace headroom {

CudaCode::CudaCode(std::string_view flags) {
  constexpr std::string_view kCode = "code=";
  for (std::size_t at = flags.find(kCode); at != std::string_view::npos;
       at = flags.find(kCode, at + 1)) {
    // "code=sm_86" or "code=[sm_86,compute_86]"
    std::string_view list = flags.substr(at + kCode.size());
    list = list.substr(0, list.find_first_of("; \n"));
    for (std::size_t begin = 0; begin < list.size();) {
      const std::size_t end = std::min(list.find_first_of("[],", begin), list.size());
      const std::string_view word = list.substr(begin, end - begin);
      begin = end + 1;
      const bool for_newer = word.starts_with("compute_");
      if (!for_newer && !word.starts_with("sm_")) continue;
      const std::string_view digits = word.substr(word.find('_') + 1);
      int number = 0;  // 120 of 12.0
      const auto [rest, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (error != std::errc()) continue;
      const bool for_this_only = rest != digits.data() + digits.size() && *rest == 'a';
      targets_.push_back({{number / 10, number % 10}, for_newer, for_this_only});
    }
  }
}

CudaCode CudaCode::of_libtorch() {
  // This call also asks CUDA's libraries, which throw if the driver is too old for them.
  try {
    const at::CUDAHooksInterface& cuda = at::detail::getCUDAHooks();
    return CudaCode(cuda.hasCUDART() ? cuda.showConfig() : std::string());
  } catch (const c10::Error&) {
    return CudaCode({});
  }
}

bool CudaCode::serves(Capability card) const {
  if (card < kLeast) return false;
  return targets_.empty() || std::ranges::any_of(targets_, [&](const Target& target) {
           if (target.for_this_only) return card == target.capability;
           if (target.for_newer) return card >= target.capability;
           return card.major == target.capability.major && card >= target.capability;
         });
}

std::string CudaCode::names() const {
  std::string names;
  for (const Target& target : targets_) {
    names += (names.empty() ? "" : ", ") + target.capability.name();
  }
  return names;
}

}  // namespace headroom
