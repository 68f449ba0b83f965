#pragma once
#include "headroom/core/memory_snapshot.h"
#include "headroom/core/number_format.h"

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

// What this program holds on a device, measured by the device's own allocator.
struct DeviceUse {
  std::int64_t weights = 0;
  std::int64_t activations = 0;
  std::int64_t cached = 0;     // held, but not in use
  std::int64_t peak = 0;       // largest weights + activations since the current stage began
  std::int64_t held_peak = 0;  // largest amount the device had given to the program since then
};

// The most that a stage or a run used of a device.
struct PeakUse {
  std::int64_t in_use = 0;  // handed out by the allocator
  std::int64_t held = 0;    // given by the device; on the CPU the same
};

// A device's memory as its driver reports it.
struct DeviceCapacity {
  std::int64_t total = 0;
  std::int64_t free = 0;  // now
  // Part of the total that no tensor can have: what the driver keeps and, on a GPU, what this
  // program takes or will take beside its allocator (context, kernels' code, CUDA's libraries).
  std::int64_t reserved_by_driver = 0;
  bool overhead_is_known = true;  // whether the program's part of it is known
};

// Memory that this program takes on a GPU beside its allocator, in bytes.
struct CardOverhead {
  std::int64_t context = 0;  // the driver's context, from the first call on
  std::int64_t loaded = 0;   // in addition: kernels' code and CUDA's libraries
};

// What some work allocated beyond what was in use before it, in bytes.
struct WorkUse {
  std::int64_t peak = 0;  // largest amount at one moment
  std::int64_t kept = 0;  // still held when the work has returned
};

// One device: what it is and can do, what its memory holds, and the few things that differ between
// kinds of devices. All that the program stores about a device is here, and no code above asks for
// the kind. May be used from any thread unless a function says otherwise.
class DeviceBackend {
 public:
  DeviceBackend() = default;
  virtual ~DeviceBackend() = default;
  DeviceBackend(const DeviceBackend&) = delete;
  DeviceBackend& operator=(const DeviceBackend&) = delete;

  // What it is.
  [[nodiscard]] virtual std::string id() const = 0;      // "cpu", "cuda:0", as --device takes it
  [[nodiscard]] virtual std::string source() const = 0;  // origin of memory figures, for people
  [[nodiscard]] virtual c10::Device torch_device() const = 0;
  // Whether its memory is separate from the machine's: then weights must be copied to it, and the
  // host can help out.
  [[nodiscard]] virtual bool has_own_memory() const = 0;

  // What it can do.
  // What NumberFormat::kAuto stands for: float32, bfloat16 or float16.
  [[nodiscard]] virtual NumberFormat usual_format() const = 0;
  [[nodiscard]] virtual bool computes_bfloat16() const = 0;  // natively, for products and attention
  [[nodiscard]] virtual bool convolves_bfloat16() const = 0;
  // A GPU's capability, "7.5"; empty if not known.
  [[nodiscard]] virtual std::string generation() const = 0;
  // Settings of libtorch's caching allocator, in the form of parse_allocator_conf(); nothing where
  // another allocator is used (see cpu_budget.h).
  [[nodiscard]] virtual std::optional<std::string> caching_settings() const = 0;
  // Bytes that libraries take at their first product and keep.
  [[nodiscard]] virtual std::int64_t library_bytes() const = 0;

  // The number of multiprocessors of a GPU whose fused 16-bit attention splits the keys of few
  // queries among them, see WorkspaceTerms::multiprocessors; else 0.
  [[nodiscard]] virtual int attention_multiprocessors() const = 0;
  // What else the libraries' memory depends on: the driver's version and the user's settings for
  // them. Empty on the CPU.
  [[nodiscard]] virtual std::string libraries() const = 0;

  // Prepares the device for computing and makes it the calling thread's current GPU; every thread
  // that works with the device must call it. On a GPU it creates the driver's context, which takes
  // half a second and some 100 MB of the GPU. Before that use() is 0. Further calls cost nothing.
  virtual void set_up() = 0;
  // Tells what this program takes on the device beside its allocator, as measured in earlier runs;
  // capacity() subtracts it from now on, whether taken yet or not. Once this is known, capacity()
  // can read the memory without a context, which would keep a laptop's second GPU awake, until
  // there is something to compute.
  virtual void expect_overhead(const CardOverhead& overhead) = 0;
  // Measures that now, compared with the moment of set_up(); nothing on devices without it.
  // `complete`: a whole run has been made, so that nothing more will be loaded.
  virtual std::optional<CardOverhead> measure_overhead(bool complete) = 0;
  // Waits for all queued work.
  virtual void synchronize() = 0;

  // What its memory holds.
  [[nodiscard]] virtual DeviceUse use() const = 0;
  [[nodiscard]] virtual DeviceCapacity capacity() const = 0;
  // How many of the `total` bytes that a device is sold with are not for tensors: what the driver
  // keeps, and what this program takes beside them, as measured or else a usual value.
  [[nodiscard]] virtual std::int64_t share_beside_tensors(std::int64_t total) const = 0;
  // The other programs that hold memory, where the driver tells. Slower than capacity().
  [[nodiscard]] virtual std::vector<OtherProgram> other_programs() const = 0;
  // How many bytes a request of `bytes` counts as in measure().
  [[nodiscard]] virtual std::int64_t counted(std::int64_t bytes) const = 0;
  // Tells how much of the memory in use is weights, for allocators that cannot know. The owner of
  // the weights calls this at each change.
  virtual void count_as_weights(std::int64_t bytes) = 0;

  // Holds `bytes` in total, including what is in use, `small_bytes` of them for small requests
  // (see Plan::small_pool_bytes), so that a run that needs no more never asks the driver. Throws
  // Error{kOutOfMemory}, or an error that is_out_of_memory() recognises, when the device has too
  // little.
  virtual void reserve(std::int64_t bytes, std::int64_t small_bytes) = 0;
  // Ends that and gives back all that is not in use, including page-locked host memory.
  virtual void let_go() = 0;
  // How often the driver was asked for memory since reserve().
  [[nodiscard]] virtual std::int64_t driver_allocations() const = 0;
  // Gives unused cached memory back to the driver.
  virtual void release_cached() = 0;
  // Refuses allocations beyond `bytes` in total, including what is in use, even if the device has
  // more; a GPU's allocator first tries to give back its cache. 0 removes the limit.
  virtual void limit(std::int64_t bytes) = 0;

  // Peaks of a run: begin_run() resets them; end_stage() returns the peak since the run began or
  // the previous stage ended. run_peak() is the largest amount in use in the run so far.
  void begin_run();
  PeakUse end_stage();
  [[nodiscard]] std::int64_t run_peak() const;

  // What `work` allocates beyond what is in use before it, in bytes as the device's allocator
  // counts them; on a GPU as requested, before rounding. Resets the current stage's peak.
  [[nodiscard]] WorkUse measure(const std::function<void()>& work);

 protected:
  virtual void reset_peak() = 0;
  // Peak since reset_peak() and present use, counted as in measure().
  [[nodiscard]] virtual WorkUse counted_use() const = 0;

 private:
  std::atomic<std::int64_t> run_peak_ = 0;
};

}  // namespace headroom
