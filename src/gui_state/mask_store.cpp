#include "headroom/gui_state/mask_store.h"

#include "headroom/core/error.h"
#include "headroom/core/sha256.h"
#include "headroom/image/file_writer.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/picture_info.h"
#include "headroom/image/png_writer.h"
#include "headroom/image/resize.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <vector>

namespace headroom {
namespace fs = std::filesystem;
namespace {

// Keyword of the text entry in such a file.
constexpr const char* kFeather = "headroom-mask-feather";
constexpr std::size_t kMostFiles = 500;

std::string encode(const PaintedMask& mask) {
  const GreyImage grey = mask.grey();
  Image image{grey.width, grey.height, {}};
  image.rgb.reserve(3 * grey.grey.size());
  for (const std::uint8_t value : grey.grey) image.rgb.insert(image.rgb.end(), 3, value);
  return encode_png(image, {{kFeather, std::to_string(mask.feather_px())}});
}

// Nothing when the file is not a mask that was painted here, or has changed.
MaskPointer read(const fs::path& file, const std::string& sha256) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return nullptr;
  try {
    for (const PictureText& text : read_picture_info(file).texts) {
      if (text.keyword != kFeather) continue;
      const ImageFile found = read_image_file(file);
      if (found.sha256 != sha256) return nullptr;
      int feather = 0;
      std::from_chars(text.value.data(), text.value.data() + text.value.size(), feather);
      return std::make_shared<const PaintedMask>(to_grey(found.image), feather);
    }
  } catch (const Error&) {
    // Damaged: treated as missing.
  }
  return nullptr;
}

}  // namespace

const InitImage::File& MaskStore::file_of(const MaskPointer& mask) {
  if (mask == last_) return file_;
  png_ = encode(*mask);
  last_ = mask;
  file_.sha256 = sha256(png_);
  file_.name = "mask-" + file_.sha256.substr(0, 12) + ".png";
  file_.path = folder_.empty() ? std::string() : (folder_ / file_.name).string();
  return file_;
}

const InitImage::File& MaskStore::keep(const MaskPointer& mask) {
  const InitImage::File& file = file_of(mask);
  std::error_code ignored;
  if (file.path.empty() || fs::exists(file.path, ignored)) return file;
  write_new_file(file.path, png_);
  forget_oldest();
  return file;
}

MaskPointer MaskStore::find(const InitImage::File& file) const {
  for (const fs::path& place : {fs::path(file.path), folder_ / file.name}) {
    if (MaskPointer found = read(place, file.sha256)) return found;
  }
  return nullptr;
}

void MaskStore::forget_oldest() const {
  std::vector<fs::directory_entry> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) files.push_back(entry);
  if (files.size() <= kMostFiles) return;
  const auto oldest = std::ranges::min_element(files, {}, [](const fs::directory_entry& entry) {
    std::error_code ignored;
    return entry.last_write_time(ignored);
  });
  fs::remove(oldest->path(), error);
}

}  // namespace headroom
