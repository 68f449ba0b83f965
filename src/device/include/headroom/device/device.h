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

// Where the networks run. Copies share what is kept about the device.
struct Device {
  std::shared_ptr<DeviceBackend> backend;
  std::string name;       // for people: the card's
  std::string uuid = {};  // "GPU-…" of a card, empty where there is none
  [[nodiscard]] std::string id() const { return backend->id(); }
  // By which files tell it from others of its name.
  [[nodiscard]] std::string key() const { return uuid.empty() ? name : name + " " + uuid; }
};

// Every device of this machine, the CPU last.
[[nodiscard]] std::vector<Device> list_devices();

// What may be asked of choose_device() by name: "auto, cpu, cuda, cuda:N".
[[nodiscard]] std::string device_words();
// Whether `wanted` is one of those, whatever this machine has.
[[nodiscard]] bool is_device_word(const std::string& wanted);

// Devices that are there and cannot be used, or what stands in the way of them: a sentence each.
[[nodiscard]] std::vector<Message> unusable_devices();

// A device that is not there, to plan for: `kind` as --device takes it without a number, "cuda";
// `compute_capability` of a card, 75 for 7.5, 0 = not known.
[[nodiscard]] Device pretended_device(const std::string& kind, int index, std::string name,
                                      int compute_capability = 0);

// Such a device where `wanted` names a kind beside the processor of which this machine has none, or
// none that can be used; nothing for others.
[[nodiscard]] std::optional<Device> absent_device(const std::string& wanted);

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
};

// What `headroom devices` shows of one device.
struct DeviceReport {
  Device device;
  MemorySnapshot memory;
  std::vector<OtherProgram> other_programs;  // as DeviceMemory::other_programs()
};
struct SystemReport {
  std::vector<DeviceReport> devices;
  // What the kinds of devices say of themselves: for programs, as {"driver", "580.95.05"}, and for
  // people, in lines.
  std::vector<std::pair<std::string, std::variant<bool, std::string>>> facts;
  std::vector<std::string> lines;
  std::vector<std::string> notes;  // cards that cannot be used and drivers that are too old
};
// `prepare` is called with each device before its memory is read.
[[nodiscard]] SystemReport report_devices(std::optional<std::int64_t> pretend_total,
                                          OtherPrograms pretend_others = {},
                                          const std::function<void(const Device&)>& prepare = {});

// What an error says to a person: libtorch's without the frames of its functions.
[[nodiscard]] std::string plain_message(const std::exception& error);
// The same for a person of any language: what is not ours tells no more than its kind.
[[nodiscard]] Message message_of(const std::exception& error);
// True for whatever is thrown when a device's memory runs out: Error{kOutOfMemory}, torch's own,
// the driver's when a kernel finds no memory for its code, those of cuBLAS and cuDNN, and that of a
// convolution without a plan where memory was refused before.
[[nodiscard]] bool is_out_of_memory(const std::exception& error);
// Error{kDevice} where a card failed in another way (a kernel that went wrong, a card that is gone,
// a laptop that slept): nothing can be done with it any more in this process.
[[nodiscard]] std::optional<Error> device_failure(const std::exception& error);
// From now on libtorch writes no warnings of its own to stderr, unless TORCH_CPP_LOG_LEVEL asks for
// them: what they are about is said in words of ours.
void quiet_libtorch();
// The version of libtorch that the program was built with, "2.13.0".
[[nodiscard]] std::string libtorch_version();

}  // namespace headroom
