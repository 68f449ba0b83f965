#pragma once
// The few types and numbers of CUDA's interface that the stand-in answers with. They are written
// out here so that no CUDA toolkit is needed; all are part of the binary interface of CUDA 13 and
// documented.
#include <cstddef>
#include <cstdint>

namespace stand_in {

using Error = int;
constexpr Error kSuccess = 0;
constexpr Error kInvalidValue = 1;
constexpr Error kOutOfMemory = 2;
constexpr Error kInsufficientDriver = 35;
constexpr Error kNoDevice = 100;
constexpr Error kInvalidDevice = 101;

using Handle = void*;  // streams, events, graphs: nothing looks inside

struct Dim3 {
  unsigned x, y, z;
};

enum CopyKind { kHostToHost, kHostToDevice, kDeviceToHost, kDeviceToDevice, kDefault };

// cudaMemoryType
enum class MemoryType : int { kUnregistered = 0, kHost = 1, kDevice = 2 };

struct PointerAttributes {
  MemoryType type;
  int device;
  void* device_pointer;
  void* host_pointer;
  long reserved[8];
};
static_assert(sizeof(PointerAttributes) == 88);

struct FunctionAttributes {
  std::size_t shared_bytes, constant_bytes, local_bytes;
  int max_threads_per_block, registers, ptx_version, binary_version, cache_mode;
  int max_dynamic_shared_bytes;
  int further[24];
};
static_assert(sizeof(FunctionAttributes) == 144);

// cudaDeviceProp is large and changes between releases: only the fields that are set, by their
// place.
namespace property {
constexpr std::size_t kSize = 1008;
constexpr std::size_t kName = 0, kUuid = 256, kTotalBytes = 288, kSharedPerBlock = 296;
constexpr std::size_t kRegistersPerBlock = 304, kWarpSize = 308, kMaxThreadsPerBlock = 320;
constexpr std::size_t kMaxThreads = 324, kMaxGrid = 336, kMajor = 360, kMinor = 364;
constexpr std::size_t kTextureAlignment = 368, kProcessors = 384, kPciBus = 568;
constexpr std::size_t kL2Bytes = 596, kMaxThreadsPerProcessor = 604, kSharedPerProcessor = 624;
constexpr std::size_t kRegistersPerProcessor = 632, kSharedPerBlockOptIn = 672;
constexpr std::size_t kMaxBlocksPerProcessor = 688;
}  // namespace property

// cudaDeviceAttr
namespace attribute {
constexpr int kMaxThreadsPerBlock = 1, kMaxGridX = 5, kMaxGridY = 6, kMaxGridZ = 7;
constexpr int kSharedPerBlock = 8, kWarpSize = 10, kTextureAlignment = 14, kProcessors = 16;
constexpr int kIntegrated = 18, kMaxThreadsPerProcessor = 39, kMajor = 75, kMinor = 76;
constexpr int kSharedPerBlockOptIn = 97;
}  // namespace attribute

}  // namespace stand_in
