#include "typed_values.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/core/typed_numbers.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <sstream>

namespace headroom {
namespace {

[[noreturn]] void refuse(const std::string& option, const std::string& typed,
                         const Message& allowed) {
  throw Error(ErrorKind::kInvalidRequest, say("{0} {1} {2}", option, in_quotes(typed), allowed));
}

bool parse_number(const std::string& text, double& number) {
  const auto read = parse_real(text);
  if (read) number = *read;
  return read.has_value();
}

}  // namespace

int read_int(const std::string& option, const std::string& typed, int low, int high, NumberOf of) {
  const auto read = parse_setting(of, typed);
  if (!read || read->value < low || read->value > high || read->value != std::floor(read->value)) {
    refuse(option, typed, say("is not allowed; use a whole number from {0} to {1}", low, high));
  }
  return static_cast<int>(read->value);
}

double read_real(const std::string& option, const std::string& typed, NumberOf of) {
  const auto read = parse_setting(of, typed);
  if (!read) refuse(option, typed, say("is not a number; write it like 2 or 1.5"));
  return read->value;
}

std::optional<std::uint64_t> read_seed(const std::string& option, const std::string& typed) {
  const auto seed = parse_seed(typed);
  if (!seed) {
    refuse(option, typed,
           say("is not a seed; use a whole number from 0 to 18446744073709551615, or -1 for a new "
               "one"));
  }
  return seed->value;
}

std::int64_t read_bytes(const std::string& option, const std::string& typed, std::int64_t least) {
  const auto bytes = parse_bytes(typed);
  if (!bytes || *bytes < least) {
    refuse(option, typed,
           least > 0 ? say("is not an amount of memory; write it like 6G or 5500M, at least {0}",
                           format_bytes(least))
                     : say("is not an amount of memory; write it like 6G or 5500M"));
  }
  return *bytes;
}

Size read_size(const std::string& option, const std::string& typed) {
  const auto size = parse_typed_size(typed);
  if (!size) refuse(option, typed, say("is not a size; write it like 768x512"));
  return *size;
}

FinishSize read_finish_size(const std::string& option, const std::string& typed) {
  const auto size = parse_finish_size(typed);
  if (size) return *size;
  refuse(option, typed,
         "is not understood; write how many times as large, like 2x, the longer side, like 1024, "
         "or both sides, like 1024x576");
}

FinishMethod read_finish_method(const std::string& option, const std::string& typed) {
  const auto method = parse_finish_method(typed);
  if (method) return *method;
  refuse(
      option, typed,
      "is not understood; use same-seed, upscaler:FILE, or refine with a strength above 0 and at "
      "most 1, like refine:0.35");
}

Size read_preset(const std::string& option, const std::string& typed) {
  const auto preset = find_preset(typed);
  if (preset) return preset->size;
  refuse(option, typed, say("is not known; use {0}", preset_names()));
}

Margins read_margins(const std::string& option, const std::string& typed) {
  std::array<int, 4> sides{};
  std::istringstream in(typed);
  std::size_t count = 0;
  bool is_good = true;
  for (std::string part; std::getline(in, part, ','); ++count) {
    const auto number = parse_whole(part);
    is_good = is_good && count < sides.size() && number && *number >= 0 && *number <= kMaxSide_px;
    if (is_good) sides[count] = static_cast<int>(*number);
  }
  const Margins margins{sides[0], sides[1], sides[2], sides[3]};
  if (!is_good || count != sides.size() || margins == Margins{}) {
    refuse(option, typed,
           say("is not understood; write pixels left, top, right and bottom, like 128,0,128,0"));
  }
  return margins;
}

Variation read_variation(const std::string& option, const std::string& typed) {
  const std::size_t colon = typed.find(':');
  const auto seed = parse_seed(typed.substr(0, colon));
  double strength = -1;
  const bool is_number =
      colon != std::string::npos && parse_number(typed.substr(colon + 1), strength);
  if (!seed || !seed->value || !is_number || !(strength >= 0 && strength <= 1)) {
    refuse(option, typed,
           say("is not understood; write a seed and a strength from 0 to 1, like 7:0.2"));
  }
  return {*seed->value, strength};
}

Variety read_variety(const std::string& option, const std::string& typed) {
  const std::size_t colon = typed.find(':');
  Variety variety;
  const bool is_good =
      parse_number(typed.substr(0, colon), variety.strength) &&
      (colon == std::string::npos || parse_number(typed.substr(colon + 1), variety.percent));
  if (!is_good || !(variety.strength >= 0 && variety.strength <= kMaxVariety) ||
      !(variety.percent >= 0 && variety.percent <= 100)) {
    refuse(
        option, typed,
        say("is not understood; write a strength from 0 to 10, such as 0.3, or with percent like "
            "0.3:50"));
  }
  return variety;
}

SeedMode read_seed_mode(const std::string& option, const std::string& typed) {
  if (typed == "plain") return SeedMode::kPlain;
  if (typed == "composition") return SeedMode::kComposition;
  refuse(option, typed, say("is not known; use plain or composition"));
}

bool read_fit(const std::string& option, const std::string& typed) {
  if (typed != "crop" && typed != "pad")
    refuse(option, typed, say("is not known; use crop or pad"));
  return typed == "pad";
}

}  // namespace headroom
