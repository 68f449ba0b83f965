#include "headroom/gui_state/start_picture.h"

#include "headroom/image/image_reader.h"
#include "headroom/image/outpaint.h"
#include "headroom/image/resize.h"

#include <utility>

namespace headroom {
namespace {

// Both masks have values from 0 to `full`; a hard mask stays hard.
GreyImage fit_mask(const GreyImage& mask, std::uint8_t full, Size size) {
  Image image{mask.width, mask.height, {}};
  image.rgb.reserve(3 * mask.grey.size());
  for (const std::uint8_t value : mask.grey) {
    image.rgb.insert(image.rgb.end(), 3, static_cast<std::uint8_t>(value * 255 / full));
  }
  GreyImage fitted = to_grey(fit(image, size.width, size.height));
  if (full == 1) return binary_mask(fitted, size.width, size.height);
  for (std::uint8_t& value : fitted.grey) {
    value = static_cast<std::uint8_t>((value * full + 127) / 255);
  }
  return fitted;
}

// In its own size yet.
void put_mask(const MaskOfStart& mask, InitImage& start) {
  GreyImage painted = mask.mask->grey();
  const bool is_soft = mask.mask->feather_px() > 0;
  if (!is_soft) {
    for (std::uint8_t& value : painted.grey) value /= 255;
  }
  start.repaint = std::move(painted);
  start.repaint_full = is_soft ? 255 : 1;
  start.mask_file = mask.file;
}

}  // namespace

bool has_pixels(const InitImage& start) { return !start.image.rgb.empty(); }

StartPicture read_start_picture(const std::filesystem::path& file, bool* has_transparency) {
  ImageFile read = read_image_file(file);
  if (has_transparency != nullptr) *has_transparency = read.has_transparency;
  auto start = std::make_shared<InitImage>();
  start->image = std::move(read.image);
  start->file = {file.filename().string(), std::move(read.sha256), file.string()};
  return start;
}

StartPicture start_of_record(const ReadSettings::Start& record) {
  auto start = std::make_shared<InitImage>();
  start->file = record.picture;
  if (record.mask) {
    start->repaint.emplace();
    start->mask_file = *record.mask;
  }
  return start;
}

StartPicture without_pixels(const InitImage& start) {
  auto record = std::make_shared<InitImage>();
  record->file = start.file;
  if (start.repaint) record->repaint.emplace();
  record->mask_file = start.mask_file;
  return record;
}

GenerationRequest with_start_of_size(GenerationRequest request, bool is_masked) {
  if (!request.init) return request;
  auto start = std::make_shared<InitImage>(*without_pixels(*request.init));
  if (is_masked) start->repaint.emplace();
  start->image.width = request.width;
  start->image.height = request.height;
  request.init = std::move(start);
  return request;
}

StartPicture StartFitter::fit(const StartPicture& start, Size size, const MaskOfStart& mask) {
  const auto fits = [&](const Image& image) { return Size{image.width, image.height} == size; };
  const bool has_margins = mask.margins != Margins{};
  if (fits(start->image) && !mask.mask && !has_margins) return start;
  if (start == last_ && mask == last_mask_ && fits(fitted_->image)) return fitted_;
  auto fitted = std::make_shared<InitImage>();
  fitted->file = start->file;
  fitted->repaint = start->repaint;
  fitted->repaint_full = start->repaint_full;
  fitted->mask_file = start->mask_file;
  if (mask.mask) put_mask(mask, *fitted);
  if (has_margins) {
    fitted->image = start->image;
    const Size own{start->image.width, start->image.height};
    if (fitted->repaint) fitted->repaint = fit_mask(*fitted->repaint, fitted->repaint_full, own);
    outpaint(*fitted, mask.margins, mask.unit);
  }
  const Image& whole = has_margins ? fitted->image : start->image;
  if (!has_margins || !fits(whole)) fitted->image = headroom::fit(whole, size.width, size.height);
  if (fitted->repaint && !fits({fitted->repaint->width, fitted->repaint->height, {}}))
    fitted->repaint = fit_mask(*fitted->repaint, fitted->repaint_full, size);
  last_ = start;
  last_mask_ = mask;
  fitted_ = std::move(fitted);
  return fitted_;
}

}  // namespace headroom
