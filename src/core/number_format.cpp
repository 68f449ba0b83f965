#include "headroom/core/number_format.h"

#include "headroom/core/error.h"

namespace headroom {

std::string name_of(NumberFormat format) {
  switch (format) {
    case NumberFormat::kAuto:
      return "auto";
    case NumberFormat::kFloat32:
      return "fp32";
    case NumberFormat::kBfloat16:
      return "bf16";
    case NumberFormat::kFloat16:
      return "fp16";
    case NumberFormat::kInt8:
      return "int8";
    case NumberFormat::kQ4:
      return "q4";
  }
  return {};
}

std::optional<NumberFormat> find_number_format(std::string_view name) {
  for (const NumberFormat format : kNumberFormats) {
    if (name_of(format) == name) return format;
  }
  return std::nullopt;
}

NumberFormat read_number_format(std::string_view name) {
  if (const auto format = find_number_format(name)) return *format;
  throw Error(ErrorKind::kInvalidRequest,
              say("number format \"{0}\" is not known; use auto, fp32, bf16, fp16 or int8, or q4 "
                  "to plan with",
                  std::string(name)));
}

}  // namespace headroom
