#include "headroom/core/name_list.h"

#include <vector>

namespace headroom {

std::string or_list(std::span<const std::string_view> names) {
  return say_or_list(names).english();
}

Message say_or_list(std::span<const std::string_view> names) {
  if (names.empty()) return {};
  const std::string_view last = names.back();
  if (names.size() == 1) return std::string(last);
  std::vector<Message> others;
  for (const std::string_view name : names.first(names.size() - 1)) {
    others.emplace_back(std::string(name));
  }
  return say("{0} or {1}", say_list(others), last);
}

}  // namespace headroom
