#include "headroom/device/device.h"

#include "headroom/core/error.h"
#include "headroom/device/cpu_budget.h"

#include "nvml.h"
#include "system_memory.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <utility>

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>
#include <dlfcn.h>
#include <torch/headeronly/version.h>

namespace headroom {
namespace {

std::atomic<std::int64_t> card_weights = 0;
std::atomic<std::int64_t> run_peak = 0;
std::atomic<std::int64_t> reserved_requests = 0;

int card_count() {
  // No accelerator, or a CPU build of libtorch: zero.
  const auto type = at::accelerator::getAccelerator(/*checked=*/false);
  return type == c10::DeviceType::CUDA ? at::accelerator::deviceCount() : 0;
}

c10::DeviceIndex index_of(const Device& device) {
  return static_cast<c10::DeviceIndex>(device.index);
}

// The allocator of cards answers no question before CUDA was set up in this process, and holds
// nothing until then.
bool is_set_up() { return at::getDeviceAllocator(at::kCUDA)->initialized(); }

void reset_peak(const Device& device) {
  if (device.is_cuda()) {
    if (is_set_up()) at::accelerator::resetPeakStats(index_of(device));
  } else {
    cpu_budget::reset_peak();
  }
}

// 75 for 7.5; 0 where CUDA's runtime does not say. It is there wherever libtorch's CUDA part is.
int compute_capability(int index) {
  constexpr int kMajor = 75;  // cudaDevAttrComputeCapabilityMajor, Minor
  constexpr int kMinor = 76;
  using Get = int (*)(int* value, int attribute, int device);
  const auto get = reinterpret_cast<Get>(::dlsym(RTLD_DEFAULT, "cudaDeviceGetAttribute"));
  int major = 0;
  int minor = 0;
  if (get == nullptr || get(&major, kMajor, index) != 0 || get(&minor, kMinor, index) != 0) return 0;
  return 10 * major + minor;
}

}  // namespace

std::string Device::id() const { return is_cuda() ? "cuda:" + std::to_string(index) : "cpu"; }

std::vector<Device> list_devices() {
  std::vector<Device> devices;
  const std::optional<Nvml> nvml = Nvml::open();
  for (int i = 0; i < card_count(); ++i) {
    std::optional<std::string> name;
    if (nvml) name = nvml->name(i);
    devices.push_back({Device::Kind::kCuda, i, name.value_or("CUDA device " + std::to_string(i)),
                       compute_capability(i)});
  }
  devices.push_back({});
  return devices;
}

Device choose_device(const std::string& wanted) {
  const std::vector<Device> devices = list_devices();
  if (wanted == "auto") return devices.front();
  if (wanted == "cpu") return devices.back();
  int index = -1;
  if (wanted == "cuda") {
    index = 0;
  } else if (wanted.starts_with("cuda:")) {
    const char* const end = wanted.data() + wanted.size();
    const auto parsed = std::from_chars(wanted.data() + 5, end, index);
    if (parsed.ec != std::errc() || parsed.ptr != end) index = -1;
  }
  if (index < 0) {
    throw Error(ErrorKind::kInvalidRequest,
                "device \"" + wanted + "\" is not known; use auto, cpu, cuda or cuda:N");
  }
  const int cards = static_cast<int>(devices.size()) - 1;
  if (index >= cards) {
    throw Error(
        ErrorKind::kInvalidRequest,
        "device \"" + wanted + "\" is not there: " +
            (cards == 0
                 ? "no CUDA card is usable here (headroom devices says why); use --device cpu"
                 : "this machine has " + std::to_string(cards) + " CUDA card(s), counted from 0"));
  }
  return devices[static_cast<std::size_t>(index)];
}

DeviceMemory::DeviceMemory(Device device, std::optional<std::int64_t> pretend_total,
                           OtherPrograms pretend_others)
    : device_(std::move(device)),
      pretend_total_(pretend_total),
      pretend_others_(std::move(pretend_others)) {
  if (!device_.is_cuda()) return;
  if (std::optional<Nvml> nvml = Nvml::open())
    nvml_ = std::make_shared<const Nvml>(std::move(*nvml));
}

MemorySnapshot DeviceMemory::read() const {
  MemorySnapshot s;
  const DeviceUse use = read_use(device_);
  s.weights = use.weights;
  s.activations = use.activations;
  s.cached = use.cached;
  s.peak = std::max(run_peak.load(), use.peak);
  s.source = device_.is_cuda() ? "CUDA: " + device_.name : device_.name;
  s.pretended = pretend_total_.has_value() || pretend_others_;
  const SystemMemory system = read_system_memory();
  s.host_available = system.available_bytes + (device_.is_cuda() ? 0 : s.ours() - s.cached);
  if (pretend_total_) {
    s.total = *pretend_total_;
    s.free = std::max<std::int64_t>(0, s.total - s.ours());
  } else if (device_.is_cuda()) {
    const auto [free, total] = at::accelerator::getMemoryInfo(index_of(device_));
    s.free = static_cast<std::int64_t>(free);
    s.total = static_cast<std::int64_t>(total);
    if (nvml_) s.reserved_by_driver = nvml_->reserved_bytes(device_.index).value_or(0);
  } else {
    s.total = system.total_bytes;
    s.free = system.available_bytes;
  }
  s.used_by_others = std::max<std::int64_t>(0, s.total - s.free - s.ours() - s.reserved_by_driver);
  if (pretend_others_) {
    // They may hold more than is free: then a driver pages.
    for (const OtherProgram& program : pretend_others_()) {
      const std::int64_t held =
          std::clamp<std::int64_t>(program.bytes, 0, s.total - s.used_by_others);
      s.used_by_others += held;
      s.free -= std::min(s.free, held);
    }
  }
  return s;
}

std::vector<OtherProgram> DeviceMemory::other_programs() const {
  std::vector<OtherProgram> programs;
  // On a pretended card the real one's programs hold nothing.
  if (nvml_ && !pretend_total_) {
    for (const Nvml::Process& p : nvml_->other_processes(device_.index)) {
      programs.push_back({p.pid, p.name, p.bytes});
    }
  }
  if (pretend_others_) {
    for (OtherProgram& program : pretend_others_()) programs.push_back(std::move(program));
  }
  std::stable_sort(programs.begin(), programs.end(),
                   [](const OtherProgram& a, const OtherProgram& b) { return a.bytes > b.bytes; });
  return programs;
}

SystemReport report_devices(std::optional<std::int64_t> pretend_total,
                            OtherPrograms pretend_others) {
  SystemReport report;
  report.torch_has_cuda = at::globalContext().hasCUDA() || at::detail::getCUDAHooks().hasCUDART();
  if (const char* const settings = std::getenv("PYTORCH_CUDA_ALLOC_CONF")) {
    report.allocator_settings = settings;
  }
  const std::optional<Nvml> nvml = Nvml::open();
  if (nvml) report.driver = nvml->driver_version().value_or("");
  for (const Device& device : list_devices()) {
    const DeviceMemory memory(device, pretend_total, pretend_others);
    report.devices.push_back({device, memory.read(), memory.other_programs()});
  }
  return report;
}

DeviceUse read_use(const Device& device) {
  if (!device.is_cuda()) {
    const cpu_budget::Use use = cpu_budget::use();
    return {use.weights, use.activations, std::max<std::int64_t>(0, use.reserved - use.total()),
            use.peak};
  }
  if (!is_set_up()) return {};
  const auto stats = at::accelerator::getDeviceStats(index_of(device));
  constexpr auto kAll = 0;  // StatType::AGGREGATE
  const std::int64_t allocated = stats.allocated_bytes[kAll].current;
  DeviceUse use;
  use.weights = std::min(card_weights.load(), allocated);
  use.activations = allocated - use.weights;
  use.cached = stats.reserved_bytes[kAll].current - allocated;
  use.peak = stats.allocated_bytes[kAll].peak;
  return use;
}

void set_up(const Device& device) {
  if (device.is_cuda()) at::globalContext().lazyInitDevice(at::kCUDA);
}

void begin_run(const Device& device) {
  run_peak = 0;
  reset_peak(device);
}

std::int64_t end_stage(const Device& device) {
  const std::int64_t peak = read_use(device).peak;
  run_peak = std::max(run_peak.load(), peak);
  reset_peak(device);
  return peak;
}

namespace {

std::int64_t requests_to_driver(const Device& device) {
  return is_set_up() ? at::accelerator::getDeviceStats(index_of(device)).num_device_alloc : 0;
}

}  // namespace

void reserve_memory(const Device& device, std::int64_t bytes) {
  if (!device.is_cuda()) {
    cpu_budget::reserve(bytes);
    return;
  }
  const DeviceUse use = read_use(device);
  const std::int64_t missing = bytes - use.weights - use.activations - use.cached;
  // One block, given back at once, stays in torch's cache and is split for what comes.
  if (missing > 0)
    at::empty({missing}, at::TensorOptions(at::kCUDA, index_of(device)).dtype(at::kByte));
  reserved_requests = requests_to_driver(device);
}

std::int64_t driver_allocations(const Device& device) {
  if (!device.is_cuda()) return cpu_budget::use().growths;
  return requests_to_driver(device) - reserved_requests;
}

namespace {

constexpr int kCudaOutOfMemory = 2;  // cudaErrorMemoryAllocation

}  // namespace

std::string plain_message(const std::exception& error) {
  const auto* const torch = dynamic_cast<const c10::Error*>(&error);
  return torch != nullptr ? torch->what_without_backtrace() : error.what();
}

bool is_out_of_memory(const std::exception& error) {
  if (const auto* const own = dynamic_cast<const Error*>(&error))
    return own->kind() == ErrorKind::kOutOfMemory;
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) return true;
  // Kernels are loaded onto a card when they are first launched, and libraries take memory past the
  // allocator: both run out in words of their own.
  if (const auto* const card = dynamic_cast<const c10::AcceleratorError*>(&error))
    return card->get_error_code() == kCudaOutOfMemory;
  if (dynamic_cast<const c10::Error*>(&error) == nullptr) return false;
  const std::string message = plain_message(error);
  return message.find("CUBLAS_STATUS_ALLOC_FAILED") != std::string::npos ||
         message.find("CUDNN_STATUS_ALLOC_FAILED") != std::string::npos;
}

std::optional<Error> device_failure(const std::exception& error) {
  const auto* const card = dynamic_cast<const c10::AcceleratorError*>(&error);
  if (card == nullptr || is_out_of_memory(error)) return std::nullopt;
  return Error(ErrorKind::kDevice, "the card's driver gave up (code " +
                                       std::to_string(card->get_error_code()) +
                                       "); close and start Headroom again");
}

WorkUse measure_work(const Device& device, const std::function<void()>& work) {
  // Kernels run on behind the program's back: what they were given must be there before and after.
  const auto settle = [&] {
    if (device.is_cuda()) at::accelerator::synchronizeDevice(index_of(device));
  };
  const auto use = [&]() -> WorkUse {
    if (!device.is_cuda()) {
      const cpu_budget::Use counted = cpu_budget::use();
      return {counted.peak, counted.total()};
    }
    const auto requested = at::accelerator::getDeviceStats(index_of(device)).requested_bytes[0];
    return {requested.peak, requested.current};
  };
  settle();
  reset_peak(device);
  const std::int64_t before = use().kept;
  work();
  settle();
  const WorkUse after = use();
  return {after.peak - before, after.kept - before};
}

std::string libtorch_version() { return TORCH_VERSION; }

void set_card_weights(std::int64_t bytes) { card_weights = bytes; }

void release_cached(const Device& device) {
  if (device.is_cuda()) at::accelerator::emptyCache();
}

void enforce_limit(const Device& device, std::int64_t bytes) {
  if (!device.is_cuda()) cpu_budget::set_limit(bytes);
}

}  // namespace headroom
