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

// Why a device, or every device of a kind, cannot be used.
struct Hindrance {
  std::string id;  // "cuda:1"; empty: all devices of the kind
  Message why;
};

// A kind of device. Its code is in a folder here, and the table in backends.cpp has a line for it.
struct BackendKind {
  std::string_view name;   // as in --device, in lower case
  std::string_view title;  // "CUDA card"
  bool is_numbered;        // whether there may be several: "cuda:1"
  // The devices of this kind that exist on this machine and can be used.
  std::vector<Device> (*find)();
  // A device that does not exist, to plan for.
  Device (*pretend)(int index, std::string name, int compute_capability);
  // Why devices of this kind that exist cannot be used.
  std::vector<Hindrance> (*what_hinders)();
  // Adds what else there is to report about this kind.
  void (*describe)(SystemReport& report);
  // Whether the error is how this kind's libraries report that memory has run out.
  bool (*ran_out)(const std::exception& error);
  // The message for a driver error, by its number, that a restart would not cure; nothing for
  // others.
  std::optional<Message> (*explain)(int code);
  // Networks know only their tensors' device. For copies it is found by this type,
  c10::DeviceType tensors;
  // and its host memory for fast copies is allocated by this function, see page_locked.h.
  at::Tensor (*host_memory)(std::int64_t bytes);
};

// All kinds: those with memory of their own first, the CPU last.
[[nodiscard]] std::span<const BackendKind> backend_kinds();

}  // namespace headroom
