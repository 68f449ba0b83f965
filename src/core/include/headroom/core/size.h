#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace headroom {

// Width and height of a picture in pixels.
struct Size {
  int width = 0;
  int height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

// One of the sizes that are offered as buttons.
struct SizePreset {
  std::string_view name;  // as typed after --preset
  Size size;
};

inline constexpr std::array<SizePreset, 5> kSizePresets{{{"512", {512, 512}},
                                                         {"768", {768, 768}},
                                                         {"1024", {1024, 1024}},
                                                         {"16:9", {1024, 576}},
                                                         {"9:16", {576, 1024}}}};

// Smallest and largest side that any request may ask for, whatever the model.
inline constexpr int kMinSide_px = 16;
inline constexpr int kMaxSide_px = 8192;

// "512, 768, 1024, 16:9 or 9:16".
[[nodiscard]] std::string preset_names();

// The preset called `name`, or nothing.
[[nodiscard]] std::optional<SizePreset> find_preset(std::string_view name);

// "1024×576", for people.
[[nodiscard]] std::string to_string(Size size);

// The nearest multiple of `unit` (at least one unit) for both sides.
[[nodiscard]] Size snap(Size size, int unit);

}  // namespace headroom
