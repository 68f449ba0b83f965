#include "headroom/device/device.h"

#include "headroom/core/error.h"

#include "backends.h"
#include "system_memory.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include <torch/headeronly/version.h>

namespace headroom {
namespace {

// The number after "cuda:", 0 for "cuda" alone; nothing for anything else.
std::optional<std::size_t> index_of(std::string_view wanted, std::string_view kind) {
  if (!wanted.starts_with(kind)) return std::nullopt;
  wanted.remove_prefix(kind.size());
  if (wanted.empty()) return 0;
  if (!wanted.starts_with(':')) return std::nullopt;
  wanted.remove_prefix(1);
  int index = -1;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), index);
  if (error != std::errc() || end != wanted.data() + wanted.size() || index < 0) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(index);
}

struct Named {
  const BackendKind* kind = nullptr;
  std::size_t index = 0;
};

// Nothing for "auto" and for a text that names no device.
std::optional<Named> find_named(const std::string& wanted) {
  for (const BackendKind& kind : backend_kinds()) {
    const std::optional<std::size_t> index = index_of(wanted, kind.name);
    if (index && (kind.is_numbered || wanted == kind.name)) return Named{&kind, *index};
  }
  return std::nullopt;
}

Device choose_of_kind(const BackendKind& kind, const std::string& wanted, std::size_t index) {
  std::vector<Device> devices = kind.find();
  const std::string id = std::string(kind.name) + ":" + std::to_string(index);
  for (Device& device : devices) {  // in order, so the kind's bare name means its first device
    if (wanted == kind.name || device.id() == id) return std::move(device);
  }
  const std::vector<Hindrance> hindrances = kind.what_hinders();
  // The reason for this very device; if the kind has no usable device, any reason.
  auto own = std::ranges::find(hindrances, id, &Hindrance::id);
  if (own == hindrances.end() && devices.empty()) own = hindrances.begin();
  const auto there =
      devices.size() + static_cast<std::size_t>(std::ranges::count_if(
                           hindrances, [](const Hindrance& h) { return !h.id.empty(); }));
  const Message why =
      own != hindrances.end()
          ? say("{0}; use --device {1}, or model.device: {1} in the settings", own->why,
                devices.empty() ? std::string("cpu") : devices.front().id())
      : !devices.empty()
          ? say("this machine has {0} {1}(s), counted from 0", there, say(std::string(kind.title)))
          : say("no {0} is usable here (headroom devices says why); use --device cpu, or "
                "model.device: cpu in the settings",
                say(std::string(kind.title)));
  throw Error(ErrorKind::kInvalidRequest, say("device \"{0}\" is not there: {1}", wanted, why));
}

}  // namespace

std::vector<Device> list_devices() {
  std::vector<Device> devices;
  for (const BackendKind& kind : backend_kinds()) {
    for (Device& device : kind.find()) devices.push_back(std::move(device));
  }
  return devices;
}

std::vector<Message> unusable_devices() {
  std::vector<Message> all;
  for (const BackendKind& kind : backend_kinds()) {
    for (Hindrance& hindrance : kind.what_hinders()) all.push_back(std::move(hindrance.why));
  }
  return all;
}

Device pretended_device(const std::string& kind, int index, std::string name,
                        int compute_capability) {
  for (const BackendKind& known : backend_kinds()) {
    if (known.name == kind) return known.pretend(index, std::move(name), compute_capability);
  }
  throw Error(ErrorKind::kInternal, "no kind of device is called \"" + kind + "\"");
}

std::optional<Device> absent_device(const std::string& wanted) {
  const auto named = find_named(wanted);
  if (!named || !named->kind->is_numbered || !named->kind->find().empty()) return std::nullopt;
  return pretended_device(std::string(named->kind->name), static_cast<int>(named->index),
                          "a pretended card");
}

std::string device_words() {
  std::string words = "auto";
  const auto kinds = backend_kinds();
  for (auto kind = kinds.rbegin(); kind != kinds.rend(); ++kind) {
    const std::string name(kind->name);
    words += ", " + name;
    if (kind->is_numbered) words += ", " + name + ":N";
  }
  return words;
}

bool is_device_word(const std::string& wanted) {
  return wanted == "auto" || find_named(wanted).has_value();
}

Device choose_device(const std::string& wanted) {
  if (wanted == "auto") return list_devices().front();
  if (const auto named = find_named(wanted)) {
    return choose_of_kind(*named->kind, wanted, named->index);
  }
  throw Error(ErrorKind::kInvalidRequest,
              say("device \"{0}\" is not known; use one of {1}", wanted, device_words()));
}

DeviceMemory::DeviceMemory(Device device, std::optional<std::int64_t> pretend_total,
                           OtherPrograms pretend_others)
    : device_(std::move(device)),
      pretend_total_(pretend_total),
      pretend_others_(std::move(pretend_others)) {}

MemorySnapshot DeviceMemory::read() const {
  MemorySnapshot s;
  const DeviceUse use = device_.backend->use();
  s.weights = use.weights;
  s.activations = use.activations;
  s.cached = use.cached;
  s.peak = device_.backend->run_peak();
  s.source = device_.backend->source();
  s.is_main_memory = !device_.backend->has_own_memory();
  s.pretended = pretend_total_.has_value() || pretend_others_;
  const SystemMemory system = read_system_memory();
  s.host_available =
      system.available_bytes + (device_.backend->has_own_memory() ? 0 : s.ours() - s.cached);
  if (pretend_total_) {
    s.total = *pretend_total_;
    s.reserved_by_driver = device_.backend->share_beside_tensors(s.total);
    s.free = std::max<std::int64_t>(0, s.total - s.reserved_by_driver - s.ours());
  } else {
    const DeviceCapacity capacity = device_.backend->capacity();
    s.total = capacity.total;
    s.free = capacity.free;
    s.reserved_by_driver = capacity.reserved_by_driver;
    s.overhead_is_known = capacity.overhead_is_known;
  }
  s.used_by_others = std::max<std::int64_t>(0, s.total - s.free - s.ours() - s.reserved_by_driver);
  if (pretend_others_) {
    // They may hold more than is free, since a driver pages.
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
  // Programs on the real GPU hold nothing of a pretended one.
  if (!pretend_total_) programs = device_.backend->other_programs();
  if (pretend_others_) {
    for (OtherProgram& program : pretend_others_()) programs.push_back(std::move(program));
  }
  std::stable_sort(programs.begin(), programs.end(),
                   [](const OtherProgram& a, const OtherProgram& b) { return a.bytes > b.bytes; });
  return programs;
}

SystemReport report_devices(std::optional<std::int64_t> pretend_total, OtherPrograms pretend_others,
                            const std::function<void(const Device&)>& prepare) {
  SystemReport report;
  for (const BackendKind& kind : backend_kinds()) kind.describe(report);
  for (const Device& device : list_devices()) {
    if (prepare) prepare(device);
    const DeviceMemory memory(device, pretend_total, pretend_others);
    report.devices.push_back({device, memory.read(), memory.other_programs()});
  }
  return report;
}

std::string libtorch_version() { return TORCH_VERSION; }

}  // namespace headroom
