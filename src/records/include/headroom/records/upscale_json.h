#pragma once
#include "headroom/core/run_record.h"

#include <optional>
#include <string>

namespace headroom {

// The text entry of an enlarged picture that says how it was enlarged has this name.
inline constexpr const char* kUpscaleKeyword = "upscale";
// How a picture was enlarged.
struct UpscaleRecord {
  std::string file;    // the picture that was enlarged, without its folder
  std::string sha256;  // of its file's bytes
  std::string model;   // the upscaler's file name, "lanczos", or a program's name
  int scale = 1;
  std::optional<double> denoise{};  // see --denoise
  std::string version;              // of this program
  std::optional<RunRecord> run{};   // what it needed and took; empty: it was not written down
};

// The entry's text, one line of JSON.
[[nodiscard]] std::string upscale_json(const UpscaleRecord& record);
// Nothing when `text` is not such an entry.
[[nodiscard]] std::optional<UpscaleRecord> parse_upscale_json(const std::string& text);
// Whether the same was done to the same picture; versions may differ.
[[nodiscard]] bool is_same_upscale(const UpscaleRecord& a, const UpscaleRecord& b);

}  // namespace headroom
