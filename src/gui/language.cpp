#include "language.h"

#include "headroom/core/languages.h"

#include <cstdlib>
#include <string_view>

namespace headroom {

std::string choose_language(const std::string& wanted) {
  if (is_language(wanted)) return wanted;
  for (const char* const name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale = value;  // "zh_CN.UTF-8"
    return std::string(language_of(locale.substr(0, locale.find_first_of("_-.@"))).code);
  }
  return std::string(kLanguages.front().code);
}

}  // namespace headroom
