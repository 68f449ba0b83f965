#pragma once
#include <optional>
#include <string>

namespace headroom {

// What was done to enlarge a picture, as the result keeps it in a text entry of this name.
inline constexpr const char* kUpscaleKeyword = "upscale";
struct UpscaleRecord {
  std::string file;    // the picture that was enlarged, without its folder
  std::string sha256;  // of its bytes
  std::string model;   // of which file, or "lanczos", or a program's name
  int scale = 1;
  std::optional<double> denoise{};  // see --denoise
  std::string version;              // of this program
};

[[nodiscard]] std::string upscale_json(const UpscaleRecord& record);
// Nothing when it is no such text.
[[nodiscard]] std::optional<UpscaleRecord> parse_upscale_json(const std::string& text);
// Whether the same was done to the same picture, by whichever version.
[[nodiscard]] bool is_same_upscale(const UpscaleRecord& a, const UpscaleRecord& b);

}  // namespace headroom
