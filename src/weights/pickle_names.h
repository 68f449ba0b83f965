#pragma once
#include "headroom/weights/tensor_type.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

// All Python names, as "module name", that a table of tensors may use.
namespace headroom::pickle {

inline constexpr std::string_view kOrderedDict = "collections OrderedDict";
inline constexpr std::array<std::string_view, 2> kRebuildTensor{"torch._utils _rebuild_tensor_v2",
                                                                "torch._utils _rebuild_tensor"};
inline constexpr std::string_view kRebuildParameter = "torch._utils _rebuild_parameter";

struct StorageType {
  std::string_view name;
  DType dtype;
};
inline constexpr std::array<StorageType, 9> kStorageTypes{{{"torch FloatStorage", DType::kF32},
                                                           {"torch HalfStorage", DType::kF16},
                                                           {"torch BFloat16Storage", DType::kBF16},
                                                           {"torch DoubleStorage", DType::kF64},
                                                           {"torch LongStorage", DType::kI64},
                                                           {"torch IntStorage", DType::kI32},
                                                           {"torch ShortStorage", DType::kI16},
                                                           {"torch ByteStorage", DType::kU8},
                                                           {"torch BoolStorage", DType::kBool}}};

[[nodiscard]] inline std::optional<DType> storage_type(std::string_view name) {
  for (const StorageType& type : kStorageTypes) {
    if (type.name == name) return type.dtype;
  }
  return std::nullopt;
}

[[nodiscard]] inline bool is_allowed(std::string_view name) {
  return name == kOrderedDict || name == kRebuildParameter ||
         std::ranges::find(kRebuildTensor, name) != kRebuildTensor.end() || storage_type(name);
}

}  // namespace headroom::pickle
