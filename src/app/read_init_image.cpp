#include "read_init_image.h"

#include "headroom/core/error.h"
#include "headroom/core/round_up.h"
#include "headroom/image/extend.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/outpaint.h"
#include "headroom/image/resize.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

namespace headroom {
namespace {

[[noreturn]] void refuse(const Message& message) {
  throw Error(ErrorKind::kInvalidRequest, message);
}

Size size_of(const Image& image) { return {image.width, image.height}; }

// How a picture is brought to a size.
struct Fitting {
  enum class How { kCut, kCutAndResize, kPad, kResizeAndPad, kOutpaint };
  How how = How::kCut;
  Size to;
  Margins outpaint{};
  [[nodiscard]] Image apply(const Image& image) const;  // apart from outpainting, which comes last
};

// Margins that extend `from` to `to`, even on both sides.
Margins even_margins(Size from, Size to) {
  const int across = to.width - from.width;
  const int down = to.height - from.height;
  return {across / 2, down / 2, across - across / 2, down - down / 2};
}

// The largest size with this shape inside `to`.
Size inside_of(Size shape, Size to) {
  const double scale = std::min(static_cast<double>(to.width) / shape.width,
                                static_cast<double>(to.height) / shape.height);
  const auto scaled = [&](int side, int most) {
    return std::clamp(static_cast<int>(std::lround(side * scale)), 1, most);
  };
  return {scaled(shape.width, to.width), scaled(shape.height, to.height)};
}

Image Fitting::apply(const Image& image) const {
  const Size have = size_of(image);
  switch (how) {
    case How::kCut:
      return cut_evenly(image, to.width, to.height);
    case How::kCutAndResize:
      return fit(image, to.width, to.height);
    case How::kPad:
      return extend(image, even_margins(have, to));
    case How::kResizeAndPad: {
      const Size inside = inside_of(have, to);
      return extend(resize_lanczos(image, inside.width, inside.height), even_margins(inside, to));
    }
    case How::kOutpaint:
      break;
  }
  return image;
}

// The picture's own size, rounded down to whole units.
Size cut_size(const std::string& name, Size have, int unit) {
  const Size size{have.width / unit * unit, have.height / unit * unit};
  if (size.width > 0 && size.height > 0) return size;
  refuse(
      say("{0} is {1} px, and this model needs at least {2} px a side; choose a size with "
          "--size, to which the picture is enlarged",
          name, to_string(have), unit));
}

Fitting choose_fitting(const CommandLine& line, const std::string& name, Size have, int unit) {
  using How = Fitting::How;
  if (line.outpaint) {
    const Margins margins = whole_units(*line.outpaint, have, unit);
    return {How::kOutpaint, extended_size(have, margins), margins};
  }
  if (line.size) return {line.pad ? How::kResizeAndPad : How::kCutAndResize, *line.size};
  if (line.pad) return {How::kPad, {round_up(have.width, unit), round_up(have.height, unit)}};
  return {How::kCut, cut_size(name, have, unit)};
}

Message describe(const Fitting& fitting, const std::string& name, Size have, int unit) {
  using How = Fitting::How;
  const std::string from = to_string(have);
  const std::string to = to_string(fitting.to);
  switch (fitting.how) {
    case How::kCut:
      return say(
          "{0} is {1} px and is cut to {2}, since this model needs multiples of "
          "{3} px",
          name, from, to, unit);
    case How::kCutAndResize:
      return say("{0} is {1} px and is cut to the shape of {2} and resized to it", name, from, to);
    case How::kPad:
      return say(
          "{0} is {1} px and is extended at its edges to {2}, since this model needs "
          "multiples of {3} px",
          name, from, to, unit);
    case How::kResizeAndPad:
      return say("{0} is {1} px, is resized to fit into {2} and extended at its edges", name, from,
                 to);
    case How::kOutpaint:
      break;
  }
  const Margins& m = fitting.outpaint;
  return say(
      "the canvas of {0} grows from {1} to {2} px ({3} px left, {4} top, {5} right, {6} "
      "bottom)",
      name, from, to, m.left, m.top, m.right, m.bottom);
}

// A mask for pictures of the fitted size: black and white only, as in the reference, or with all
// greys.
struct Mask {
  GreyImage repaint;
  std::uint8_t full = 1;
};

// Black and white after lossy compression differ by at most this.
constexpr std::uint8_t kNearlyBlack = 7;
constexpr std::uint8_t kNearlyWhite = 255 - kNearlyBlack;

bool has_greys(const GreyImage& mask) {
  return std::ranges::any_of(mask.grey,
                             [](std::uint8_t v) { return v > kNearlyBlack && v < kNearlyWhite; });
}

Mask make_mask(const Image& file, const Fitting& fitting) {
  GreyImage fitted = to_grey(fitting.apply(file));
  if (!has_greys(to_grey(file))) return {binary_mask(fitted, fitted.width, fitted.height), 1};
  for (std::uint8_t& value : fitted.grey) {
    if (value <= kNearlyBlack) value = 0;
    if (value >= kNearlyWhite) value = 255;
  }
  return {std::move(fitted), 255};
}

Mask read_mask(const std::string& file, const InitImage& init, const ImageFile& image,
               const Fitting& fitting, InitImage::File& record) {
  ImageFile read = read_image_file(file);
  const std::string name = std::filesystem::path(file).filename().string();
  record.name = name;
  record.sha256 = std::move(read.sha256);
  if (size_of(read.image) != size_of(image.image)) {
    refuse(
        say("the mask {0} is {1} px and the picture {2} is {3} px; make the mask as large as "
            "the picture",
            name, to_string(size_of(read.image)), init.file.name, to_string(size_of(image.image))));
  }
  if (read.has_transparency) {
    refuse(
        say("the mask {0} has transparent parts, which are neither white nor black; save it "
            "without transparency, white where the picture is to be painted anew",
            name));
  }
  Mask mask = make_mask(read.image, fitting);
  if (std::ranges::all_of(mask.repaint.grey, [](std::uint8_t value) { return value == 0; })) {
    refuse(
        say("the mask {0} is black, so nothing would be painted anew; make white what is to "
            "change",
            name));
  }
  return mask;
}

void add_mask(const CommandLine& line, const ImageFile& read, const Fitting& fitting, int unit,
              InitImage& init) {
  if (!line.mask.empty()) {
    Mask mask = read_mask(line.mask.string(), init, read, fitting, init.mask_file);
    init.repaint = std::move(mask.repaint);
    init.repaint_full = mask.full;
  }
  if (line.outpaint) outpaint(init, fitting.outpaint, unit);
}

}  // namespace

std::vector<Message> read_init_image(const CommandLine& line, const ModelInfo& model,
                                     GenerationRequest& request) {
  if (line.init_image.empty()) return {};
  std::vector<Message> notes;
  ImageFile read = read_image_file(line.init_image);
  auto init = std::make_shared<InitImage>();
  init->file.name = line.init_image.filename().string();
  init->file.sha256 = std::move(read.sha256);
  const std::string& name = init->file.name;
  const Size have = size_of(read.image);
  const Fitting fitting = choose_fitting(line, name, have, model.size_unit);
  request.width = fitting.to.width;
  request.height = fitting.to.height;
  const bool repaints = !line.mask.empty() || line.outpaint;
  request.strength = line.strength.value_or(repaints ? kDefaultRepaintStrength : kDefaultStrength);
  // Check the size before any pixels are made.
  const auto problems = validate(request, model.size_unit);
  if (!problems.empty()) refuse(problems.front().message);
  init->image = fitting.apply(read.image);
  if (have != fitting.to) notes.push_back(describe(fitting, name, have, model.size_unit));
  if (read.has_transparency) {
    notes.push_back(say("the transparent parts of {0} count as white", name));
  }
  add_mask(line, read, fitting, model.size_unit, *init);
  request.init = std::move(init);
  return notes;
}

}  // namespace headroom
