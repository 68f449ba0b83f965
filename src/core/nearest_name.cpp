#include "headroom/core/nearest_name.h"

#include <algorithm>
#include <numeric>

namespace headroom {
namespace {

constexpr std::size_t kMaxComparedLength = 80;

// How many characters must be added, removed or replaced, or neighbours swapped: the distance of
// optimal string alignment (Damerau 1964, without changes of swapped characters).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);  // the row above the last one
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = last[j] + (a[i] == b[j] ? 0 : 1);
      row[j + 1] = std::min({replaced, row[j] + 1, last[j + 1] + 1});
      const bool is_swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (is_swapped) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last.back();
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
