#pragma once
#include "headroom/device/device.h"

#include "backends.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom {

// The CPU with an enforced budget (cpu_budget.h). Always one device, since torch has one CPU
// allocator.
[[nodiscard]] std::vector<Device> find_processors();
[[nodiscard]] Device pretended_processor(int index, std::string name, int compute_capability);
[[nodiscard]] std::vector<Hindrance> what_hinders_processors();
void describe_processor(SystemReport& report);
[[nodiscard]] bool processor_ran_out(const std::exception& error);
[[nodiscard]] std::optional<Message> explain_processor_error(int code);
// Memory outside of the budget, since the budget stands for a device's own memory.
[[nodiscard]] at::Tensor ordinary_memory(std::int64_t bytes);

}  // namespace headroom
