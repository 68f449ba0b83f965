#include "headroom/gui_state/offered_picture.h"

#include "headroom/gui_state/start_picture.h"
#include "headroom/image/file_io.h"
#include "headroom/image/picture_formats.h"
#include "headroom/image/picture_info.h"
#include "headroom/records/find_settings.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace headroom {
namespace {

bool tells_of_start(std::string_view key) {
  return key == "request.init_image" || key == "request.strength" || key == "request.mask";
}

// What ReadSettings has in fields of its own.
bool tells_of_noise(std::string_view key) {
  return key == "request.variation" || key == "variation_seed" || key == "request.variety" ||
         key == "request.seed_mode";
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find_first_of("\r\n")));
}

// Decodes %XX.
std::string decoded(std::string_view uri) {
  std::string text;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    unsigned byte = 0;
    const char* const digits = uri.data() + i + 1;
    if (uri[i] == '%' && i + 2 < uri.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      text += static_cast<char>(byte);
      i += 2;
    } else {
      text += uri[i];
    }
  }
  return text;
}

void add_settings(const ReadSettings& settings, OfferedPicture& offered) {
  offered.has_settings = true;
  offered.request = settings.request;
  if (settings.start) {
    offered.request.init = start_of_record(*settings.start);
    offered.request.strength = settings.start->strength;
  }
  offered.request.variation = settings.variation;
  offered.request.variety = settings.variety;
  offered.request.seed_mode = settings.seed_mode;
  offered.has_prompt = settings.says("prompt") && !settings.request.prompt.empty();
  offered.has_size = settings.says("width") && settings.says("height");
  offered.has_steps = settings.says("steps");
  offered.has_guidance = settings.says("guidance") || settings.says("guidance_scale");
  if (!settings.says("seed")) offered.request.seed.reset();
  for (const auto& [key, value] : settings.unknown) {
    if (settings.start && tells_of_start(key)) continue;
    if (settings.source == "headroom" && tells_of_noise(key)) continue;
    offered.unknown.emplace_back(key + ": " + value);
  }
}

// A prompt may have a line that begins as settings do: "Steps: leading to a castle".
bool is_only_a_prompt(const ReadSettings& settings) {
  return settings.source != "headroom" &&
         std::ranges::all_of(settings.found, [&](const std::string& field) {
           return field == "prompt" && settings.source == "parameters";
         });
}

bool is_picture_name(const std::filesystem::path& file) { return format_of(file) != nullptr; }

}  // namespace

OfferedPicture read_offered_picture(const std::filesystem::path& file) {
  const PictureInfo info = read_picture_info(file);
  OfferedPicture offered;
  offered.file = file;
  offered.name = file.filename().string();
  offered.why_no_image = info.why_no_pixels;
  const std::optional<ReadSettings> found = find_settings(info.texts);
  if (!found && !offered.why_no_image.empty()) throw_read_error(file, offered.why_no_image);
  if (!found) return offered;
  add_settings(*found, offered);
  for (const Message& problem : info.problems) offered.unknown.push_back(problem);
  return offered;
}

std::optional<OfferedPicture> read_offered_text(const std::string& text) {
  const std::optional<ReadSettings> found =
      find_settings({{"headroom", text}, {"parameters", text}});
  if (!found || is_only_a_prompt(*found)) return std::nullopt;
  OfferedPicture offered;
  add_settings(*found, offered);
  return offered;
}

std::optional<std::filesystem::path> path_in_clipboard(std::string_view text) {
  const std::string line = first_line(text);
  const bool alone = text.find_first_not_of("\r\n", line.size()) == std::string_view::npos;
  if (!alone || line.size() < 2 || !line.starts_with('/')) return std::nullopt;
  return line;
}

std::vector<std::filesystem::path> files_in_clipboard(std::string_view text) {
  constexpr std::string_view kScheme = "file://";
  std::vector<std::filesystem::path> files;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string line = first_line(rest);
    const std::size_t end = rest.find('\n');
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.starts_with('#')) continue;  // a comment in a list of URIs
    if (!line.starts_with(kScheme)) break;
    const std::size_t path = line.find('/', kScheme.size());  // after the host name
    if (path != std::string::npos) files.push_back(decoded(std::string_view(line).substr(path)));
  }
  if (!files.empty()) return files;
  std::error_code ignored;
  auto path = path_in_clipboard(text);
  if (path && is_picture_name(*path) && std::filesystem::is_regular_file(*path, ignored))
    files.push_back(*std::move(path));
  return files;
}

}  // namespace headroom
