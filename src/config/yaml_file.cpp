#include "yaml_file.h"

#include "headroom/core/error.h"
#include "headroom/core/generation.h"

#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace headroom {
namespace {

[[noreturn]] void refuse(const Message& message) { throw Error(ErrorKind::kConfig, message); }

std::string read_text(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    refuse(say("{0}: this is a folder; name a YAML file", file));
  }
  std::ifstream input(file, std::ios::binary);
  if (!input) {
    refuse(
        say("{0}: the config file cannot be opened; check that it exists and that you may read "
            "it",
            file));
  }
  std::ostringstream text;
  text << input.rdbuf();
  if (input.bad()) refuse(say("{0}: the config file cannot be read; check the disk", file));
  if (!is_valid_utf8(text.str())) {
    refuse(say("{0}: the config file is not UTF-8 text; save it as UTF-8", file));
  }
  return text.str();
}

}  // namespace

YAML::Node read_yaml_file(const std::filesystem::path& file, const char* example) {
  std::string text = read_text(file);
  // After a line break the parser takes the end of the file for the end of a quoted text, and would
  // read a forgotten closing quote as a long value.
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) {
      refuse(say("{0}: the file has more than one YAML document; remove the \"---\" lines", file));
    }
    return documents.empty() ? YAML::Node() : documents.front();
  } catch (const YAML::Exception& error) {
    const std::string line = error.mark.is_null() ? "" : ":" + std::to_string(error.mark.line + 1);
    const Message reason = error.msg == YAML::ErrorMsg::EOF_IN_SCALAR
                               ? say("a quote is opened but never closed")
                               : Message("yaml.fault", "{0}", {error.msg});
    refuse(say("{0}: this is not valid YAML ({1}); compare with {2}", file.string() + line, reason,
               example));
  }
}

}  // namespace headroom
