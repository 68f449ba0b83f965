#include "headroom/gui_state/pasted_pictures.h"

#include "headroom/core/sha256.h"
#include "headroom/image/file_writer.h"
#include "headroom/image/picture_formats.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

namespace headroom {
namespace fs = std::filesystem;

fs::path PastedPictures::keep(std::string_view bytes) const {
  const PictureFormat* const known = format_of_bytes(bytes);
  const PictureFormat& format = known != nullptr ? *known : usual_format();
  const fs::path file =
      folder_ / ("pasted-" + sha256(bytes).substr(0, 12) + std::string(format.extensions.front()));
  std::error_code error;
  if (!fs::exists(file, error)) {
    write_new_file(file, bytes);
  } else {
    fs::last_write_time(file, fs::file_time_type::clock::now(), error);  // now one of the newest
  }
  forget_oldest(file);
  return file;
}

void PastedPictures::forget_oldest(const fs::path& newest) const {
  struct Kept {
    fs::file_time_type time;
    fs::path path;
  };
  std::vector<Kept> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    std::error_code ignored;
    if (entry.path() != newest && entry.path().filename().string().starts_with("pasted-"))
      files.push_back({entry.last_write_time(ignored), entry.path()});
  }
  if (files.size() < kMostFiles) return;
  std::ranges::sort(files, {}, &Kept::time);
  for (std::size_t i = 0; i + kMostFiles <= files.size(); ++i) fs::remove(files[i].path, error);
}

}  // namespace headroom
