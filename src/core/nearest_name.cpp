#include "headroom/core/nearest_name.h"

#include <algorithm>
#include <numeric>

namespace headroom {
namespace {

constexpr std::size_t kMaxComparedLength = 80;

// Levenshtein distance: how many characters must be added, removed or replaced.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

// "dark" of "window.dark"
std::string_view last_part(std::string_view name) { return name.substr(name.rfind('.') + 1); }

}  // namespace

std::string nearest_name(std::string_view typed, const std::vector<std::string>& names) {
  if (typed.size() > kMaxComparedLength) return {};
  // A right key in the wrong section is nearer than any spelling.
  for (const std::string& name : names) {
    if (name.find('.') != std::string::npos && last_part(name) == last_part(typed)) return name;
  }
  return nearest_name(typed, names, std::max<std::size_t>(2, last_part(typed).size() / 3));
}

std::string nearest_name(std::string_view typed, const std::vector<std::string>& names,
                         std::size_t most) {
  if (typed.size() > kMaxComparedLength) return {};
  std::string best;
  std::size_t smallest = most + 1;
  for (const std::string& name : names) {
    const std::size_t distance = edit_distance(typed, name);
    if (distance < smallest) {
      smallest = distance;
      best = name;
    }
  }
  return best;
}

Message suggest(std::string_view typed, const std::vector<std::string>& names) {
  const std::string nearest = nearest_name(typed, names);
  if (!nearest.empty()) return say(" (did you mean {0}?)", nearest);
  std::string known;
  for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
  return say(" (known: {0})", known);
}

}  // namespace headroom
