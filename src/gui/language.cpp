
#include "language.h"

#include <cstdlib>

namespace headroom {

std::string choose_language(const std::string& wanted) {
  if (wanted == "en" || wanted == "zh") return wanted;
  for (const char* const name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr && *value != '\0')
      return std::string(value).starts_with("zh") ? "zh" : "en";
  }
  return "en";
}

}  // namespace headroom
