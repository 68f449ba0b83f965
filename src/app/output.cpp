#include "output.h"

#include "headroom/core/error.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <nlohmann/json.hpp>

namespace headroom {

std::string json_line(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string pictures(int count) {
  return std::to_string(count) + (count == 1 ? " picture" : " pictures");
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
