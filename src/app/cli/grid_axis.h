#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

struct CommandLine;

// A setting that goes through several values, along one side of a grid of pictures.
struct GridAxis {
  // An option of generate without its hyphens, "prompt", "prompt:WORD", whose values stand in the
  // place of a word in it, or "lora:NAME", whose values are strengths.
  std::string setting;
  std::vector<std::string> values;  // one at least

  // Puts one of the values into `line`. Throws Error{kInvalidRequest} when it is not allowed there.
  void apply(const std::string& value, CommandLine& line) const;
  // For people: "steps 4"; of a word or a prompt the value alone.
  [[nodiscard]] std::string label(const std::string& value) const;
};

inline constexpr int kMostAxisValues = 100;

// Reads "steps=4,8,12"; values with commas stand in double quotes, of numbers also a range
// "1-9" or "0-2(+0.5)", as in AUTOMATIC1111's X/Y/Z plot. Throws Error{kInvalidRequest} naming
// `option`. Values are not looked at.
[[nodiscard]] GridAxis read_grid_axis(const std::string& option, const std::string& typed);

}  // namespace headroom
