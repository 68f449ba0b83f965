#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace headroom {

// A picture and the file that is made of it.
struct FolderPicture {
  std::filesystem::path from;
  std::filesystem::path to;
};

// The PNG and JPEG files of a folder, in order. Throws Error{kIo} when it cannot be read,
// Error{kInvalidRequest} when it has none.
[[nodiscard]] std::vector<std::filesystem::path> pictures_in(const std::filesystem::path& folder);

// In the folder `out`: with `ending` "_4x", a_4x.png of a.jpg; where both a.jpg and a.png are
// there, a.jpg_4x.png and a.png_4x.png.
[[nodiscard]] std::vector<FolderPicture> with_targets(
    const std::vector<std::filesystem::path>& files, const std::filesystem::path& out,
    const std::string& ending = {});

}  // namespace headroom
