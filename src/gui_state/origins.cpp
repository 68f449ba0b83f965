#include "headroom/gui_state/origins.h"

#include <algorithm>

namespace headroom {
namespace {

std::optional<std::size_t> find_origin(const FinishedPicture& picture,
                                       const std::vector<FinishedPicture>& pictures) {
  if (!picture.request.origin) return std::nullopt;
  const InitImage::File& origin = picture.request.origin->file;
  // Paths are known only until the session ends, so names are compared; they differ within a
  // folder.
  const auto found = std::ranges::find_if(pictures, [&](const FinishedPicture& one) {
    if (one.file.empty()) return false;
    return origin.path.empty() ? one.file.filename() == origin.name : one.file == origin.path;
  });
  if (found == pictures.end()) return std::nullopt;
  return static_cast<std::size_t>(found - pictures.begin());
}

// Follows origins to the first picture.
std::size_t first_of(const std::vector<FinishedPicture>& pictures, std::size_t index) {
  // Bounded, since records may refer to each other in a circle.
  for (std::size_t left = pictures.size(); left > 0; --left) {
    const auto origin = origin_of(pictures, index);
    if (!origin) break;
    index = *origin;
  }
  return index;
}

}  // namespace

std::optional<std::size_t> origin_of(const std::vector<FinishedPicture>& pictures,
                                     std::size_t index) {
  const auto origin = find_origin(pictures[index], pictures);
  return origin != index ? origin : std::nullopt;
}

std::size_t place_for(const FinishedPicture& picture,
                      const std::vector<FinishedPicture>& pictures) {
  const auto origin = find_origin(picture, pictures);
  if (!origin) return pictures.size();
  const std::size_t first = first_of(pictures, *origin);
  std::size_t place = *origin + 1;
  while (place < pictures.size() && first_of(pictures, place) == first) ++place;
  return place;
}

bool stands_behind(const std::vector<FinishedPicture>& pictures, std::size_t index) {
  return index > 0 && origin_of(pictures, index) &&
         first_of(pictures, index) == first_of(pictures, index - 1);
}

}  // namespace headroom
