#include "headroom/engine/model_offer.h"

#include <algorithm>
#include <utility>

namespace headroom {

std::string formats_of(const ModelOffer& offer) {
  std::vector<std::pair<int, std::string>> formats;
  for (const auto& [format, count] : offer.formats) formats.emplace_back(-count, format);
  std::sort(formats.begin(), formats.end());  // most frequent first
  std::string text;
  for (const auto& [count, format] : formats) text += (text.empty() ? "" : " + ") + format;
  return text;
}

}  // namespace headroom
