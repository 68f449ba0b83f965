#pragma once
#include "headroom/device/device.h"

#include <string>
#include <vector>

namespace headroom {

// The processor with an enforced budget (cpu_budget.h). There is one, since torch has one allocator
// for it.
[[nodiscard]] std::vector<Device> find_processors();
[[nodiscard]] Device pretended_processor(int index, std::string name, int compute_capability);
void describe_processor(SystemReport& report);

}  // namespace headroom
