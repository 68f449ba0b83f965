#pragma once

namespace headroom {

// The name of the CPU as a device, in run records and in the files of what was measured on it.
// People are told just "CPU".
inline constexpr const char* kProcessorName = "CPU budget";

}  // namespace headroom
