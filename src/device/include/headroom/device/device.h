#pragma once
#include "headroom/core/error.h"
#include "headroom/core/memory_snapshot.h"
#include "headroom/device/device_backend.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace headroom {

// Where the networks run. Copies share one backend.
struct Device {
  std::shared_ptr<DeviceBackend> backend;
  std::string name;       // for people: the GPU's, or "CPU budget"
  std::string uuid = {};  // "GPU-…" of a GPU, empty where there is none
  [[nodiscard]] std::string id() const { return backend->id(); }
  // The name in files that tells it apart from other devices of the same name.
  [[nodiscard]] std::string key() const { return uuid.empty() ? name : name + " " + uuid; }
};

// Every device of this machine, the CPU last.
[[nodiscard]] std::vector<Device> list_devices();

// The words that choose_device() accepts: "auto, cpu, cuda, cuda:N".
[[nodiscard]] std::string device_words();
// Whether `wanted` is one of these words, even if this machine has no such device.
[[nodiscard]] bool is_device_word(const std::string& wanted);

// Why existing devices cannot be used, one sentence each.
[[nodiscard]] std::vector<Message> unusable_devices();

// A device that does not exist, to plan for. `kind` as --device takes it without a number, "cuda";
// `compute_capability` of a GPU, 75 for 7.5, 0 = not known.
[[nodiscard]] Device pretended_device(const std::string& kind, int index, std::string name,
                                      int compute_capability = 0);

// Such a device if `wanted` names a kind other than the CPU of which this machine has no usable
// device; nothing otherwise.
[[nodiscard]] std::optional<Device> absent_device(const std::string& wanted);

// "auto" (the first GPU, else the CPU), "cpu", "cuda", "cuda:1". Throws Error{kInvalidRequest} for
// anything else and for a GPU that does not exist or cannot be used.
[[nodiscard]] Device choose_device(const std::string& wanted);

// Returns the other programs that hold memory; asked each time.
using OtherPrograms = std::function<std::vector<OtherProgram>()>;

// Reads one device's memory. May be used from any thread.
class DeviceMemory {
 public:
  // `pretend_total`: behave like a GPU of this size with nothing else on it. `pretend_others`:
  // further programs that hold memory on it, asked at each reading; may be empty.
  DeviceMemory(Device device, std::optional<std::int64_t> pretend_total,
               OtherPrograms pretend_others = {});

  [[nodiscard]] MemorySnapshot read() const;
  // The other programs that hold memory, largest first, where the driver tells. Slower than
  // read().
  [[nodiscard]] std::vector<OtherProgram> other_programs() const;
  [[nodiscard]] const Device& device() const { return device_; }

 private:
  Device device_;
  std::optional<std::int64_t> pretend_total_;
  OtherPrograms pretend_others_;
};

// What `headroom devices` shows of one device.
struct DeviceReport {
  Device device;
  MemorySnapshot memory;
  std::vector<OtherProgram> other_programs;  // from DeviceMemory::other_programs()
};
// What `headroom devices` shows of the whole machine.
struct SystemReport {
  std::vector<DeviceReport> devices;
  // What the kinds of devices report: facts for programs, such as {"driver", "580.95.05"}, and
  // lines for people.
  std::vector<std::pair<std::string, std::variant<bool, std::string>>> facts;
  std::vector<std::string> lines;
  std::vector<std::string> notes;  // GPUs that cannot be used and drivers that are too old
};
// `prepare` is called with each device before its memory is read.
[[nodiscard]] SystemReport report_devices(std::optional<std::int64_t> pretend_total,
                                          OtherPrograms pretend_others = {},
                                          const std::function<void(const Device&)>& prepare = {});

// An error's message for a person: for libtorch's errors, without the stack of functions.
[[nodiscard]] std::string plain_message(const std::exception& error);
// The same in any language: an error from a library has no translation, so only its kind is told.
[[nodiscard]] Message message_of(const std::exception& error);
// Whether memory of a device has run out: Error{kOutOfMemory}, torch's own error, the driver's
// when there is no room for a kernel's code, those of cuBLAS and cuDNN, and that of a convolution
// without a plan after memory was refused.
[[nodiscard]] bool is_out_of_memory(const std::exception& error);
// Error{kDevice} where a GPU failed for another reason (a faulty kernel, a GPU that is gone, a
// laptop that slept): nothing more can be done with it in this process. Nothing for other errors.
[[nodiscard]] std::optional<Error> device_failure(const std::exception& error);
// Stops libtorch from writing warnings to stderr, unless TORCH_CPP_LOG_LEVEL asks for them: the
// program reports their subjects itself.
void quiet_libtorch();
// The version of libtorch that the program was built with, "2.13.0".
[[nodiscard]] std::string libtorch_version();

}  // namespace headroom
