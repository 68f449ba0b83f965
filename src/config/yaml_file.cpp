#include "yaml_file.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/generation.h"

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace headroom {
namespace {

constexpr std::size_t kMostBytes = std::size_t{4} << 20U;

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
  std::string text(kMostBytes + 1, '\0');  // limited, since a device file may never end
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (input.bad()) refuse(say("{0}: the config file cannot be read; check the disk", file));
  text.resize(static_cast<std::size_t>(input.gcount()));
  if (text.size() > kMostBytes) {
    refuse(say("{0}: the file is larger than {1}, which no config file is; name a YAML file", file,
               format_bytes(kMostBytes)));
  }
  if (!is_valid_utf8(text)) {
    refuse(say("{0}: the config file is not UTF-8 text; save it as UTF-8", file));
  }
  return text;
}

// The line with this number, counted from 0.
std::string_view line_of(std::string_view text, int line) {
  for (; line > 0 && text.find('\n') != std::string_view::npos; --line)
    text.remove_prefix(text.find('\n') + 1);
  return text.substr(0, text.find('\n'));
}

// What is wrong, judged from the parser's message and the line that it refers to.
Message reason_of(const std::string& message, std::string_view line) {
  namespace fault = YAML::ErrorMsg;
  const auto is = [&](std::initializer_list<const char*> faults) {
    return std::ranges::any_of(faults, [&](const char* f) { return message.starts_with(f); });
  };
  if (is({fault::EOF_IN_SCALAR})) return say("a quote is opened but never closed");
  if (is({fault::END_OF_MAP_FLOW, fault::END_OF_SEQ_FLOW, fault::FLOW_END}))
    return say("a bracket has no partner");
  if (is({fault::END_OF_MAP, fault::END_OF_SEQ, fault::UNEXPECTED_END_MAP,
          fault::UNEXPECTED_END_SEQ})) {
    return say("a line is indented otherwise than those it belongs to");
  }
  // For most tabs the parser complains about what comes after them.
  const std::size_t text_at = std::min(line.find_first_not_of(" \t"), line.size());
  if (is({fault::TAB_IN_INDENTATION}) ||
      line.substr(0, text_at).find('\t') != std::string_view::npos)
    return say("a line is indented with a tab; use blanks");
  if (is({fault::MAP_VALUE, fault::MAP_KEY}))
    return say("a key or a colon stands in a wrong place");
  if (is({fault::BLOCK_ENTRY})) return say("a list begins in a wrong place");
  if (is({fault::INVALID_ESCAPE, fault::INVALID_HEX, fault::INVALID_UNICODE}))
    return say("what follows a backslash in double quotes is not known; use single quotes");
  if (is({fault::ALIAS_NOT_FOUND, fault::ANCHOR_NOT_FOUND, fault::CHAR_IN_ALIAS,
          fault::CHAR_IN_ANCHOR, fault::UNKNOWN_ANCHOR, fault::MULTIPLE_ANCHORS,
          fault::MULTIPLE_ALIASES, fault::ALIAS_CONTENT, fault::AMBIGUOUS_ANCHOR,
          fault::INVALID_ANCHOR, fault::INVALID_ALIAS})) {
    return say("a text that begins with & or * needs quotes");
  }
  if (is({fault::TAG_WITH_NO_SUFFIX, fault::CHAR_IN_TAG_HANDLE, fault::END_OF_VERBATIM_TAG,
          fault::MULTIPLE_TAGS, fault::INVALID_TAG, fault::UNMATCHED_GROUP_TAG,
          fault::YAML_DIRECTIVE_ARGS, fault::YAML_VERSION, fault::YAML_MAJOR_VERSION,
          fault::REPEATED_YAML_DIRECTIVE, fault::TAG_DIRECTIVE_ARGS,
          fault::REPEATED_TAG_DIRECTIVE})) {
    return say("a text that begins with ! or % needs quotes");
  }
  if (is({fault::DOC_IN_SCALAR})) return say("\"---\" or \"...\" stands in the middle of a text");
  if (is({fault::UNKNOWN_TOKEN, fault::CHAR_IN_SCALAR, fault::SINGLE_QUOTED_CHAR,
          fault::CHAR_IN_BLOCK, fault::ZERO_INDENT_IN_BLOCK})) {
    return say("a sign stands where it may not; put the text in quotes");
  }
  return say("its lines do not go together");
}

}  // namespace

YAML::Node read_yaml_file(const std::filesystem::path& file, const char* example) {
  std::string text = read_text(file);
  // If the text ends with a line break, the parser takes its end for the closing quote, and would
  // read a value with a forgotten quote without complaint.
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) {
      refuse(say("{0}: the file has more than one YAML document; remove the \"---\" lines", file));
    }
    return documents.empty() ? YAML::Node() : documents.front();
  } catch (const YAML::Exception& error) {
    const std::string line = error.mark.is_null() ? "" : ":" + std::to_string(error.mark.line + 1);
    refuse(say("{0}: this is not valid YAML ({1}); compare with {2}", file.string() + line,
               reason_of(error.msg, line_of(text, error.mark.line)), example));
  }
}

}  // namespace headroom
