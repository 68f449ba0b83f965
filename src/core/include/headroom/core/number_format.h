#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace headroom {

// The number format that a person asks for. int8 and q4 quantise text encoder and transformer; the
// others are the format of all networks. What a choice comes to on a device is RunFormats.
enum class NumberFormat { kAuto, kFloat32, kBfloat16, kFloat16, kInt8, kQ4 };

inline constexpr std::array kNumberFormats{NumberFormat::kAuto,     NumberFormat::kFloat32,
                                           NumberFormat::kBfloat16, NumberFormat::kFloat16,
                                           NumberFormat::kInt8,     NumberFormat::kQ4};

// As people type it: "auto", "fp32", "bf16", "fp16", "int8", "q4".
[[nodiscard]] std::string name_of(NumberFormat format);

// Reads such a name, in lower case. Nothing when it is none of them.
[[nodiscard]] std::optional<NumberFormat> find_number_format(std::string_view name);
// The same, but throws Error{kInvalidRequest} that names the formats.
[[nodiscard]] NumberFormat read_number_format(std::string_view name);

}  // namespace headroom
