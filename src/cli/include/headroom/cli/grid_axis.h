#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

struct CommandLine;

// A setting with several values along one side of a grid of pictures.
struct GridAxis {
  // An option of generate without its hyphens; or "prompt"; or "prompt:WORD", whose values replace
  // a word of the prompt; or "lora:NAME", whose values are strengths.
  std::string setting;
  std::vector<std::string> values;  // at least one

  // Sets one of the values in `line`. Throws Error{kInvalidRequest} when it is not allowed.
  void apply(const std::string& value, CommandLine& line) const;
  // For people: "steps 4"; for a word or a prompt only the value.
  [[nodiscard]] std::string label(const std::string& value) const;
};

inline constexpr int kMostAxisValues = 100;

// Reads "steps=4,8,12". Values with commas are written in double quotes; numbers may also be a
// range, "1-9" or "0-2(+0.5)", as in AUTOMATIC1111's X/Y/Z plot. Throws Error{kInvalidRequest}
// naming `option`. Values are not checked.
[[nodiscard]] GridAxis read_grid_axis(const std::string& option, const std::string& typed);

}  // namespace headroom
