#pragma once
#include "headroom/core/error.h"
#include "headroom/core/memory_snapshot.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

class Nvml;

// Where the networks run.
struct Device {
  enum class Kind { kCpu, kCuda };
  Kind kind = Kind::kCpu;
  int index = 0;                    // of the card, kCuda only
  std::string name = "CPU budget";  // for people: the card's name
  int compute_capability = 0;       // of a card, 75 for 7.5; 0 = not known
  [[nodiscard]] bool is_cuda() const { return kind == Kind::kCuda; }
  [[nodiscard]] std::string id() const;  // "cpu", "cuda:0", as --device takes it
};

// Every device of this machine, the CPU last.
[[nodiscard]] std::vector<Device> list_devices();

// "auto" (the first card, else the CPU), "cpu", "cuda", "cuda:1". Throws Error{kInvalidRequest} for
// anything else and for a card that is not there.
[[nodiscard]] Device choose_device(const std::string& wanted);

// Says who else holds memory, each time anew.
using OtherPrograms = std::function<std::vector<OtherProgram>()>;

// Reads one device's memory. Any thread.
class DeviceMemory {
 public:
  // `pretend_total`: behave like a card of this size with nothing else on it.
  // `pretend_others`: programs that hold memory of it as well, asked at each reading; may be empty.
  DeviceMemory(Device device, std::optional<std::int64_t> pretend_total,
               OtherPrograms pretend_others = {});

  [[nodiscard]] MemorySnapshot read() const;
  // Who else holds memory, largest first, where the driver tells. Takes longer than read().
  [[nodiscard]] std::vector<OtherProgram> other_programs() const;
  [[nodiscard]] const Device& device() const { return device_; }

 private:
  Device device_;
  std::optional<std::int64_t> pretend_total_;
  OtherPrograms pretend_others_;
  std::shared_ptr<const Nvml> nvml_;  // opened once: it is asked four times a second
};

// What `headroom devices` shows of one device.
struct DeviceReport {
  Device device;
  MemorySnapshot memory;
  std::vector<OtherProgram> other_programs;  // as DeviceMemory::other_programs()
};
struct SystemReport {
  std::vector<DeviceReport> devices;
  std::string driver;              // version of the NVIDIA driver, empty without one
  bool torch_has_cuda = false;     // libtorch's CUDA part is there
  std::string allocator_settings;  // PYTORCH_CUDA_ALLOC_CONF, empty when unset
};
[[nodiscard]] SystemReport report_devices(std::optional<std::int64_t> pretend_total,
                                          OtherPrograms pretend_others = {});

// What this program has on a device, measured by the device's own allocator.
struct DeviceUse {
  std::int64_t weights = 0;
  std::int64_t activations = 0;
  std::int64_t cached = 0;  // held, but not in use
  std::int64_t peak = 0;    // largest weights + activations since the current stage began
};
[[nodiscard]] DeviceUse read_use(const Device& device);

// Makes the device ready to compute: on a card the driver's context, half a second at most and some
// 100 MB of the card. Until then every figure of read_use() is 0. Again: costs nothing.
void set_up(const Device& device);

// Peaks of a run: begin_run() forgets the last run's; end_stage() returns the largest use since the
// run or the stage before began. DeviceMemory reports the largest of the whole run.
void begin_run(const Device& device);
std::int64_t end_stage(const Device& device);

// Holds `bytes` of the device in all, what is in use included, so that a run that needs no more
// asks the driver for nothing; 0 ends that. Throws Error{kOutOfMemory} when the device has not that
// much.
void reserve_memory(const Device& device, std::int64_t bytes);
// How often this program had to ask the driver for memory since reserve_memory().
[[nodiscard]] std::int64_t driver_allocations(const Device& device);
// What an error says to a person: libtorch's without the frames of its functions.
[[nodiscard]] std::string plain_message(const std::exception& error);
// True for whatever is thrown when a device's memory runs out: Error{kOutOfMemory}, torch's own,
// the driver's when a kernel finds no memory for its code, and those of cuBLAS and cuDNN.
[[nodiscard]] bool is_out_of_memory(const std::exception& error);
// Error{kDevice} where a card failed in another way (a kernel that went wrong, a card that is gone,
// a laptop that slept): nothing can be done with it any more in this process.
[[nodiscard]] std::optional<Error> device_failure(const std::exception& error);
// What `work` takes beyond what is in use before it, in bytes as the device's allocator counts
// them; on a card as they were asked for, before its rounding. Forgets the peak of a current stage.
struct WorkUse {
  std::int64_t peak = 0;  // at the worst moment
  std::int64_t kept = 0;  // still held when `work` has returned
};
[[nodiscard]] WorkUse measure_work(const Device& device, const std::function<void()>& work);

// The version of libtorch that the program was built with, "2.13.0".
[[nodiscard]] std::string libtorch_version();

// On a card the caching allocator does not know what a block is for: the owner of the weights says.
void set_card_weights(std::int64_t bytes);
// Gives unused cached memory back to the driver (cards only).
void release_cached(const Device& device);
// Refuses allocations beyond `bytes` (CPU budget only; on a card the plan keeps within the budget).
void enforce_limit(const Device& device, std::int64_t bytes);

}  // namespace headroom
