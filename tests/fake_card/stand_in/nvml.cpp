// libnvidia-ml.so.1: the driver's management library. It counts cards by their place on the bus,
// not in CUDA's order. FAKE_DRIVER_KEEPS is what the driver keeps for itself, which CUDA's total
// leaves out.
#include "settings.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <dlfcn.h>
#include <unistd.h>

namespace {

using Device = void*;  // the card's number in CUDA's order and one more

struct MemoryV1 {
  unsigned long long total, free, used;
};
struct MemoryV2 {
  unsigned version;
  unsigned long long total, reserved, free, used;
};
struct Process {
  unsigned pid;
  unsigned long long used;
  unsigned gpu_instance, compute_instance;
};
struct Pci {
  char legacy_bus_id[16];
  unsigned domain, bus, device, pci_device_id, pci_sub_system_id;
  char bus_id[32];
};
constexpr int kNotSupported = 3;
constexpr int kNotFound = 6;
constexpr int kTooSmall = 7;

int card_of(Device device) { return static_cast<int>(reinterpret_cast<std::size_t>(device)) - 1; }
Device device_of(int card) { return reinterpret_cast<Device>(static_cast<std::size_t>(card + 1)); }

std::vector<int> by_bus() {
  std::vector<int> cards;
  for (int i = 0; i < stand_in::card_count(); ++i) cards.push_back(i);
  std::sort(cards.begin(), cards.end(),
            [](int a, int b) { return stand_in::bus_of(a) < stand_in::bus_of(b); });
  return cards;
}

// The runtime's stand-in counts; nothing is taken in a process without it.
std::int64_t ours(int card) {
  auto* const taken =
      reinterpret_cast<std::int64_t (*)(int)>(dlsym(RTLD_DEFAULT, "stand_in_taken"));
  return taken == nullptr ? 0 : taken(card);
}

std::int64_t others(int card) {
  auto* const held =
      reinterpret_cast<std::int64_t (*)(int)>(dlsym(RTLD_DEFAULT, "stand_in_taken_by_others"));
  return held == nullptr ? stand_in::number("FAKE_USED", 0, card) : held(card);
}

MemoryV2 memory_of(int card) {
  MemoryV2 memory{};
  const std::int64_t keeps = stand_in::number("FAKE_DRIVER_KEEPS", 0, card);
  const std::int64_t used = ours(card) + others(card);
  memory.total = static_cast<unsigned long long>(stand_in::total_of(card) + keeps);
  memory.reserved = static_cast<unsigned long long>(keeps);
  memory.used = static_cast<unsigned long long>(used);
  memory.free = static_cast<unsigned long long>(stand_in::total_of(card) - used);
  return memory;
}

int put_text(const std::string& text, char* out, unsigned room) {
  if (text.size() >= room) return kTooSmall;
  std::memcpy(out, text.c_str(), text.size() + 1);
  return 0;
}

}  // namespace

extern "C" {

int nvmlInit_v2() { return 0; }
int nvmlShutdown() { return 0; }
int nvmlSystemGetDriverVersion(char* text, unsigned room) {
  return put_text(stand_in::driver_version(), text, room);
}
int nvmlSystemGetCudaDriverVersion_v2(int* version) {
  *version = stand_in::driver_cuda_version();
  return 0;
}

int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = static_cast<unsigned>(stand_in::card_count());
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device* device) {
  const std::vector<int> cards = by_bus();
  if (index >= cards.size()) return kNotFound;
  *device = device_of(cards[index]);
  return 0;
}
int nvmlDeviceGetHandleByPciBusId_v2(const char* text, Device* device) {
  const std::string wanted(text);
  for (int card = 0; card < stand_in::card_count(); ++card) {
    // "00000000:01:00.0" names the same place as "0000:01:00.0".
    if (!wanted.ends_with(stand_in::bus_id(card).substr(4))) continue;
    *device = device_of(card);
    return 0;
  }
  return kNotFound;
}

int nvmlDeviceGetName(Device device, char* text, unsigned room) {
  return put_text(stand_in::name_of(card_of(device)), text, room);
}
int nvmlDeviceGetUUID(Device device, char* text, unsigned room) {
  std::string words = "GPU-";
  for (const char c : stand_in::uuid_of(card_of(device))) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02x", static_cast<unsigned char>(c));
    words += hex;
    if (const std::size_t n = words.size(); n == 12 || n == 17 || n == 22 || n == 27) words += '-';
  }
  return put_text(words, text, room);
}
int nvmlDeviceGetPciInfo_v3(Device device, Pci* pci) {
  *pci = {};
  pci->bus = static_cast<unsigned>(stand_in::bus_of(card_of(device)));
  return put_text("0000" + stand_in::bus_id(card_of(device)), pci->bus_id, sizeof pci->bus_id);
}

int nvmlDeviceGetMemoryInfo(Device device, MemoryV1* memory) {
  const MemoryV2 m = memory_of(card_of(device));
  *memory = {m.total, m.free, m.used + m.reserved};
  return 0;
}
int nvmlDeviceGetMemoryInfo_v2(Device device, MemoryV2* memory) {
  const unsigned version = memory->version;
  *memory = memory_of(card_of(device));
  memory->version = version;
  return 0;
}

static bool has_context(int card) {
  auto* const has = reinterpret_cast<int (*)(int)>(dlsym(RTLD_DEFAULT, "stand_in_has_context"));
  return has != nullptr && has(card) != 0;
}

// One program that holds what the others hold, and ourselves: by FAKE_PID, as a container's
// processes are known by another number outside.
int nvmlDeviceGetComputeRunningProcesses_v3(Device device, unsigned* count, Process* processes) {
  const int card = card_of(device);
  const unsigned room = *count;
  std::vector<Process> all;
  if (others(card) > 0) all.push_back({1, static_cast<unsigned long long>(others(card)), 0, 0});
  if (has_context(card)) {
    const auto pid = static_cast<unsigned>(stand_in::number("FAKE_PID", getpid()));
    all.push_back({pid, static_cast<unsigned long long>(ours(card)), 0, 0});
  }
  *count = static_cast<unsigned>(all.size());
  if (room < *count) return kTooSmall;
  std::copy(all.begin(), all.end(), processes);
  return 0;
}
int nvmlDeviceGetComputeRunningProcesses(Device, unsigned* count, void*) {
  *count = 0;
  return 0;
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(Device, unsigned* count, Process*) {
  *count = 0;
  return 0;
}

// libtorch asks for links between cards: there are none.
int nvmlDeviceGetNvLinkRemoteDeviceType() { return kNotSupported; }
int nvmlDeviceGetNvLinkRemotePciInfo_v2() { return kNotSupported; }
int nvmlDeviceGetGpuFabricInfoV() { return 0; }
}
