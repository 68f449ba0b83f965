#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// The reference library's limit; no real header comes near it.
inline constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;

// More dimensions than any tensor has; keeps the lists of a hostile header short.
inline constexpr std::size_t kMaxRank = 64;

// The only key of a header that is not a tensor.
inline constexpr std::string_view kMetadataKey = "__metadata__";

// One tensor as the header describes it; offsets are in bytes from the start of the data.
struct HeaderEntry {
  DType dtype = DType::kF32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct TensorHeader {
  std::map<std::string, HeaderEntry, std::less<>> tensors;
  std::map<std::string, std::string> metadata;
};

// Reads the JSON header of a safetensors file that has `data_bytes` bytes of data after it, and
// checks that the tensors cover them exactly. `file` is for messages. Throws Error{kModelFile}.
[[nodiscard]] TensorHeader parse_tensor_header(std::string_view json, std::uint64_t data_bytes,
                                               const std::filesystem::path& file);

}  // namespace headroom
