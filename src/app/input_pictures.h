#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace headroom {

// A picture and the file to be made from it.
struct InputPicture {
  std::filesystem::path from;
  std::filesystem::path to;
  bool may_be_numbered = false;  // if `to` is another picture's: a_4x_2.png
};

// The PNG and JPEG files of a folder, sorted. Throws Error{kIo} when it cannot be read,
// Error{kInvalidRequest} when it has none.
[[nodiscard]] std::vector<std::filesystem::path> pictures_in(const std::filesystem::path& folder);

// The named files, with folders replaced by the pictures in them. Throws what pictures_in() does.
[[nodiscard]] std::vector<std::filesystem::path> all_pictures(
    const std::vector<std::filesystem::path>& named);

// Throws Error{kInvalidRequest} if one of the named is the folder `out`: the next call would take
// its results for pictures to begin with.
void check_goes_elsewhere(const std::vector<std::filesystem::path>& named,
                          const std::filesystem::path& out);

// Target files in the folder `out`: with `ending` "_4x", a_4x.png for a.jpg; if a.jpg and a.png
// both exist, a.jpg_4x.png and a.png_4x.png. Pictures of one name in several folders have the same
// target, which may be numbered.
[[nodiscard]] std::vector<InputPicture> with_targets(
    const std::vector<std::filesystem::path>& files, const std::filesystem::path& out,
    const std::string& ending = {});

}  // namespace headroom
