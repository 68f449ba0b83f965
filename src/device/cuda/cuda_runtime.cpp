#include "cuda/cuda_runtime.h"

#include <array>
#include <string_view>

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

std::optional<Identity> identity(int card) {
  auto* const read = find<int(char*, int)>("cudaGetDeviceProperties");
  // cudaDeviceProp has about 1 KB; in every release it begins with char name[256] and the 16 bytes
  // of the UUID.
  constexpr std::size_t kRoom = 8192, kUuid = 256, kUuidBytes = 16;
  std::array<char, kRoom> properties{};
  if (read == nullptr || read(properties.data(), card) != kSuccess) return std::nullopt;
  properties[kUuid - 1] = '\0';
  Identity found{properties.data(), "GPU"};
  for (std::size_t i = 0; i < kUuidBytes; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (i == 0 || i == 4 || i == 6 || i == 8 || i == 10) found.uuid += '-';
    const auto byte = static_cast<unsigned char>(properties.at(kUuid + i));
    found.uuid += kDigits[byte / 16];
    found.uuid += kDigits[byte % 16];
  }
  return found;
}

std::optional<Releases> releases() {
  auto* const of_driver = find<int(int*)>("cudaDriverGetVersion");
  auto* const of_runtime = find<int(int*)>("cudaRuntimeGetVersion");
  Releases found;
  if (of_driver == nullptr || of_runtime == nullptr || of_driver(&found.driver) != kSuccess ||
      of_runtime(&found.runtime) != kSuccess) {
    return std::nullopt;
  }
  return found;
}

void* lock_host_memory(std::int64_t bytes) {
  auto* const allocate = find<int(void**, std::size_t, unsigned)>("cudaHostAlloc");
  void* memory = nullptr;
  if (allocate == nullptr) return nullptr;
  if (allocate(&memory, static_cast<std::size_t>(bytes), /*flags=*/0) == kSuccess) return memory;
  // Clears the error, since it is reported here: otherwise the next kernel that checks for an
  // error would seem to have failed.
  if (auto* const forget = find<int()>("cudaGetLastError")) forget();
  return nullptr;
}

void free_host_memory(void* memory) {
  if (auto* const give_back = find<int(void*)>("cudaFreeHost")) give_back(memory);
}

}  // namespace headroom::cuda_runtime
