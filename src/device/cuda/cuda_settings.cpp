#include "cuda_settings.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace headroom::cuda_settings {

const char* of_allocator() {
  const char* const settings = std::getenv("PYTORCH_ALLOC_CONF");
  return settings != nullptr ? settings : std::getenv("PYTORCH_CUDA_ALLOC_CONF");
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
