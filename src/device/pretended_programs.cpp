#include "headroom/device/pretended_programs.h"

#include "headroom/core/bytes.h"

#include <atomic>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

namespace headroom {
namespace {

std::optional<OtherProgram> parse(const std::string& line) {
  constexpr const char* kBlank = " \t\r";
  const std::size_t size_end = line.find_first_of(kBlank);
  if (size_end == std::string::npos) return std::nullopt;
  const std::size_t name = line.find_first_not_of(kBlank, size_end);
  const auto bytes = parse_bytes(line.substr(0, size_end));
  if (!bytes || name == std::string::npos) return std::nullopt;
  const std::size_t name_end = line.find_last_not_of(kBlank) + 1;
  return OtherProgram{0, line.substr(name, name_end - name), *bytes};
}

}  // namespace

OtherPrograms read_programs_from(std::filesystem::path file,
                                 std::function<void(const std::string&)> warn) {
  // Shared by all copies of the function.
  const auto warned = std::make_shared<std::atomic<bool>>(false);
  return [file = std::move(file), warn = std::move(warn), warned] {
    std::vector<OtherProgram> programs;
    std::ifstream in(file);
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      const std::size_t begin = line.find_first_not_of(" \t\r");
      if (begin == std::string::npos) continue;
      if (auto program = parse(line.substr(begin))) {
        programs.push_back(std::move(*program));
      } else if (!warned->exchange(true)) {
        warn(file.string() + ":" + std::to_string(number) +
             ": this line is ignored; write a size and a name, like 2.5G blender");
      }
    }
    return programs;
  };
}

}  // namespace headroom
