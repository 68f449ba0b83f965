#include "folder_pictures.h"

#include "headroom/core/error.h"
#include "headroom/core/lower_case.h"

#include <algorithm>
#include <map>
#include <system_error>

namespace headroom {
namespace fs = std::filesystem;

std::vector<fs::path> pictures_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string ending = lower_ascii(entry.path().extension().string());
    const bool is_picture = ending == ".png" || ending == ".jpg" || ending == ".jpeg";
    if (is_picture && !entry.is_directory(error)) files.push_back(entry.path());
  }
  if (error) {
    throw Error(ErrorKind::kIo, say("{0} cannot be read: {1}", folder, say_errno(error.value())));
  }
  if (files.empty()) {
    throw Error(ErrorKind::kInvalidRequest,
                folder.string() + " holds no PNG or JPEG picture; name a folder with pictures");
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<FolderPicture> with_targets(const std::vector<fs::path>& files, const fs::path& out,
                                        const std::string& ending) {
  std::map<std::string, int> stems;
  for (const fs::path& file : files) ++stems[file.stem().string()];
  std::vector<FolderPicture> pictures;
  for (const fs::path& file : files) {
    const bool is_alone = stems[file.stem().string()] == 1;
    const fs::path name = is_alone ? file.stem() : file.filename();
    pictures.push_back({file, out / (name.string() + ending + ".png")});
  }
  return pictures;
}

}  // namespace headroom
