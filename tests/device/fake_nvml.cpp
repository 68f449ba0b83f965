// A driver library with three cards. Card 2 answers nothing but its handle; the environment decides
// whether it starts at all.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <unistd.h>

namespace {

constexpr int kSuccess = 0;
constexpr int kNotSupported = 3;
constexpr int kNotFound = 6;
constexpr int kInsufficientSize = 7;

struct Memory {
  unsigned version;
  unsigned long long total, reserved, free, used;
};
struct Process {
  unsigned pid;
  unsigned long long used;
  unsigned gpu_instance, compute_instance;
};

std::uintptr_t card_of(void* device) { return reinterpret_cast<std::uintptr_t>(device) - 1; }

int fill(const Process* processes, unsigned n, unsigned* count, Process* out) {
  if (*count < n) {
    *count = n;
    return kInsufficientSize;
  }
  std::memcpy(out, processes, n * sizeof(Process));
  *count = n;
  return kSuccess;
}

}  // namespace

extern "C" {

int nvmlInit_v2() { return std::getenv("FAKE_NVML_NO_DRIVER") == nullptr ? kSuccess : kNotFound; }
int nvmlShutdown() { return kSuccess; }

int nvmlSystemGetDriverVersion(char* text, unsigned size) {
  std::snprintf(text, size, "123.45");
  return kSuccess;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  if (index > 2) return kNotFound;
  *device = reinterpret_cast<void*>(static_cast<std::uintptr_t>(index) + 1);
  return kSuccess;
}

int nvmlDeviceGetName(void* device, char* text, unsigned size) {
  if (card_of(device) == 2) return kNotSupported;
  std::snprintf(text, size, "Fake Card %d", static_cast<int>(card_of(device)));
  return kSuccess;
}

int nvmlDeviceGetMemoryInfo_v2(void* device, Memory* memory) {
  // The version word carries the structure's size, as the real library checks it.
  if (card_of(device) == 2 || memory->version != (sizeof(Memory) | 2U << 24U)) return kNotSupported;
  memory->total = 8ULL << 30U;
  memory->reserved = 100 + card_of(device);
  return kSuccess;
}

int nvmlDeviceGetComputeRunningProcesses_v3(void* device, unsigned* count, Process* out) {
  if (card_of(device) == 2) return kNotSupported;
  const Process processes[] = {
      {1, 300, 0, 0},
      {static_cast<unsigned>(getpid()), 9999, 0, 0},
      {4000001, 500, 0, 0},
      {4000002, ~0ULL, 0, 0},  // not available
  };
  return fill(processes, 4, count, out);
}

int nvmlDeviceGetGraphicsRunningProcesses_v3(void* device, unsigned* count, Process* out) {
  if (card_of(device) == 2) return kNotSupported;
  if (const char* const wanted = std::getenv("FAKE_NVML_PROGRAMS")) {
    std::vector<Process> many;  // with those of the other list as many as wanted
    for (unsigned i = 2; i < static_cast<unsigned>(std::atoi(wanted)); ++i) {
      many.push_back({5000000 + i, 10, 0, 0});
    }
    return fill(many.data(), static_cast<unsigned>(many.size()), count, out);
  }
  const Process processes[] = {{4000001, 500, 0, 0}, {4000003, 400, 0, 0}};  // the first is both
  return fill(processes, 2, count, out);
}

}  // extern "C"
