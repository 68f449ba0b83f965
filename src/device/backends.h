#pragma once
#include "headroom/device/device.h"

#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/TensorBody.h>
#include <c10/core/DeviceType.h>

namespace headroom {

// What keeps a device, or all of a kind, from being used.
struct Hindrance {
  std::string id;  // "cuda:1"; empty: all of the kind
  Message why;
};

// A kind of device: a folder here, and a line in the table in backends.cpp.
struct BackendKind {
  std::string_view name;   // what --device calls it, in small letters
  std::string_view title;  // "CUDA card"
  bool is_numbered;        // there may be several: "cuda:1"
  // The devices of this kind that the machine has and the program can use.
  std::vector<Device> (*find)();
  // One that is not there, to plan for.
  Device (*pretend)(int index, std::string name, int compute_capability);
  // Why devices of this kind that are there cannot be used.
  std::vector<Hindrance> (*what_hinders)();
  // What else there is to say about this kind here.
  void (*describe)(SystemReport& report);
  // Whether an error is its libraries' own way to say that there is no memory.
  bool (*ran_out)(const std::exception& error);
  // An error of its driver that starting again does not help, by its number; nothing for others.
  std::optional<Message> (*explain)(int code);
  // Copying, for networks, which know no device but that of their tensors: these are of this kind,
  c10::DeviceType tensors;
  // and copy by themselves out of memory like this, see page_locked.h.
  at::Tensor (*host_memory)(std::int64_t bytes);
};

// Those with memory of their own first, the processor last.
[[nodiscard]] std::span<const BackendKind> backend_kinds();

}  // namespace headroom
