#include "headroom/cli/stdout_text.h"

#include "headroom/core/error.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>

#include <nlohmann/json.hpp>

namespace headroom {

std::string json_line(const nlohmann::ordered_json& value) {
  const std::string plain =
      value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  std::string line;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const auto code = [&](std::size_t k) { return static_cast<unsigned char>(plain[k]); };
    const bool is_c1 = code(i) == 0xC2 && i + 1 < plain.size() && code(i + 1) <= 0x9F;
    if (is_c1 || code(i) == 0x7F) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", code(is_c1 ? ++i : i));
      line += escape.data();
    } else {
      line += plain[i];
    }
  }
  return line;
}

std::string pictures(int count) {
  return std::to_string(count) + (count == 1 ? " picture" : " pictures");
}

std::string told_of(const std::string& name, const std::string& sentence) {
  const std::size_t at = sentence.find(name);
  const bool is_named =
      at != std::string::npos &&
      (at == 0 || std::string_view(" /\"").find(sentence[at - 1]) != std::string_view::npos);
  return is_named ? sentence : name + ": " + sentence;
}

void flush_output() {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  const std::string reason = errno == 0 ? "an earlier write failed"
                                        : std::error_code(errno, std::generic_category()).message();
  throw Error(ErrorKind::kIo,
              "standard output cannot be written: " + reason + "; check where the output goes");
}

}  // namespace headroom
