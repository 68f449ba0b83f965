// Of cuDNN: a backend that has one plan for everything, with the workspace that FAKE_CUDNN_WS says.
// What real plans take is not known without a card.
#include "settings.h"

#include <cstring>

namespace {

constexpr int kInt64 = 3;
constexpr int kDescriptor = 15;
constexpr int kWorkspaceSize = 402;

}  // namespace

extern "C" {

unsigned long cudnnGetVersion() { return 92000; }

int cudnnCreate(void** handle) {
  *handle = reinterpret_cast<void*>(0x3000);
  return 0;
}

int cudnnBackendCreateDescriptor(int, void** descriptor) {
  static unsigned long next = 0x5000;
  *descriptor = reinterpret_cast<void*>(next += 16);
  return 0;
}

int cudnnBackendGetAttribute(void*, int name, int type, std::int64_t wanted, std::int64_t* got,
                             void* out) {
  if (got != nullptr) *got = 1;
  if (out == nullptr || wanted <= 0 || type == kDescriptor) return 0;
  if (type == kInt64) {
    const std::int64_t value = name == kWorkspaceSize ? stand_in::number("FAKE_CUDNN_WS", 0) : 0;
    std::memcpy(out, &value, sizeof value);
  } else {
    std::memset(out, 0, 4);
  }
  return 0;
}
}
