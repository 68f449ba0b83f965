#include "cuda/nvml.h"

#include "cuda_runtime.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include <dlfcn.h>
#include <unistd.h>

namespace headroom {
namespace {

// The few structures and codes of NVML's documented C interface that are needed here.
using NvmlDevice = void*;
struct NvmlMemoryV2 {
  unsigned version;
  unsigned long long total, reserved, free, used;
};
struct NvmlProcessV3 {
  unsigned pid;
  unsigned long long used;
  unsigned gpu_instance, compute_instance;
};
constexpr int kSuccess = 0;
constexpr int kMoreThanThat = 7;  // NVML_ERROR_INSUFFICIENT_SIZE
constexpr unsigned kMemoryV2 = sizeof(NvmlMemoryV2) | 2U << 24U;
constexpr unsigned long long kNotAvailable = ~0ULL;

// The driver's index of libtorch's GPU `index`; nothing when it cannot be found out.
std::optional<unsigned> driver_index(int index) {
  const char* const visible = std::getenv("CUDA_VISIBLE_DEVICES");
  if (visible == nullptr) return static_cast<unsigned>(index);
  std::string_view rest(visible);
  for (int i = 0;; ++i) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc()) return std::nullopt;  // a UUID, or too few entries
    if (i == index) return value;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (!rest.starts_with(',')) return std::nullopt;
    rest.remove_prefix(1);
  }
}

std::string executable_name(unsigned pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  std::getline(in, name);
  return name;
}

}  // namespace

struct Nvml::Library {
  void* handle = nullptr;
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*handle_by_index)(unsigned, NvmlDevice*) = nullptr;
  int (*handle_by_bus_id)(const char*, NvmlDevice*) = nullptr;
  int (*get_name)(NvmlDevice, char*, unsigned) = nullptr;
  int (*get_memory)(NvmlDevice, NvmlMemoryV2*) = nullptr;
  int (*get_compute)(NvmlDevice, unsigned*, NvmlProcessV3*) = nullptr;
  int (*get_graphics)(NvmlDevice, unsigned*, NvmlProcessV3*) = nullptr;
  int (*get_driver)(char*, unsigned) = nullptr;
  bool initialised = false;

  template <typename F>
  void find(F*& function, const char* name) const {
    function = reinterpret_cast<F*>(dlsym(handle, name));
  }

  explicit Library(const char* file) : handle(dlopen(file, RTLD_NOW | RTLD_LOCAL)) {
    if (handle == nullptr) return;
    find(init, "nvmlInit_v2");
    find(shutdown, "nvmlShutdown");
    find(handle_by_index, "nvmlDeviceGetHandleByIndex_v2");
    find(handle_by_bus_id, "nvmlDeviceGetHandleByPciBusId_v2");
    find(get_name, "nvmlDeviceGetName");
    find(get_memory, "nvmlDeviceGetMemoryInfo_v2");
    find(get_compute, "nvmlDeviceGetComputeRunningProcesses_v3");
    find(get_graphics, "nvmlDeviceGetGraphicsRunningProcesses_v3");
    find(get_driver, "nvmlSystemGetDriverVersion");
    initialised = init != nullptr && handle_by_index != nullptr && init() == kSuccess;
  }
  ~Library() {
    if (initialised && shutdown != nullptr) shutdown();
    if (handle != nullptr) dlclose(handle);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  [[nodiscard]] NvmlDevice device(int card) const {
    NvmlDevice device = nullptr;
    const std::optional<std::string> place = cuda_runtime::pci_bus_id(card);
    if (place && handle_by_bus_id != nullptr) {
      return handle_by_bus_id(place->c_str(), &device) == kSuccess ? device : nullptr;
    }
    const std::optional<unsigned> index = driver_index(card);
    if (!index || handle_by_index(*index, &device) != kSuccess) return nullptr;
    return device;
  }
};

Nvml::Nvml(std::shared_ptr<const Library> library) : library_(std::move(library)) {}

std::optional<Nvml> Nvml::open(const char* library) {
  auto opened = std::make_shared<const Library>(library);
  if (!opened->initialised) return std::nullopt;
  return Nvml(std::move(opened));
}

std::optional<std::string> Nvml::driver_version() const {
  std::array<char, 96> text{};
  if (library_->get_driver == nullptr ||
      library_->get_driver(text.data(), text.size()) != kSuccess) {
    return std::nullopt;
  }
  return std::string(text.data());
}

std::optional<std::string> Nvml::name(int card) const {
  std::array<char, 96> text{};
  NvmlDevice const device = library_->device(card);
  if (device == nullptr || library_->get_name == nullptr ||
      library_->get_name(device, text.data(), text.size()) != kSuccess) {
    return std::nullopt;
  }
  return std::string(text.data());
}

std::optional<Nvml::Memory> Nvml::memory(int card) const {
  NvmlMemoryV2 memory{.version = kMemoryV2, .total = 0, .reserved = 0, .free = 0, .used = 0};
  NvmlDevice const device = library_->device(card);
  if (device == nullptr || library_->get_memory == nullptr ||
      library_->get_memory(device, &memory) != kSuccess) {
    return std::nullopt;
  }
  return Memory{static_cast<std::int64_t>(memory.total), static_cast<std::int64_t>(memory.reserved),
                static_cast<std::int64_t>(memory.free)};
}

namespace {

// The entries of one of the driver's two lists of processes.
std::vector<NvmlProcessV3> list(int (*query)(NvmlDevice, unsigned*, NvmlProcessV3*),
                                NvmlDevice device) {
  if (query == nullptr) return {};
  std::vector<NvmlProcessV3> entries(64);
  auto count = static_cast<unsigned>(entries.size());
  int answer = query(device, &count, entries.data());
  if (answer == kMoreThanThat) {
    entries.resize(count + 64U);  // with room for processes that begin meanwhile
    count = static_cast<unsigned>(entries.size());
    answer = query(device, &count, entries.data());
  }
  entries.resize(answer == kSuccess ? std::min<std::size_t>(count, entries.size()) : 0);
  return entries;
}

}  // namespace

std::vector<std::uint32_t> Nvml::process_ids(int card) const {
  std::vector<std::uint32_t> ids;
  NvmlDevice const device = library_->device(card);
  if (device == nullptr) return ids;
  for (auto* const query : {library_->get_compute, library_->get_graphics}) {
    for (const NvmlProcessV3& p : list(query, device)) ids.push_back(p.pid);
  }
  return ids;
}

std::vector<Nvml::Process> Nvml::other_processes(int card, std::uint32_t own_pid) const {
  std::vector<Process> result;
  NvmlDevice const device = library_->device(card);
  if (device == nullptr) return result;
  const bool same_numbers = own_pid == static_cast<std::uint32_t>(getpid());
  for (auto* const query : {library_->get_compute, library_->get_graphics}) {
    for (const NvmlProcessV3& p : list(query, device)) {
      const bool known = std::any_of(result.begin(), result.end(),
                                     [&](const Process& q) { return q.pid == p.pid; });
      if (known || p.pid == own_pid || p.used == kNotAvailable) continue;
      result.push_back({p.pid, static_cast<std::int64_t>(p.used),
                        same_numbers ? executable_name(p.pid) : std::string()});
    }
  }
  std::sort(result.begin(), result.end(),
            [](const Process& a, const Process& b) { return a.bytes > b.bytes; });
  return result;
}

}  // namespace headroom
