#include "cuda_cards.h"

#include "cuda_backend.h"
#include "cuda_runtime.h"
#include "cuda_settings.h"
#include "nvml.h"

#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>

namespace headroom {
namespace {

using cuda_runtime::Capability;

// What the pinned libtorch has kernels for, and the driver that its CUDA 13 needs.
constexpr Capability kLeastCapability{7, 5};
constexpr int kLeastDriver = 580;

int card_count() {
  // No accelerator, or a CPU build of libtorch: zero.
  const auto type = at::accelerator::getAccelerator(/*checked=*/false);
  return type == c10::DeviceType::CUDA ? at::accelerator::deviceCount() : 0;
}

std::shared_ptr<const Nvml> open_nvml() {
  std::optional<Nvml> nvml = Nvml::open();
  return nvml ? std::make_shared<const Nvml>(std::move(*nvml)) : nullptr;
}

cuda_runtime::Identity identity_of(const Nvml* nvml, int index) {
  if (auto identity = cuda_runtime::identity(index)) return *identity;
  std::optional<std::string> name;
  if (nvml != nullptr) name = nvml->name(index);
  return {name.value_or("CUDA device " + std::to_string(index)), ""};
}

bool is_usable(int index) {
  const std::optional<Capability> found = cuda_runtime::capability(index);
  return !found || *found >= kLeastCapability;
}

}  // namespace

std::vector<Device> find_cuda_cards() {
  std::vector<Device> cards;
  const std::shared_ptr<const Nvml> nvml = open_nvml();
  for (int i = 0; i < card_count(); ++i) {
    if (!is_usable(i)) continue;
    const auto [name, uuid] = identity_of(nvml.get(), i);
    cards.push_back({make_cuda_backend(i, name, /*exists=*/true, cuda_runtime::capability(i), nvml),
                     name, uuid});
  }
  return cards;
}

Device pretended_cuda_card(int index, std::string name, int compute_capability) {
  std::optional<Capability> capability;
  if (compute_capability > 0) {
    capability = Capability{compute_capability / 10, compute_capability % 10};
  }
  return {make_cuda_backend(index, name, /*exists=*/false, capability, nullptr), name};
}

std::vector<Message> what_hinders_cuda() {
  std::vector<Message> hindrances;
  const std::shared_ptr<const Nvml> nvml = open_nvml();
  const std::string version = nvml ? nvml->driver_version().value_or("") : "";
  int driver = 0;
  std::from_chars(version.data(), version.data() + version.size(), driver);
  if (driver > 0 && driver < kLeastDriver) {
    hindrances.push_back(
        say("the NVIDIA driver {0} is too old: {1} or newer is needed", version, kLeastDriver));
  }
  for (int i = 0; i < card_count(); ++i) {
    if (is_usable(i)) continue;
    hindrances.push_back(say(
        "{0} cannot be used: it has compute capability {1}, and 7.5 or newer is needed (GTX 16, "
        "RTX 20 and later)",
        identity_of(nvml.get(), i).name, cuda_runtime::capability(i)->name()));
  }
  return hindrances;
}

void describe_cuda(SystemReport& report) {
  report.torch_has_cuda = at::globalContext().hasCUDA() || at::detail::getCUDAHooks().hasCUDART();
  if (const char* const settings = cuda_settings::of_allocator())
    report.allocator_settings = settings;
  const std::shared_ptr<const Nvml> nvml = open_nvml();
  if (nvml) report.driver = nvml->driver_version().value_or("");
  for (const Message& hindrance : what_hinders_cuda()) {
    report.notes.push_back(hindrance.english());
  }
}

}  // namespace headroom
