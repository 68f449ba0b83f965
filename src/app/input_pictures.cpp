#include "input_pictures.h"

#include "headroom/core/error.h"
#include "headroom/image/file_io.h"
#include "headroom/image/picture_formats.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <utility>

namespace headroom {
namespace fs = std::filesystem;

std::vector<fs::path> pictures_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const bool is_picture = has_readable_pixels(entry.path());
    if (is_picture && !entry.is_directory(error)) files.push_back(entry.path());
  }
  if (error) {
    throw Error(ErrorKind::kIo, say("{0} cannot be read: {1}", folder, io_reason(error.value())));
  }
  if (files.empty()) {
    throw Error(ErrorKind::kInvalidRequest, folder.string() + " holds no " +
                                                format_names(PictureUse::kPixels) +
                                                " picture; name a folder with pictures");
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> all_pictures(const std::vector<fs::path>& named) {
  std::vector<fs::path> files;
  for (const fs::path& place : named) {
    std::error_code error;
    if (!fs::is_directory(place, error)) {
      files.push_back(place);
      continue;
    }
    for (fs::path& file : pictures_in(place)) files.push_back(std::move(file));
  }
  return files;
}

void check_goes_elsewhere(const std::vector<fs::path>& named, const fs::path& out) {
  for (const fs::path& place : named) {
    std::error_code error;
    if (!fs::is_directory(place, error) || !fs::equivalent(place, out, error)) continue;
    throw Error(ErrorKind::kInvalidRequest,
                "the pictures would go where they come from; name another folder with -o");
  }
}

std::vector<InputPicture> with_targets(const std::vector<fs::path>& files, const fs::path& out,
                                       const std::string& ending) {
  std::map<fs::path, std::set<fs::path>> names;
  for (const fs::path& file : files) names[file.stem()].insert(file.filename());
  std::vector<InputPicture> pictures;
  for (const fs::path& file : files) {
    const bool is_alone = names[file.stem()].size() == 1;
    const fs::path name = is_alone ? file.stem() : file.filename();
    pictures.push_back({file, out / (name.string() + ending + usual_extension()), true});
  }
  return pictures;
}

}  // namespace headroom
