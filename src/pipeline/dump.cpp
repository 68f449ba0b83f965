#include "dump.h"

#include "headroom/weights/tensor_file.h"

#include <algorithm>
#include <cstring>

namespace headroom {

void Dump::add(std::string_view name, const at::Tensor& value) {
  const at::Tensor host = value.to(at::kCPU, at::kFloat).contiguous();
  const auto count = static_cast<std::size_t>(host.numel());
  Entry entry{std::string(name), host.sizes().vec(), std::vector<float>(count)};
  std::memcpy(entry.values.data(), host.const_data_ptr<float>(), count * sizeof(float));
  // An interrupted stage is done again, so the last value of a name is kept.
  const auto known = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& other) { return other.name == name; });
  if (known != entries_.end()) {
    *known = std::move(entry);
  } else {
    entries_.push_back(std::move(entry));
  }
}

void Dump::write(const std::filesystem::path& file) const {
  std::vector<NamedTensor> tensors;
  for (const Entry& entry : entries_) {
    tensors.push_back(
        {entry.name, DType::kF32, entry.shape, std::as_bytes(std::span(entry.values))});
  }
  write_tensor_file(file, tensors);
}

}  // namespace headroom
