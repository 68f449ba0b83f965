// Copies, streams and events. Copies between host and card are done at once; streams and events are
// numbers, which the log names.
#include "card.h"

#include <cstring>

using namespace stand_in;

namespace {

const char* name_of_kind(int kind) {
  constexpr const char* kNames[] = {"h2h", "h2d", "d2h", "d2d", "any"};
  return kind >= 0 && kind <= 4 ? kNames[kind] : "?";
}

// Which way "default" goes depends on the addresses, as it does with a driver.
int real_kind(int kind, const void* to, const void* from) {
  if (kind != kDefault) return kind;
  return (is_on_card(from) ? 2 : 0) + (is_on_card(to) ? 1 : 0);
}

// Nothing was computed, so what comes back is made up: small positive numbers in every
// floating-point format, and no two neighbours alike, since a picture of one colour would be made a
// second time.
void make_up(char* to, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) to[i] = static_cast<char>(0x3a + i * 7 % 5);
}

Error copy(void* to, const void* from, std::size_t bytes, int wanted, Handle stream, bool waits) {
  if (fault() != kSuccess) return fail(fault());
  if (waits) wait_for_work();
  static const auto limit = static_cast<std::size_t>(number("FAKE_COPY_LIMIT", INT64_MAX));
  const int kind = real_kind(wanted, to, from);
  if (kind == kHostToDevice || kind == kDeviceToHost) {
    const void* const host = kind == kHostToDevice ? from : to;
    tell("copy kind=%s bytes=%zu host=%s stream=%zx waits=%d", name_of_kind(kind), bytes,
         is_pinned(host) ? "pinned" : "pageable", reinterpret_cast<std::size_t>(stream), waits);
    if (bytes > limit) return kSuccess;
    static const bool blank = number("FAKE_BLANK", 0) != 0;
    constexpr std::size_t kNumber = 8;  // single numbers come back as they lie there
    if (kind == kHostToDevice || bytes <= kNumber || blank) {
      std::memcpy(to, from, bytes);
    } else {
      make_up(static_cast<char*>(to), bytes);
    }
  }
  return kSuccess;
}

Error wait(const char* what, Handle which) {
  tell("wait for=%s handle=%zx", what, reinterpret_cast<std::size_t>(which));
  wait_for_work();
  return fault() == kSuccess ? kSuccess : fail(fault());
}

}  // namespace

extern "C" {

Error cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, int kind, Handle stream) {
  return copy(to, from, bytes, kind, stream, false);
}
Error cudaMemcpy(void* to, const void* from, std::size_t bytes, int kind) {
  return copy(to, from, bytes, kind, nullptr, true);
}
Error cudaMemset(void*, int, std::size_t) { return fault() == kSuccess ? kSuccess : fail(fault()); }
Error cudaMemsetAsync(void*, int, std::size_t, Handle) {
  return fault() == kSuccess ? kSuccess : fail(fault());
}

Error cudaStreamCreateWithPriority(Handle* stream, unsigned, int) {
  const std::lock_guard hold(lock());
  static std::size_t next = 0x10000;
  *stream = reinterpret_cast<Handle>(next += 16);
  return kSuccess;
}
Error cudaStreamCreateWithFlags(Handle* stream, unsigned flags) {
  return cudaStreamCreateWithPriority(stream, flags, 0);
}
Error cudaStreamSynchronize(Handle stream) { return wait("stream", stream); }
Error cudaDeviceSynchronize() { return wait("card", nullptr); }
Error cudaStreamWaitEvent(Handle stream, Handle event, unsigned) {
  tell("order stream=%zx after_event=%zx", reinterpret_cast<std::size_t>(stream),
       reinterpret_cast<std::size_t>(event));
  return kSuccess;
}
Error cudaStreamQuery(Handle) { return fault(); }
Error cudaDeviceGetStreamPriorityRange(int* least, int* greatest) {
  *least = 0;
  *greatest = -5;
  return kSuccess;
}

Error cudaEventCreateWithFlags(Handle* event, unsigned) {
  const std::lock_guard hold(lock());
  static std::size_t next = 0x80000;
  *event = reinterpret_cast<Handle>(next += 16);
  return kSuccess;
}
Error cudaEventCreate(Handle* event) { return cudaEventCreateWithFlags(event, 0); }
Error cudaEventRecord(Handle event, Handle stream) {
  tell("record event=%zx stream=%zx", reinterpret_cast<std::size_t>(event),
       reinterpret_cast<std::size_t>(stream));
  return kSuccess;
}
Error cudaEventRecordWithFlags(Handle event, Handle stream, unsigned) {
  return cudaEventRecord(event, stream);
}
Error cudaEventSynchronize(Handle event) { return wait("event", event); }
Error cudaEventQuery(Handle) { return fault(); }
Error cudaEventElapsedTime(float* ms, Handle, Handle) {
  *ms = 1;  // the stand-in has no time
  return kSuccess;
}

// Nothing is ever captured.
Error cudaStreamIsCapturing(Handle, int* status) {
  *status = 0;
  return kSuccess;
}
Error cudaStreamGetCaptureInfo(Handle, int* status, unsigned long long*, Handle*, const Handle**,
                               const void**, std::size_t*) {
  *status = 0;
  return kSuccess;
}
}
