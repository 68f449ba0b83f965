#include "headroom/image/resize.h"

#include "headroom/core/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace headroom {
namespace {

// Pillow computes with weights in fixed point: 8 bits for the value, 2 for overshoot and sign.
constexpr int kWeightBits = 32 - 8 - 2;

// The inputs that make up one output value: weights[k] belongs to input first + k.
struct Taps {
  int first = 0;
  std::vector<std::int32_t> weights;
};

double sinc(double x) {
  if (x == 0.0) return 1.0;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

double lanczos3(double x) { return std::abs(x) < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0; }

std::vector<Taps> make_taps(int in_size, int out_size) {
  const double scale = static_cast<double>(in_size) / out_size;
  const double stretch = std::max(scale, 1.0);  // shrinking widens the filter
  const double support = 3.0 * stretch;
  std::vector<Taps> all(static_cast<std::size_t>(out_size));
  for (int i = 0; i < out_size; ++i) {
    const double center = (i + 0.5) * scale;
    const int first = std::max(static_cast<int>(center - support + 0.5), 0);
    const int end = std::min(static_cast<int>(center + support + 0.5), in_size);
    std::vector<double> weights;
    double sum = 0.0;
    for (int x = first; x < end; ++x) {
      weights.push_back(lanczos3((x - center + 0.5) / stretch));
      sum += weights.back();
    }
    Taps& taps = all[static_cast<std::size_t>(i)];
    taps.first = first;
    for (const double weight : weights) {
      taps.weights.push_back(
          static_cast<std::int32_t>(std::round(weight / sum * (1 << kWeightBits))));
    }
  }
  return all;
}

// One output value; `stride` is the distance between neighbouring inputs.
std::uint8_t weigh(const std::uint8_t* in, std::size_t stride, const Taps& taps) {
  std::int64_t sum = std::int64_t{1} << (kWeightBits - 1);  // for rounding
  for (const std::int32_t weight : taps.weights) {
    sum += std::int64_t{weight} * *in;
    in += stride;
  }
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> kWeightBits, 0, 255));
}

void check_size(int width, int height) {
  if (width < 1 || height < 1) {
    throw Error(ErrorKind::kInternal, "a picture cannot be resized to " + std::to_string(width) +
                                          "x" + std::to_string(height) + " px");
  }
}

void check_pixels(std::size_t values, int width, int height, std::size_t channels) {
  if (width < 1 || height < 1 ||
      values != channels * static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {
    throw Error(ErrorKind::kInternal, "a picture of " + std::to_string(width) + "x" +
                                          std::to_string(height) + " px with " +
                                          std::to_string(values) + " bytes is malformed");
  }
}

std::vector<std::uint8_t> resize_rows(const std::vector<std::uint8_t>& in, int width, int height,
                                      std::size_t channels, int out_width) {
  const std::vector<Taps> columns = make_taps(width, out_width);
  std::vector<std::uint8_t> out;
  out.reserve(columns.size() * static_cast<std::size_t>(height) * channels);
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* const row =
        in.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * channels;
    for (const Taps& taps : columns) {
      const std::uint8_t* const pixel = row + static_cast<std::size_t>(taps.first) * channels;
      for (std::size_t c = 0; c < channels; ++c) out.push_back(weigh(pixel + c, channels, taps));
    }
  }
  return out;
}

std::vector<std::uint8_t> resize_columns(const std::vector<std::uint8_t>& in, int height,
                                         std::size_t row_values, int out_height) {
  std::vector<std::uint8_t> out;
  out.reserve(row_values * static_cast<std::size_t>(out_height));
  for (const Taps& taps : make_taps(height, out_height)) {
    const std::uint8_t* const first = in.data() + static_cast<std::size_t>(taps.first) * row_values;
    for (std::size_t x = 0; x < row_values; ++x) out.push_back(weigh(first + x, row_values, taps));
  }
  return out;
}

std::vector<std::uint8_t> resize_pixels(const std::vector<std::uint8_t>& in, int width, int height,
                                        std::size_t channels, int out_width, int out_height) {
  check_size(out_width, out_height);
  check_pixels(in.size(), width, height, channels);
  // Equal sizes need no pass: every weight but the middle one is zero there.
  if (width == out_width && height == out_height) return in;
  return resize_columns(resize_rows(in, width, height, channels, out_width), height,
                        static_cast<std::size_t>(out_width) * channels, out_height);
}

}  // namespace

Image resize_lanczos(const Image& image, int width, int height) {
  return {width, height, resize_pixels(image.rgb, image.width, image.height, 3, width, height)};
}

GreyImage resize_lanczos(const GreyImage& image, int width, int height) {
  return {width, height, resize_pixels(image.grey, image.width, image.height, 1, width, height)};
}

Image cut_evenly(const Image& image, int width, int height) {
  check_size(width, height);
  check_pixels(image.rgb.size(), image.width, image.height, 3);
  if (width > image.width || height > image.height) {
    throw Error(ErrorKind::kInternal, "the middle of a picture cannot be larger than it is");
  }
  const int left = (image.width - width) / 2;
  const int top = (image.height - height) / 2;
  Image out{width, height, {}};
  out.rgb.reserve(3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = top; y < top + height; ++y) {
    const auto row = image.rgb.begin() + 3 * (static_cast<std::ptrdiff_t>(y) * image.width + left);
    out.rgb.insert(out.rgb.end(), row, row + 3 * static_cast<std::ptrdiff_t>(width));
  }
  return out;
}

Image fit(const Image& image, int width, int height) {
  check_size(width, height);
  const double ratio = static_cast<double>(width) / height;
  const auto side = [](double length, int most) {
    return std::clamp(static_cast<int>(std::lround(length)), 1, most);
  };
  const int part_width = side(image.height * ratio, image.width);
  const int part_height = side(image.width / ratio, image.height);
  return resize_lanczos(cut_evenly(image, part_width, part_height), width, height);
}

GreyImage to_grey(const Image& image) {
  check_pixels(image.rgb.size(), image.width, image.height, 3);
  GreyImage out{image.width, image.height, {}};
  out.grey.reserve(image.rgb.size() / 3);
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    // 0.299, 0.587, 0.114 (ITU-R BT.601) in 16-bit fixed point, as Pillow rounds them.
    out.grey.push_back(static_cast<std::uint8_t>(
        (image.rgb[i] * 19595U + image.rgb[i + 1] * 38470U + image.rgb[i + 2] * 7471U + 0x8000U) >>
        16));
  }
  return out;
}

GreyImage binary_mask(const GreyImage& mask, int width, int height) {
  GreyImage out = resize_lanczos(mask, width, height);
  for (std::uint8_t& value : out.grey) value = value / 255.0 >= 0.5 ? 1 : 0;
  return out;
}

}  // namespace headroom
