// Which cards there are, and what they say of themselves.
#include "card.h"

#include <algorithm>
#include <cstring>

using namespace stand_in;

namespace {

bool is_card(int card) { return card >= 0 && card < card_count(); }

template <typename T>
void put(char* properties, std::size_t place, T value) {
  std::memcpy(properties + place, &value, sizeof value);
}

}  // namespace

extern "C" {

Error cudaGetDeviceCount(int* count) {
  *count = 0;
  if (driver_is_too_old()) return fail(kInsufficientDriver);
  if (card_count() == 0) return fail(kNoDevice);
  *count = card_count();
  return kSuccess;
}

Error cudaGetDevice(int* card) {
  *card = current_card();
  return kSuccess;
}

Error cudaSetDevice(int card) {
  if (!is_card(card)) return fail(kInvalidDevice);
  if (fault() != kSuccess) return fail(fault());
  current_card() = card;
  const std::lock_guard hold(lock());
  make_context(card);  // as since CUDA 12
  return kSuccess;
}

Error cudaDriverGetVersion(int* version) {
  *version = driver_cuda_version();
  return kSuccess;
}

Error cudaRuntimeGetVersion(int* version) {
  *version = 13000;
  return kSuccess;
}

// Figures of a small card; only the capability decides what ATen takes.
Error cudaGetDeviceProperties(char* out, int card) {
  if (!is_card(card)) return fail(kInvalidDevice);
  std::memset(out, 0, property::kSize);
  const std::string name = name_of(card).substr(0, 255);
  std::memcpy(out + property::kName, name.data(), name.size());
  std::memcpy(out + property::kUuid, uuid_of(card).data(), 16);
  put<std::size_t>(out, property::kTotalBytes, static_cast<std::size_t>(total_of(card)));
  put<std::size_t>(out, property::kSharedPerBlock, 49152);
  put<int>(out, property::kRegistersPerBlock, 65536);
  put<int>(out, property::kWarpSize, 32);
  put<int>(out, property::kMaxThreadsPerBlock, 1024);
  put<Dim3>(out, property::kMaxThreads, {1024, 1024, 64});
  put<Dim3>(out, property::kMaxGrid, {2147483647, 65535, 65535});
  put<int>(out, property::kMajor, major_of(card));
  put<int>(out, property::kMinor, minor_of(card));
  put<std::size_t>(out, property::kTextureAlignment, 512);
  put<int>(out, property::kProcessors, processors_of(card));
  put<int>(out, property::kPciBus, bus_of(card));
  put<int>(out, property::kL2Bytes, 3 << 20);
  put<int>(out, property::kMaxThreadsPerProcessor, 1536);
  put<std::size_t>(out, property::kSharedPerProcessor, 102400);
  put<int>(out, property::kRegistersPerProcessor, 65536);
  put<std::size_t>(out, property::kSharedPerBlockOptIn, 101376);
  put<int>(out, property::kMaxBlocksPerProcessor, 16);
  return kSuccess;
}

Error cudaDeviceGetAttribute(int* value, int which, int card) {
  if (!is_card(card)) return fail(kInvalidDevice);
  switch (which) {
    case attribute::kMajor:
      *value = major_of(card);
      break;
    case attribute::kMinor:
      *value = minor_of(card);
      break;
    case attribute::kProcessors:
      *value = processors_of(card);
      break;
    case attribute::kSharedPerBlock:
      *value = 49152;
      break;
    case attribute::kSharedPerBlockOptIn:
      *value = 101376;
      break;
    case attribute::kMaxThreadsPerBlock:
      *value = 1024;
      break;
    case attribute::kWarpSize:
      *value = 32;
      break;
    case attribute::kMaxGridX:
      *value = 2147483647;
      break;
    case attribute::kMaxGridY:
    case attribute::kMaxGridZ:
      *value = 65535;
      break;
    case attribute::kMaxThreadsPerProcessor:
      *value = 1536;
      break;
    case attribute::kTextureAlignment:
      *value = 512;
      break;
    case attribute::kIntegrated:
      *value = static_cast<int>(number("FAKE_INTEGRATED", 0, card));
      break;
    default:
      *value = 1;
  }
  return kSuccess;
}

Error cudaDeviceGetPCIBusId(char* text, int room, int card) {
  if (!is_card(card)) return fail(kInvalidDevice);
  std::snprintf(text, static_cast<std::size_t>(room), "%s", bus_id(card).c_str());
  return kSuccess;
}

Error cudaDeviceGetByPCIBusId(int* card, const char* text) {
  for (int i = 0; i < card_count(); ++i) {
    if (bus_id(i) != text) continue;
    *card = i;
    return kSuccess;
  }
  return fail(kInvalidDevice);
}

Error cudaDeviceCanAccessPeer(int* can, int, int) {
  *can = 0;
  return kSuccess;
}
}
