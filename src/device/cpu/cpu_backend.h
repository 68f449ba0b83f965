#pragma once
#include "headroom/device/device.h"

#include "backends.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom {

// The processor with an enforced budget (cpu_budget.h). There is one, since torch has one allocator
// for it.
[[nodiscard]] std::vector<Device> find_processors();
[[nodiscard]] Device pretended_processor(int index, std::string name, int compute_capability);
[[nodiscard]] std::vector<Hindrance> what_hinders_processors();
void describe_processor(SystemReport& report);
[[nodiscard]] bool processor_ran_out(const std::exception& error);
[[nodiscard]] std::optional<Message> explain_processor_error(int code);
// Outside of the budget, which stands for a device's memory.
[[nodiscard]] at::Tensor ordinary_memory(std::int64_t bytes);

}  // namespace headroom
