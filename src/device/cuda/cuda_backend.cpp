#include "cuda/cuda_backend.h"

#include "headroom/core/bytes.h"
#include "headroom/memory/caching_allocator_model.h"

#include "cuda_memory_fraction.h"
#include "cuda_settings.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/ops/empty.h>
#include <c10/core/AllocatorConfig.h>
#include <unistd.h>

namespace headroom {
namespace {

using cuda_runtime::Capability;

constexpr Capability kAmpere{8, 0};
constexpr Capability kHopper{9, 0};

class CudaBackend final : public DeviceBackend {
 public:
  CudaBackend(int index, std::string name, bool exists, std::optional<Capability> capability,
              std::shared_ptr<const Nvml> nvml)
      : index_(static_cast<c10::DeviceIndex>(index)),
        name_(std::move(name)),
        exists_(exists),
        capability_(capability),
        nvml_(std::move(nvml)) {}

  [[nodiscard]] std::string id() const override { return "cuda:" + std::to_string(index_); }
  [[nodiscard]] std::string source() const override { return "CUDA: " + name_; }
  [[nodiscard]] c10::Device torch_device() const override { return {at::kCUDA, index_}; }
  [[nodiscard]] bool has_own_memory() const override { return true; }

  [[nodiscard]] NumberFormat usual_format() const override {
    return computes_bfloat16() ? NumberFormat::kBfloat16 : NumberFormat::kFloat16;
  }
  // True from Ampere on. Older GPUs emulate products in bfloat16 and have no fused attention or
  // convolutions for it.
  [[nodiscard]] bool computes_bfloat16() const override {
    return !capability_ || *capability_ >= kAmpere;
  }
  [[nodiscard]] bool convolves_bfloat16() const override { return computes_bfloat16(); }
  [[nodiscard]] std::string generation() const override {
    if (!capability_) return {};
    return capability_->name();
  }

  [[nodiscard]] std::optional<std::string> caching_settings() const override {
    if (const char* const settings = cuda_settings::of_allocator()) return settings;
    return grows_segments() ? kGrowingSegments : "";
  }

  // cuBLAS's workspace, as at::cuda::getChosenWorkspaceSize() computes it. A GPU of unknown
  // capability is taken to be older than Hopper, as most are.
  [[nodiscard]] std::int64_t library_bytes() const override {
    if (const auto chosen = cuda_settings::cublas_workspace()) return *chosen;
    return capability_ && *capability_ >= kHopper ? 33554432 : 8519680;
  }

  // From Ampere on, libtorch uses flash attention for 16-bit formats.
  [[nodiscard]] int attention_multiprocessors() const override {
    if (!exists_ || !computes_bfloat16()) return 0;
    return cuda_runtime::multiprocessors(index_).value_or(0);
  }
  [[nodiscard]] std::string libraries() const override {
    std::string driver = nvml_ ? nvml_->driver_version().value_or("") : "";
    const char* const workspace = std::getenv("CUBLAS_WORKSPACE_CONFIG");
    return workspace == nullptr ? driver : driver + " " + workspace;
  }

  void set_up() override {
    if (!exists_) return;
    if (!is_set_up()) set_up_libraries();
    // When libtorch chooses a kernel, it asks the thread's current GPU what it can do, whatever
    // GPU the tensors are on.
    at::accelerator::setDeviceIndex(index_);
  }
  void expect_overhead(const CardOverhead& overhead) override {
    const std::scoped_lock lock(context_mutex_);
    context_ = overhead.context;
    overhead_ = overhead.loaded;
    overhead_is_known_ = true;
  }
  std::optional<CardOverhead> measure_overhead(bool complete) override {
    if (!is_set_up()) return std::nullopt;
    loaded_ = ours_of(outside_allocator() - outside_at_set_up_);
    if (complete) {
      overhead_ = loaded_.load();
      overhead_is_known_ = true;
    }
    return CardOverhead{context_bytes(), loaded_};
  }
  void synchronize() override {
    if (is_set_up()) at::accelerator::synchronizeDevice(index_);
  }

  [[nodiscard]] DeviceUse use() const override {
    if (!is_set_up()) return {};
    const auto stats = at::accelerator::getDeviceStats(index_);
    const std::int64_t allocated = stats.allocated_bytes[kAll].current;
    DeviceUse use;
    use.weights = std::min(weights_.load(), allocated);
    use.activations = allocated - use.weights;
    use.cached = stats.reserved_bytes[kAll].current - allocated;
    use.peak = std::max(stats.allocated_bytes[kAll].peak, peak_before_reserve_.load());
    use.held_peak = stats.reserved_bytes[kAll].peak;
    return use;
  }

  [[nodiscard]] DeviceCapacity capacity() const override {
    if (!exists_) return {};
    if (const auto seen = look_from_outside()) return *seen;
    const auto [free, total] = look_at_memory();
    DeviceCapacity capacity;
    capacity.free = static_cast<std::int64_t>(free);
    capacity.total = static_cast<std::int64_t>(total);
    const std::int64_t missing = std::max<std::int64_t>(0, overhead_ - loaded_);
    capacity.free -= std::min(capacity.free, missing);
    capacity.reserved_by_driver = context_bytes() + std::max(overhead_.load(), loaded_.load());
    capacity.overhead_is_known = overhead_is_known_;
    if (!nvml_) return capacity;
    // CUDA's total leaves out part of what the driver keeps; NVML's total includes all of it.
    if (const auto memory = nvml_->memory(index_)) {
      const std::int64_t left_out = std::max<std::int64_t>(0, memory->total - capacity.total);
      capacity.reserved_by_driver += std::max<std::int64_t>(0, memory->reserved - left_out);
    }
    return capacity;
  }
  // GPUs of 4, 6, 8, 12 and 24 GB give programs 3.8, 5.8, 7.8, 11.76 and 23.69 GiB under Linux,
  // according to libtorch's out-of-memory messages. What this program takes beside its tensors is
  // usually 0.3 to 0.45 GiB of that.
  [[nodiscard]] std::int64_t share_beside_tensors(std::int64_t total) const override {
    const std::int64_t beside_tensors =
        overhead_is_known_ ? context_bytes() + overhead_ : std::min(384 * kMiB, total / 10);
    return std::min(200 * kMiB + total / 200, total / 10) + beside_tensors;
  }
  [[nodiscard]] std::vector<OtherProgram> other_programs() const override {
    std::vector<OtherProgram> programs;
    if (!nvml_) return programs;
    for (const Nvml::Process& p : nvml_->other_processes(index_, own_pid_)) {
      programs.push_back({p.pid, p.name, p.bytes});
    }
    return programs;
  }
  [[nodiscard]] std::int64_t counted(std::int64_t bytes) const override { return bytes; }
  void count_as_weights(std::int64_t bytes) override { weights_ = bytes; }

  void reserve(std::int64_t bytes, std::int64_t small_bytes) override {
    if (!is_set_up()) return;
    const std::int64_t peak = use().peak;
    // Allocate and free at once: the blocks stay in libtorch's cache and are split for later
    // requests. The small pool's segments hold two of these blocks each.
    fill_up(kSmall, small_bytes, [](std::int64_t) { return kSmallRequest; });
    fill_up(kLarge, bytes - held(kSmall),
            [](std::int64_t missing) { return std::max(missing, kSmallRequest + 1); });
    requests_at_reserve_ = requests();
    // That these blocks were in use for a moment must not count for the run.
    at::accelerator::resetPeakStats(index_);
    peak_before_reserve_ = peak;
  }
  void let_go() override {
    release_cached();
    if (is_set_up()) at::accelerator::emptyHostCache();
  }
  [[nodiscard]] std::int64_t driver_allocations() const override {
    return requests() - requests_at_reserve_;
  }
  void release_cached() override {
    if (is_set_up()) at::accelerator::emptyCache();
  }
  void limit(std::int64_t bytes) override {
    if (!is_set_up()) return;
    const auto total = static_cast<double>(at::accelerator::getMemoryInfo(index_).second);
    const double share = static_cast<double>(bytes) / total;
    // Rounded up, so that converting to a fraction loses no byte.
    cuda_memory_fraction::set(bytes <= 0 || share >= 1 ? 1.0 : std::nextafter(share, 1.0), index_);
  }

 protected:
  void reset_peak() override {
    peak_before_reserve_ = 0;
    if (is_set_up()) at::accelerator::resetPeakStats(index_);
  }
  [[nodiscard]] WorkUse counted_use() const override {
    if (!is_set_up()) return {};
    const auto requested = at::accelerator::getDeviceStats(index_).requested_bytes[kAll];
    return {requested.peak, requested.current};
  }

 private:
  // Indices of libtorch's StatType: both pools, the pool for requests up to 1 MiB, the other pool.
  static constexpr std::size_t kAll = 0;
  static constexpr std::size_t kSmall = 1;
  static constexpr std::size_t kLarge = 2;
  static constexpr const char* kGrowingSegments = "expandable_segments:True";

  void set_up_libraries() {
    static_cast<void>(look_at_memory());  // creates the context, and measures its size
    at::accelerator::setDeviceIndex(index_);
    if (cuda_settings::of_allocator() == nullptr && grows_segments()) {
      c10::CachingAllocator::setAllocatorSettings(kGrowingSegments);
    }
    at::Context& context = at::globalContext();
    // Allow one attention kernel for each number format, so that the declared workspaces hold:
    // cuDNN's takes a workspace that cannot be predicted, and the plain one takes the whole matrix
    // of scores.
    context.setSDPUseCuDNN(false);
    context.setSDPUseMath(false);
    context.lazyInitDevice(at::kCUDA);
    outside_at_set_up_ = outside_allocator();
  }

  // Before CUDA is set up in this process, the allocator cannot be asked and holds nothing.
  [[nodiscard]] bool is_set_up() const {
    return exists_ && at::getDeviceAllocator(at::kCUDA)->initialized();
  }
  // The first call creates this process's context. In a container the driver may know the process
  // by another id than getpid(): the one that appears at that moment.
  [[nodiscard]] std::pair<std::size_t, std::size_t> look_at_memory() const {
    const auto look = [this] { return at::accelerator::getMemoryInfo(index_); };
    const std::scoped_lock lock(context_mutex_);
    if (!nvml_ || std::exchange(has_context_, true)) return look();
    const std::vector<std::uint32_t> before = nvml_->process_ids(index_);
    const auto memory_before = nvml_->memory(index_);
    const auto seen = look();
    const auto memory_after = nvml_->memory(index_);
    if (memory_before && memory_after) context_ = ours_of(memory_before->free - memory_after->free);
    std::vector<std::uint32_t> after = nvml_->process_ids(index_);
    const auto has = [](const std::vector<std::uint32_t>& ids, std::uint32_t id) {
      return std::find(ids.begin(), ids.end(), id) != ids.end();
    };
    if (has(after, own_pid_)) return seen;
    std::erase_if(after, [&](std::uint32_t id) { return has(before, id); });
    if (after.size() == 1) own_pid_ = after.front();
    return seen;
  }
  [[nodiscard]] std::int64_t context_bytes() const {
    const std::scoped_lock lock(context_mutex_);
    return context_;
  }
  // What NVML reports while this process has no context, minus what the context will take; nothing
  // where either is not known.
  [[nodiscard]] std::optional<DeviceCapacity> look_from_outside() const {
    const std::scoped_lock lock(context_mutex_);
    if (!nvml_ || has_context_ || !overhead_is_known_) return std::nullopt;
    const auto memory = nvml_->memory(index_);
    if (!memory) return std::nullopt;
    DeviceCapacity capacity;
    capacity.total = memory->total - memory->reserved;
    capacity.free = std::max<std::int64_t>(0, memory->free - context_ - overhead_);
    capacity.reserved_by_driver = context_ + overhead_;
    return capacity;
  }
  // Other programs may allocate while this is measured; a difference beyond this limit is taken to
  // be theirs.
  static std::int64_t ours_of(std::int64_t bytes) {
    return std::clamp<std::int64_t>(bytes, 0, kGiB);
  }
  // Bytes in use on the GPU that libtorch's allocator does not hold: those of other programs, of
  // contexts and of code.
  [[nodiscard]] std::int64_t outside_allocator() const {
    const auto [free, total] = at::accelerator::getMemoryInfo(index_);
    return static_cast<std::int64_t>(total - free) - held(kAll);
  }
  // Without NVML libtorch's allocator fails at the first expandable segment. A real GPU nearly
  // always has NVML, so a pretended one is taken to have it.
  [[nodiscard]] bool grows_segments() const { return !exists_ || nvml_ != nullptr; }
  // Bytes that the driver has given to a pool.
  [[nodiscard]] std::int64_t held(std::size_t pool) const {
    return at::accelerator::getDeviceStats(index_).reserved_bytes[pool].current;
  }
  // Makes a pool hold `bytes`, by requests of `size(missing bytes)`. Some requests may be served
  // from memory that the pool has already; all blocks are kept until it has grown.
  template <typename Size>
  void fill_up(std::size_t pool, std::int64_t bytes, const Size& size) const {
    std::vector<at::Tensor> blocks;
    for (std::int64_t missing = bytes - held(pool); missing > 0; missing = bytes - held(pool)) {
      blocks.push_back(
          at::empty({size(missing)}, at::TensorOptions(torch_device()).dtype(at::kByte)));
    }
  }
  [[nodiscard]] std::int64_t requests() const {
    return is_set_up() ? at::accelerator::getDeviceStats(index_).num_device_alloc : 0;
  }

  const c10::DeviceIndex index_;
  const std::string name_;
  const bool exists_;
  const std::optional<Capability> capability_;
  const std::shared_ptr<const Nvml> nvml_;  // opened once, since it is asked four times a second
  mutable std::mutex context_mutex_;
  mutable bool has_context_ = false;
  mutable std::int64_t context_ = 0;  // bytes of the context, also guarded by the mutex
  mutable std::atomic<std::uint32_t> own_pid_ = static_cast<std::uint32_t>(getpid());
  std::atomic<std::int64_t> weights_ = 0;
  std::atomic<std::int64_t> outside_at_set_up_ = 0;
  std::atomic<std::int64_t> overhead_ = 0;  // see expect_overhead()
  std::atomic<std::int64_t> loaded_ = 0;    // how much of it this process has loaded
  std::atomic<bool> overhead_is_known_ = false;
  std::atomic<std::int64_t> requests_at_reserve_ = 0;
  std::atomic<std::int64_t> peak_before_reserve_ = 0;  // of the bytes in use
};

}  // namespace

std::shared_ptr<DeviceBackend> make_cuda_backend(int index, std::string name, bool exists,
                                                 std::optional<Capability> capability,
                                                 std::shared_ptr<const Nvml> nvml) {
  return std::make_shared<CudaBackend>(index, std::move(name), exists, capability, std::move(nvml));
}

}  // namespace headroom
