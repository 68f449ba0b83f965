#pragma once
#include "headroom/device/device.h"

#include "backends.h"

namespace headroom {

// A made-up kind of device, "toy:N", which is the processor under another name and with 6 GiB. The
// second of two cannot be used. With TOYS=0 in the environment there is none, and those that are
// planned for then have memory of their own and an allocator that caches, as cards have.
[[nodiscard]] std::vector<Device> find_toys();
[[nodiscard]] Device pretended_toy(int index, std::string name, int compute_capability);
[[nodiscard]] std::vector<Hindrance> what_hinders_toys();
void describe_toys(SystemReport& report);
[[nodiscard]] bool toys_ran_out(const std::exception& error);
[[nodiscard]] std::optional<Message> explain_toy_error(int code);
[[nodiscard]] at::Tensor memory_of_toys(std::int64_t bytes);

}  // namespace headroom
