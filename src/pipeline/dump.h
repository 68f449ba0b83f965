#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Collects intermediate results as float32 and writes them to a safetensors file. The copies are
// in host memory, outside of the device's budget.
class Dump {
 public:
  void add(std::string_view name, const at::Tensor& value);
  // Throws Error{kIo}.
  void write(const std::filesystem::path& file) const;

 private:
  struct Entry {
    std::string name;
    std::vector<std::int64_t> shape;
    std::vector<float> values;
  };
  std::vector<Entry> entries_;
};

}  // namespace headroom
