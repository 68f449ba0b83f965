#include "headroom/core/languages.h"

#include "headroom/core/name_list.h"

#include <algorithm>

namespace headroom {

const Language& language_of(std::string_view code) {
  const auto* const found = std::ranges::find(kLanguages, code, &Language::code);
  return found != kLanguages.end() ? *found : kLanguages.front();
}

bool is_language(std::string_view code) {
  return std::ranges::find(kLanguages, code, &Language::code) != kLanguages.end();
}

const Language& language_after(std::string_view code) {
  const auto* const found = std::ranges::find(kLanguages, code, &Language::code);
  return found + 1 < kLanguages.end() ? found[1] : kLanguages.front();
}

std::string language_codes() {
  std::array<std::string_view, kLanguages.size()> codes;
  std::ranges::transform(kLanguages, codes.begin(), &Language::code);
  return or_list(codes);
}

}  // namespace headroom
