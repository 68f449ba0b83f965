#include "cuda/cuda_settings.h"

#include "headroom/memory/allocator_conf.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace headroom::cuda_settings {

const char* of_allocator() {
  for (const char* const name : kAllocatorVariables) {
    if (const char* const settings = std::getenv(name)) return settings;
  }
  return nullptr;
}

std::optional<std::int64_t> cublas_workspace() {
  const char* const text = std::getenv("CUBLAS_WORKSPACE_CONFIG");
  if (text == nullptr) return std::nullopt;
  std::string_view rest(text);
  std::int64_t bytes = 0;
  while (!rest.empty()) {
    std::array<std::int64_t, 2> numbers{};
    for (std::int64_t& number : numbers) {
      if (!rest.starts_with(':')) return std::nullopt;
      rest.remove_prefix(1);
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
      if (error != std::errc() || number < 0) return std::nullopt;
      rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    }
    bytes += numbers[0] * numbers[1] * 1024;
  }
  return bytes;
}

}  // namespace headroom::cuda_settings
