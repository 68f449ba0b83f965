#include "cuda/cuda_cards.h"

#include "cuda_backend.h"
#include "cuda_code.h"
#include "cuda_runtime.h"
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

constexpr int kLeastDriver = 580;  // oldest driver for libtorch's CUDA 13

int card_count() {
  // Zero without an accelerator or with a CPU build of libtorch.
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

// "12.4" of 12040
std::string release_name(int release) {
  return std::to_string(release / 1000) + "." + std::to_string(release % 1000 / 10);
}

// Says that the driver is too old, judged by its own version or, without NVML, by the CUDA release
// that it supports: a driver supports all releases with the same major version.
std::optional<Message> what_hinders_driver(const Nvml* nvml) {
  const std::string version = nvml != nullptr ? nvml->driver_version().value_or("") : "";
  int driver = 0;
  std::from_chars(version.data(), version.data() + version.size(), driver);
  if (driver > 0) {
    if (driver >= kLeastDriver) return std::nullopt;
    return say("the NVIDIA driver {0} is too old: {1} or newer is needed", version, kLeastDriver);
  }
  const auto releases = cuda_runtime::releases();
  if (!releases || releases->driver == 0 || releases->driver / 1000 >= releases->runtime / 1000) {
    return std::nullopt;
  }
  return say(
      "the NVIDIA driver is too old: it serves CUDA {0}, and the libraries here need CUDA "
      "{1}, which drivers from {2} on serve",
      release_name(releases->driver), release_name(releases->runtime), kLeastDriver);
}

}  // namespace

std::vector<Device> find_cuda_cards() {
  std::vector<Device> cards;
  const std::shared_ptr<const Nvml> nvml = open_nvml();
  const CudaCode code = CudaCode::of_libtorch();
  for (int i = 0; i < card_count(); ++i) {
    const std::optional<Capability> capability = cuda_runtime::capability(i);
    if (capability && !code.serves(*capability)) continue;
    const auto [name, uuid] = identity_of(nvml.get(), i);
    cards.push_back({make_cuda_backend(i, name, /*exists=*/true, capability, nvml), name, uuid});
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

std::vector<Hindrance> what_hinders_cuda() {
  std::vector<Hindrance> hindrances;
  const std::shared_ptr<const Nvml> nvml = open_nvml();
  if (const std::optional<Message> why = what_hinders_driver(nvml.get()))
    hindrances.push_back({{}, *why});
  const CudaCode code = CudaCode::of_libtorch();
  for (int i = 0; i < card_count(); ++i) {
    const std::optional<Capability> found = cuda_runtime::capability(i);
    if (!found || code.serves(*found)) continue;
    const std::string name = identity_of(nvml.get(), i).name;
    hindrances.push_back(
        {"cuda:" + std::to_string(i),
         *found < CudaCode::kLeast
             ? say("{0} cannot be used: it has compute capability {1}, and 7.5 or newer is needed "
                   "(GTX 16, RTX 20 and later)",
                   name, found->name())
             : say("{0} cannot be used: it has compute capability {1}, and the CUDA libraries here "
                   "have code for {2} only",
                   name, found->name(), code.names())});
  }
  return hindrances;
}

void describe_cuda(SystemReport& report) {
  const bool is_there = at::globalContext().hasCUDA() || at::detail::getCUDAHooks().hasCUDART();
  const std::shared_ptr<const Nvml> nvml = open_nvml();
  const std::string driver = nvml ? nvml->driver_version().value_or("") : "";
  report.facts.emplace_back("driver", driver);
  report.facts.emplace_back("torch_has_cuda", is_there);
  const std::vector<Hindrance> hindrances = what_hinders_cuda();
  for (const Hindrance& hindrance : hindrances) report.notes.push_back(hindrance.why.english());
  if (hindrances.empty() && card_count() == 0) {
    report.lines.push_back(std::string("no CUDA card: ") +
                           (driver.empty() ? "no NVIDIA driver was found"
                            : !is_there    ? "built without CUDA; scripts/start_app.sh adds it"
                                           : "the driver shows none"));
  }
  if (!driver.empty()) report.lines.push_back("NVIDIA driver " + driver);
}

}  // namespace headroom
