#include "toy/toy_cards.h"

#include "headroom/core/bytes.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/device/memory_tag.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include <ATen/ops/empty.h>
#include <c10/core/Device.h>

namespace headroom {
namespace {

class ToyCard final : public DeviceBackend {
 public:
  ToyCard(int index, bool is_card) : index_(index), is_card_(is_card) {}

  [[nodiscard]] std::string id() const override { return "toy:" + std::to_string(index_); }
  [[nodiscard]] std::string source() const override { return "TOY: Toy"; }
  [[nodiscard]] c10::Device torch_device() const override {
    return c10::Device(c10::DeviceType::CPU);
  }
  [[nodiscard]] bool has_own_memory() const override { return is_card_; }

  [[nodiscard]] NumberFormat usual_format() const override { return NumberFormat::kFloat32; }
  [[nodiscard]] bool computes_bfloat16() const override { return false; }
  [[nodiscard]] bool convolves_bfloat16() const override { return false; }
  [[nodiscard]] std::string generation() const override { return "1"; }
  [[nodiscard]] std::optional<std::string> caching_settings() const override {
    if (!is_card_) return std::nullopt;
    return "max_split_size_mb:64";
  }
  [[nodiscard]] std::int64_t library_bytes() const override { return kMiB; }
  [[nodiscard]] int attention_multiprocessors() const override { return 0; }
  [[nodiscard]] std::string libraries() const override { return "toys 1.0"; }

  void set_up() override { cpu_budget::install(); }
  void expect_overhead(const CardOverhead& /*overhead*/) override {}
  std::optional<CardOverhead> measure_overhead(bool /*complete*/) override { return {}; }
  void synchronize() override {}

  [[nodiscard]] DeviceUse use() const override {
    const cpu_budget::Use use = cpu_budget::use();
    return {use.weights, use.activations, std::max<std::int64_t>(0, use.reserved - use.total()),
            use.peak, use.peak};
  }
  [[nodiscard]] DeviceCapacity capacity() const override {
    return {6 * kGiB, 6 * kGiB - cpu_budget::use().total(), 0};
  }
  [[nodiscard]] std::int64_t share_beside_tensors(std::int64_t /*total*/) const override {
    return 0;
  }
  [[nodiscard]] std::vector<OtherProgram> other_programs() const override { return {}; }
  [[nodiscard]] std::int64_t counted(std::int64_t bytes) const override {
    return cpu_budget::rounded(bytes);
  }
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

 private:
  const int index_;
  const bool is_card_;
};

bool are_there() {
  const char* const toys = std::getenv("TOYS");
  return toys == nullptr || std::string_view(toys) != "0";
}

}  // namespace

std::vector<Device> find_toys() {
  if (!are_there()) return {};
  return {{std::make_shared<ToyCard>(0, /*is_card=*/false), "Toy"}};
}

Device pretended_toy(int index, std::string name, int /*compute_capability*/) {
  return {std::make_shared<ToyCard>(index, /*is_card=*/true), std::move(name)};
}

std::vector<Hindrance> what_hinders_toys() {
  if (!are_there()) return {};
  return {{"toy:1", Message("Toy 2 cannot be used: its spring is broken")}};
}

void describe_toys(SystemReport& report) {
  report.facts.emplace_back("toy_driver", "1.0");
  report.lines.emplace_back("toy driver 1.0");
  for (const Hindrance& hindrance : what_hinders_toys()) {
    report.notes.push_back(hindrance.why.english());
  }
}

bool toys_ran_out(const std::exception& error) { return error.what() == std::string("no toys"); }

std::optional<Message> explain_toy_error(int /*code*/) { return std::nullopt; }

at::Tensor memory_of_toys(std::int64_t bytes) {
  const ScopedMemoryTag tag(MemoryTag::kHost);
  return at::empty({bytes}, at::TensorOptions(at::kCPU).dtype(at::kByte));
}

}  // namespace headroom
