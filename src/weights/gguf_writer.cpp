#include "headroom/weights/gguf_writer.h"

#include "headroom/weights/dequantize.h"
#include "headroom/weights/tensor_header.h"
#include "headroom/weights/tensor_type.h"

#include <bit>

namespace headroom {
namespace {

constexpr std::uint32_t kVersion = 3;
constexpr std::uint32_t kU32 = 4;
constexpr std::uint32_t kF32 = 6;
constexpr std::uint32_t kString = 8;

void put(std::string& header, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) header += static_cast<char>(value >> (8 * i) & 255U);
}

void put(std::string& header, const std::string& text) {
  put(header, text.size(), 8);
  header += text;
}

struct PutValue {
  std::string& header;
  void operator()(std::uint32_t value) const {
    put(header, kU32, 4);
    put(header, value, 4);
  }
  void operator()(float value) const {
    put(header, kF32, 4);
    put(header, std::bit_cast<std::uint32_t>(value), 4);
  }
  void operator()(const std::string& value) const {
    put(header, kString, 4);
    put(header, value);
  }
};

std::int64_t padded(std::int64_t bytes) {
  return (bytes + kGgufAlignment - 1) / kGgufAlignment * kGgufAlignment;
}

}  // namespace

std::string gguf_file_header(const std::vector<GgufKey>& keys,
                             const std::vector<NamedTensor>& tensors) {
  std::string header = "GGUF";
  put(header, kVersion, 4);
  put(header, tensors.size(), 8);
  put(header, keys.size(), 8);
  for (const auto& [key, value] : keys) {
    put(header, key);
    std::visit(PutValue{header}, value);
  }
  std::int64_t offset = 0;
  for (const NamedTensor& tensor : tensors) {
    put(header, tensor.name);
    put(header, tensor.shape.size(), 4);
    for (auto extent = tensor.shape.rbegin(); extent != tensor.shape.rend(); ++extent) {
      put(header, static_cast<std::uint64_t>(*extent), 8);
    }
    put(header, gguf_number(tensor.dtype), 4);
    put(header, static_cast<std::uint64_t>(offset), 8);
    offset += padded(tensor_bytes(tensor.dtype, tensor.shape).value_or(0));
  }
  header.resize(static_cast<std::size_t>(padded(static_cast<std::int64_t>(header.size()))), '\0');
  return header;
}

}  // namespace headroom
