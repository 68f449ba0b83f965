#include "cpu/cpu_backend.h"

#include "headroom/core/processor_name.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/device/memory_tag.h"
#include "headroom/device/workspace.h"

#include "system_memory.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/ones.h>
#include <c10/core/Device.h>

namespace headroom {
namespace {

// MKL's vector functions choose their code in the first call of a process. If several threads share
// that call, one of them may compute its part with less exact code (MKL 2024.2, exp of 9,216 values
// on 2 threads: other last bits in 2 of 1,000 processes). So few values come first, on one thread.
void settle_vector_math() {
  const ScopedMemoryTag tag(MemoryTag::kHost);
  static const bool kSettled = at::exp(at::ones({16})).defined();
  static_cast<void>(kSettled);
}

class CpuBackend final : public DeviceBackend {
 public:
  [[nodiscard]] std::string id() const override { return "cpu"; }
  [[nodiscard]] std::string source() const override { return kProcessorName; }
  [[nodiscard]] c10::Device torch_device() const override {
    return c10::Device(c10::DeviceType::CPU);
  }
  [[nodiscard]] bool has_own_memory() const override { return false; }

  [[nodiscard]] NumberFormat usual_format() const override { return NumberFormat::kFloat32; }
  [[nodiscard]] bool computes_bfloat16() const override { return true; }
  [[nodiscard]] std::string generation() const override { return {}; }
  // The CPU library has no such convolutions for processors without AVX-512.
  [[nodiscard]] bool convolves_bfloat16() const override {
    return workspace::cpu_convolves_bfloat16();
  }
  [[nodiscard]] std::optional<std::string> caching_settings() const override { return {}; }
  [[nodiscard]] std::int64_t library_bytes() const override { return 0; }

  [[nodiscard]] int attention_multiprocessors() const override { return 0; }
  [[nodiscard]] std::string libraries() const override { return {}; }

  void set_up() override {
    cpu_budget::install();
    settle_vector_math();
  }
  void expect_overhead(const CardOverhead& /*overhead*/) override {}
  std::optional<CardOverhead> measure_overhead(bool /*complete*/) override { return {}; }
  void synchronize() override {}

  [[nodiscard]] DeviceUse use() const override {
    const cpu_budget::Use use = cpu_budget::use();
    return {use.weights, use.activations, std::max<std::int64_t>(0, use.reserved - use.total()),
            use.peak, use.peak};
  }
  [[nodiscard]] DeviceCapacity capacity() const override {
    const SystemMemory system = read_system_memory();
    return {system.total_bytes, system.available_bytes, 0};
  }
  // The whole budget is for tensors.
  [[nodiscard]] std::int64_t share_beside_tensors(std::int64_t /*total*/) const override {
    return 0;
  }
  [[nodiscard]] std::vector<OtherProgram> other_programs() const override { return {}; }
  [[nodiscard]] std::int64_t counted(std::int64_t bytes) const override {
    return cpu_budget::rounded(bytes);
  }
  // Blocks carry tags, so the allocator knows.
  void count_as_weights(std::int64_t /*bytes*/) override {}

  void reserve(std::int64_t bytes, std::int64_t /*small_bytes*/) override {
    cpu_budget::reserve(bytes);
  }
  void let_go() override { cpu_budget::reserve(0); }
  [[nodiscard]] std::int64_t driver_allocations() const override {
    return cpu_budget::use().growths;
  }
  void release_cached() override {}
  void limit(std::int64_t bytes) override { cpu_budget::set_limit(bytes); }

 protected:
  void reset_peak() override { cpu_budget::reset_peak(); }
  [[nodiscard]] WorkUse counted_use() const override {
    const cpu_budget::Use use = cpu_budget::use();
    return {use.peak, use.total()};
  }
};

}  // namespace

std::vector<Device> find_processors() { return {pretended_processor(0, kProcessorName, 0)}; }

Device pretended_processor(int /*index*/, std::string name, int /*compute_capability*/) {
  return {std::make_shared<CpuBackend>(), std::move(name)};
}

std::vector<Hindrance> what_hinders_processors() { return {}; }

void describe_processor(SystemReport& /*report*/) {}

bool processor_ran_out(const std::exception& /*error*/) { return false; }

std::optional<Message> explain_processor_error(int /*code*/) { return std::nullopt; }

at::Tensor ordinary_memory(std::int64_t bytes) {
  const ScopedMemoryTag tag(MemoryTag::kHost);
  return at::empty({bytes}, at::TensorOptions(at::kCPU).dtype(at::kByte));
}

}  // namespace headroom
