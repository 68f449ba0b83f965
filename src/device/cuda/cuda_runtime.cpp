#include "cuda_runtime.h"

#include <array>

#include <dlfcn.h>

namespace headroom::cuda_runtime {
namespace {

constexpr int kSuccess = 0;
constexpr int kMajor = 75;            // cudaDevAttrComputeCapabilityMajor
constexpr int kMultiprocessors = 16;  // cudaDevAttrMultiProcessorCount
constexpr int kMinor = 76;            // cudaDevAttrComputeCapabilityMinor

template <typename F>
F* find(const char* name) {
  return reinterpret_cast<F*>(dlsym(RTLD_DEFAULT, name));
}

}  // namespace

std::optional<Capability> capability(int card) {
  auto* const attribute = find<int(int*, int, int)>("cudaDeviceGetAttribute");
  Capability found;
  if (attribute == nullptr || attribute(&found.major, kMajor, card) != kSuccess ||
      attribute(&found.minor, kMinor, card) != kSuccess) {
    return std::nullopt;
  }
  return found;
}

std::optional<int> multiprocessors(int card) {
  auto* const attribute = find<int(int*, int, int)>("cudaDeviceGetAttribute");
  int count = 0;
  if (attribute == nullptr || attribute(&count, kMultiprocessors, card) != kSuccess) {
    return std::nullopt;
  }
  return count;
}

std::optional<std::string> pci_bus_id(int card) {
  auto* const bus_id = find<int(char*, int, int)>("cudaDeviceGetPCIBusId");
  std::array<char, 32> text{};
  if (bus_id == nullptr || bus_id(text.data(), static_cast<int>(text.size()), card) != kSuccess) {
    return std::nullopt;
  }
  return std::string(text.data());
}

}  // namespace headroom::cuda_runtime
