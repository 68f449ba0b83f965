#include "source_files.h"

#include "headroom/weights/posix_file.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <sstream>
#include <system_error>

#include <sys/stat.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

fs::path real_path(const fs::path& file) {
  std::error_code error;
  const fs::path real = fs::canonical(file, error);
  return error ? fs::absolute(file) : real;
}

std::string identity_line(const fs::path& file, const FileStamp& stamp) {
  return escaped(file.string()) + " " + std::to_string(stamp.bytes) + " " +
         std::to_string(stamp.changed_ns) + " " + std::to_string(stamp.inode) + "\n";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c > ' ' && c <= '~' && c != '%') {
      result += c;
    } else {
      std::array<char, 4> code{};
      std::snprintf(code.data(), code.size(), "%%%02X", static_cast<unsigned char>(c));
      result += code.data();
    }
  }
  return result;
}

std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
      result += static_cast<char>(code);
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string fingerprint(const std::vector<fs::path>& files, std::string_view part) {
  // FNV-1a; a collision does no harm, since entries also contain the full paths.
  std::uint64_t hash = 0xCBF29CE484222325;
  const auto add = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  };
  for (const fs::path& file : files) add(real_path(file).string() + "\n");
  add(part);
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash));
  return digits.data();
}

std::string identity(const TensorStore& store) {
  const std::vector<FileStamp> stamps = store.stamps();
  std::string lines;
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    lines += identity_line(real_path(store.files()[i]), stamps[i]);
  }
  return lines;
}

bool is_identity_of_now(const std::string& identity) {
  std::istringstream in(identity);
  std::string now;
  for (std::string line; std::getline(in, line);) {
    const std::string file = unescaped(line.substr(0, line.find(' ')));
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) return false;
    now += identity_line(file, stamp_of(info));
  }
  return !identity.empty() && now == identity;
}

}  // namespace headroom
