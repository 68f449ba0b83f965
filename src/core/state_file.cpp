#include "headroom/core/state_file.h"

#include "headroom/core/error.h"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

namespace headroom {

void write_state_file(const std::filesystem::path& file, std::string_view text,
                      const Message& action, const Message& way_out) {
  const std::filesystem::path temporary = file.string() + ".new";
  const auto fail = [&](const Message& reason) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw Error(ErrorKind::kIo, say("cannot {0} {1}: {2}; {3}", action, file, reason, way_out));
  };
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  // If a file stands where the folder should be, the error is EEXIST, which would mislead.
  if (error) fail(say_errno(error.value() == EEXIST ? ENOTDIR : error.value()));
  errno = 0;
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) fail(say_errno(errno != 0 ? errno : EIO));
  std::filesystem::rename(temporary, file, error);
  if (error) fail(say_errno(error.value()));
}

std::string read_state_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;  // operator<< below catches read errors, so that nothing is thrown
  text << in.rdbuf();
  return text.str();
}

}  // namespace headroom
