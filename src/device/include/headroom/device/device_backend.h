#pragma once
#include "headroom/core/memory_snapshot.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace c10 {
struct Device;
}

namespace headroom {

// What this program has on a device, measured by the device's own allocator.
struct DeviceUse {
  std::int64_t weights = 0;
  std::int64_t activations = 0;
  std::int64_t cached = 0;     // held, but not in use
  std::int64_t peak = 0;       // largest weights + activations since the current stage began
  std::int64_t held_peak = 0;  // largest amount that the device had given since then
};

// The most that a stage, or a run, had of a device.
struct PeakUse {
  std::int64_t in_use = 0;  // handed out
  std::int64_t held = 0;    // given by the device; on the CPU the same
};

// A device's memory as its driver tells it.
struct DeviceCapacity {
  std::int64_t total = 0;
  std::int64_t free = 0;  // now
  // Part of the total that no tensor gets: what the driver keeps, and on a card what this program
  // takes beside its allocator, the driver's context, kernels' code and CUDA's libraries, whether
  // it is there yet or not.
  std::int64_t reserved_by_driver = 0;
  bool overhead_is_known = true;  // the second of them
};

// What this program takes of a card beside its allocator, in bytes.
struct CardOverhead {
  std::int64_t context = 0;  // the driver's, from the first look at the card on
  std::int64_t loaded = 0;   // beyond it: kernels' code and CUDA's libraries
};

struct WorkUse {
  std::int64_t peak = 0;  // at the worst moment
  std::int64_t kept = 0;  // still held when the work has returned
};

// One device: what it is and can, what its memory holds, and the few things that are done
// differently on each kind. All that the program keeps about a device lives here. Nothing above
// asks which kind it is. Any thread, unless it says otherwise.
class DeviceBackend {
 public:
  DeviceBackend() = default;
  virtual ~DeviceBackend() = default;
  DeviceBackend(const DeviceBackend&) = delete;
  DeviceBackend& operator=(const DeviceBackend&) = delete;

  // What it is.
  [[nodiscard]] virtual std::string id() const = 0;      // "cpu", "cuda:0", as --device takes it
  [[nodiscard]] virtual std::string source() const = 0;  // of figures, for people
  [[nodiscard]] virtual c10::Device torch_device() const = 0;
  // Memory of its own beside the machine's: weights travel to it, and the host can help out.
  [[nodiscard]] virtual bool has_own_memory() const = 0;

  // What it can.
  // The number format that networks compute in unless a person says otherwise: "fp32", "bf16",
  // "fp16".
  [[nodiscard]] virtual std::string usual_format() const = 0;
  [[nodiscard]] virtual bool computes_bfloat16() const = 0;  // products and attention
  [[nodiscard]] virtual bool convolves_bfloat16() const = 0;
  [[nodiscard]] virtual std::string generation() const = 0;  // "7.5" of a card, empty if not known
  // Settings of libtorch's caching allocator, as parse_allocator_conf() reads them; nothing where
  // another allocator counts (see cpu_budget.h).
  [[nodiscard]] virtual std::optional<std::string> caching_settings() const = 0;
  // What libraries take at their first product and keep, in bytes.
  [[nodiscard]] virtual std::int64_t library_bytes() const = 0;

  // Of a card whose fused attention in 16 bits splits few queries' keys among them, see
  // WorkspaceTerms::multiprocessors; else 0.
  [[nodiscard]] virtual int attention_multiprocessors() const = 0;
  // What else the libraries' own memory depends on: the driver's version and the person's settings
  // for them. Empty on the CPU.
  [[nodiscard]] virtual std::string libraries() const = 0;

  // Makes it ready to compute, and the calling thread's own among several cards, which every thread
  // must ask for that works with it: on a card the driver's context, half a second and some 100 MB
  // of the card. Until then use() is 0. Again: costs nothing.
  virtual void set_up() = 0;
  // What this program takes of the device beside its allocator, as measured in earlier runs;
  // capacity() counts it, there yet or not. Once it is known, the memory is read without a context,
  // which would keep a laptop's second card awake, until there is something to compute.
  virtual void expect_overhead(const CardOverhead& overhead) = 0;
  // Measures it now, against the moment of set_up(); nothing where there is no such thing.
  // `complete`: a whole run has been made, so that nothing is left to be loaded.
  virtual std::optional<CardOverhead> measure_overhead(bool complete) = 0;
  // Waits for all work that was queued.
  virtual void synchronize() = 0;

  // What its memory holds.
  [[nodiscard]] virtual DeviceUse use() const = 0;
  [[nodiscard]] virtual DeviceCapacity capacity() const = 0;
  // What of a device that is sold with `total` bytes is not for tensors: what the driver keeps for
  // itself, and what this program takes beside them, as measured or else as usual.
  [[nodiscard]] virtual std::int64_t share_beside_tensors(std::int64_t total) const = 0;
  // Who else holds memory, where the driver tells. Takes longer.
  [[nodiscard]] virtual std::vector<OtherProgram> other_programs() const = 0;
  // Bytes that a request of `bytes` counts as in measure().
  [[nodiscard]] virtual std::int64_t counted(std::int64_t bytes) const = 0;
  // So much of what is in use is weights, where the allocator cannot tell: the owner of the weights
  // says so whenever that changes.
  virtual void count_as_weights(std::int64_t bytes) = 0;

  // Holds `bytes` in all, what is in use included, `small_bytes` of them for small requests (see
  // Plan::small_pool_bytes), so that a run that needs no more asks the driver for nothing. Throws
  // Error{kOutOfMemory}, or what is_out_of_memory() knows, when the device has not that much.
  virtual void reserve(std::int64_t bytes, std::int64_t small_bytes) = 0;
  // Ends that, and what is not in use goes back, page-locked memory of the host too.
  virtual void let_go() = 0;
  // How often the driver was asked for memory since reserve().
  [[nodiscard]] virtual std::int64_t driver_allocations() const = 0;
  // Gives unused cached memory back to the driver.
  virtual void release_cached() = 0;
  // Allocations beyond `bytes` in all, what is in use included, are refused, however much more the
  // device has; on a card what is cached goes back first, where that helps. 0 lifts it.
  virtual void limit(std::int64_t bytes) = 0;

  // Peaks of a run: begin_run() forgets the last run's; end_stage() returns the largest use since
  // the run or the stage before began. run_peak() is the largest in use of the whole run so far.
  void begin_run();
  PeakUse end_stage();
  [[nodiscard]] std::int64_t run_peak() const;

  // What `work` takes beyond what is in use before it, in bytes as the device's allocator counts
  // them; on a card as they were asked for, before its rounding. Forgets the peak of a current
  // stage.
  [[nodiscard]] WorkUse measure(const std::function<void()>& work);

 protected:
  virtual void reset_peak() = 0;
  // Peak since reset_peak() and present use, counted as for measure().
  [[nodiscard]] virtual WorkUse counted_use() const = 0;

 private:
  std::atomic<std::int64_t> run_peak_ = 0;
};

}  // namespace headroom
