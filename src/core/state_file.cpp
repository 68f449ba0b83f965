#include "headroom/core/state_file.h"

#include "headroom/core/error.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

namespace headroom {

void write_state_file(const std::filesystem::path& file, std::string_view text,
                      std::string_view action, std::string_view way_out) {
  const auto fail = [&](const std::string& reason) {
    throw Error(ErrorKind::kIo, "cannot " + std::string(action) + " " + file.string() + ": " +
                                    reason + "; " + std::string(way_out));
  };
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) fail(error.message());
  const std::filesystem::path temporary = file.string() + ".new";
  errno = 0;
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) fail(errno != 0 ? std::strerror(errno) : "it cannot be written");
  std::filesystem::rename(temporary, file, error);
  if (error) fail(error.message());
}

}  // namespace headroom
