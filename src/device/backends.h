#pragma once
#include "headroom/device/device.h"

#include <span>
#include <string_view>
#include <vector>

namespace headroom {

// A kind of device: a folder here, and a line in the table in backends.cpp.
struct BackendKind {
  std::string_view name;   // what --device calls it
  std::string_view title;  // "CUDA card"
  // The devices of this kind that the machine has and the program can use.
  std::vector<Device> (*find)();
  // One that is not there, to plan for.
  Device (*pretend)(int index, std::string name, int compute_capability);
  // Why devices of this kind that are there cannot be used.
  std::vector<Message> (*what_hinders)();
  // What else there is to say about this kind here.
  void (*describe)(SystemReport& report);
};

// Those with memory of their own first, the processor last.
[[nodiscard]] std::span<const BackendKind> backend_kinds();

}  // namespace headroom
