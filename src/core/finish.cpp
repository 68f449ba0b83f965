#include "headroom/core/finish.h"

#include "headroom/core/typed_numbers.h"
#include "headroom/core/typed_settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <memory>
#include <utility>

namespace headroom {
namespace {

constexpr std::string_view kSameSeed = "same-seed";
constexpr std::string_view kRefine = "refine";
constexpr std::string_view kUpscaler = "upscaler:";
constexpr double kMostTimes = 16;  // "1024x" is no factor: its second side is missing

// The shortest text that reads back as the same number, whatever the locale.
std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

// "2x", "1.5×"
std::optional<double> parse_times(std::string_view text) {
  for (const std::string_view sign : {"x", "X", "×"}) {
    if (!text.ends_with(sign)) continue;
    const auto factor = parse_real(text.substr(0, text.size() - sign.size()));
    return factor && *factor > 0 && *factor <= kMostTimes ? factor : std::nullopt;
  }
  return std::nullopt;
}

Size scaled(Size picture, double factor, int unit) {
  const auto side = [factor](int px) {
    return static_cast<int>(std::lround(std::min(px * factor, 2.0 * kMaxSide_px)));
  };
  return snap({side(picture.width), side(picture.height)}, unit);
}

}  // namespace

std::string to_string(const FinishMethod& method) {
  if (!method.upscaler.empty())
    return std::string(kUpscaler) + std::filesystem::path(method.upscaler).filename().string();
  if (!method.refine) return std::string(kSameSeed);
  return std::string(kRefine) + ":" + number_text(*method.refine);
}

std::optional<FinishMethod> parse_finish_method(std::string_view text) {
  if (text == kSameSeed) return FinishMethod{std::nullopt};
  if (text.starts_with(kUpscaler) && text != kUpscaler)
    return FinishMethod{std::nullopt, std::string(text.substr(kUpscaler.size()))};
  if (!text.starts_with(kRefine)) return std::nullopt;
  text.remove_prefix(kRefine.size());
  if (!text.starts_with(':')) return std::nullopt;
  const auto strength = parse_real(text.substr(1));
  if (!strength || !(*strength > 0 && *strength <= 1)) return std::nullopt;
  return FinishMethod{strength};
}

std::optional<FinishSize> parse_finish_size(std::string_view text) {
  if (const auto size = parse_typed_size(text)) return *size;
  if (const auto factor = parse_times(text)) return Times{*factor};
  const auto side = parse_setting(NumberOf::kWidth, text);
  if (!side || !(side->value >= kMinSide_px && side->value <= kMaxSide_px) ||
      side->value != std::floor(side->value))
    return std::nullopt;
  return LongerSide{static_cast<int>(side->value)};
}

Size finished_size(Size picture, const FinishSize& wanted, int unit) {
  if (const auto* const size = std::get_if<Size>(&wanted)) return *size;
  if (const auto* const times = std::get_if<Times>(&wanted)) {
    return scaled(picture, times->factor, unit);
  }
  const double longer = std::max(picture.width, picture.height);
  return scaled(picture, std::get<LongerSide>(wanted).px / longer, unit);
}

std::optional<int> upscaled_times(Size picture, const FinishSize& wanted) {
  const bool has_pixels = picture.width > 0 && picture.height > 0;
  for (int times = 2; has_pixels && times <= kMaxUpscale; ++times) {
    const Size size{picture.width * times, picture.height * times};
    const auto* const factor = std::get_if<Times>(&wanted);
    const auto* const side = std::get_if<LongerSide>(&wanted);
    const auto* const both = std::get_if<Size>(&wanted);
    if (factor != nullptr && factor->factor == times) return times;
    if (side != nullptr && side->px == std::max(size.width, size.height)) return times;
    if (both != nullptr && *both == size) return times;
  }
  return std::nullopt;
}

GenerationRequest finish_request(GenerationRequest settings, const FinishMethod& method, Size size,
                                 InitImage::File picture, Image enlarged) {
  settings.width = size.width;
  settings.height = size.height;
  settings.count = 1;
  settings.origin = Origin{picture, to_string(method)};
  if (method.refine) {
    auto start = std::make_shared<InitImage>();
    start->file = std::move(picture);
    start->image = std::move(enlarged);
    start->image.width = size.width;
    start->image.height = size.height;
    settings.init = std::move(start);
    settings.strength = *method.refine;
  }
  return settings;
}

}  // namespace headroom
