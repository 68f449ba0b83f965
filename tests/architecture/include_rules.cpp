#include "architecture/include_rules.h"

#include "architecture/source_text.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace headroom::test {
namespace {

using Names = std::set<std::string, std::less<>>;

struct RoomRules {
  Names rooms;     // besides itself
  Names families;  // of third-party headers, besides the standard library
};

// The table. A room that is missing here breaks the rules with its first file.
const std::map<std::string, RoomRules, std::less<>>& rules() {
  static const std::map<std::string, RoomRules, std::less<>> table{
      {"core", {{}, {"openssl"}}},
      {"config", {{"core"}, {"yaml-cpp"}}},
      {"image", {{"core"}, {"stb", "posix"}}},
      {"records", {{"core", "image"}, {"nlohmann", "posix"}}},
      {"text", {{"core"}, {"utf8proc", "nlohmann"}}},
      {"weights", {{"core"}, {"nlohmann", "posix"}}},
      {"model_files", {{"core", "weights"}, {"nlohmann", "posix"}}},
      {"memory", {{"core"}, {}}},
      {"engine", {{"core", "memory"}, {"posix"}}},
      {"device", {{"core", "memory"}, {"torch", "posix"}}},
      {"model", {{"core", "device"}, {"torch"}}},
      {"diffusion", {{}, {"torch"}}},
      {"pipeline",
       {{"core", "text", "weights", "model_files", "model", "diffusion", "device", "memory"},
        {"torch", "nlohmann", "posix"}}},
      {"forecast",
       {{"core", "weights", "model_files", "model", "device", "memory", "pipeline"},
        {"torch", "nlohmann"}}},
      {"gui_state",
       {{"core", "engine", "image", "records", "memory", "config"}, {"nlohmann", "posix"}}},
      {"gui_actions", {{"core", "image", "config", "gui_state"}, {}}},
      {"gui_toolkit",
       {{"core", "engine", "image", "config", "gui_state"},
        {"imgui", "glfw", "gl", "x11", "fontconfig", "nlohmann", "posix"}}},
      {"gui",
       {{"core", "engine", "image", "config", "gui_state", "gui_actions", "gui_toolkit"},
        {"imgui", "icons", "nlohmann"}}},
      {"cli",
       {{"core", "config", "image", "model_files", "device"}, {"cli11", "nlohmann", "posix"}}},
      {"app",
       {{"core", "config", "image", "records", "text", "weights", "model_files", "memory", "engine",
         "device", "pipeline", "forecast", "gui", "cli"},
        {"spdlog", "nlohmann", "posix"}}},
  };
  return table;
}

struct Prefix {
  std::string_view prefix;
  std::string_view family;
};

// Third-party headers by how their names begin.
constexpr Prefix kPrefixes[] = {
    {"yaml-cpp/", "yaml-cpp"},
    {"stb", "stb"},  // <stb_image.h> or <stb/stb_image.h>
    {"nlohmann/", "nlohmann"},
    {"utf8proc", "utf8proc"},
    {"openssl/", "openssl"},
    {"ATen/", "torch"},
    {"c10/", "torch"},
    {"torch/", "torch"},
    {"fbgemm/", "torch"},
    {"cuda", "cuda"},
    {"nvml", "cuda"},
    {"imgui", "imgui"},
    {"imstb_", "imgui"},
    {"misc/", "imgui"},
    {"backends/imgui", "imgui"},
    {"GLFW/", "glfw"},
    {"GL/", "gl"},
    {"X11/", "x11"},
    {"fontconfig/", "fontconfig"},
    {"icons_font_awesome", "icons"},
    {"hello_imgui/icons_font_awesome", "icons"},
    {"CLI/", "cli11"},
    {"spdlog/", "spdlog"},
    {"fmt/", "fmt"},
    {"sys/", "posix"},
};

constexpr std::string_view kPosix[] = {"dirent.h", "dlfcn.h",   "fcntl.h",   "malloc.h",
                                       "poll.h",   "pthread.h", "pwd.h",     "sched.h",
                                       "signal.h", "spawn.h",   "termios.h", "unistd.h"};

// Both pull in all of torch: seconds for every file that includes them.
constexpr std::string_view kBanned[] = {"torch/torch.h", "torch/all.h", "torch/extension.h"};

bool is_standard(std::string_view include) {
  return !include.empty() && std::all_of(include.begin(), include.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string_view family_of(std::string_view include) {
  for (const Prefix& p : kPrefixes) {
    if (include.starts_with(p.prefix)) return p.family;
  }
  return std::ranges::find(kPosix, include) != std::end(kPosix) ? "posix" : "";
}

// What may be named in which rooms only, whichever header it came by.
struct TokenRule {
  std::string_view token;
  Names places;  // rooms, or folders and files of one: "device/cuda"; empty: nowhere
  std::string_view why;
};

const std::vector<TokenRule>& token_rules() {
  static const Names threaded{"engine", "pipeline", "forecast", "device"};
  static const Names torch{"device", "model", "diffusion", "pipeline", "forecast"};
  static const Names cuda{"device/cuda"};
  static const std::string_view threads_why =
      "threads and locks belong to engine, device and pipeline";
  static const std::string_view kinds_why =
      "which kind a device is, is asked of nobody: DeviceBackend says what it can";
  static const std::vector<TokenRule> table{
      {"std::thread", threaded, threads_why},
      {"std::jthread", threaded, threads_why},
      // gui_toolkit starts no thread, but others wake it: the library's life is guarded.
      {"std::mutex", {"engine", "pipeline", "forecast", "device", "gui_toolkit"}, threads_why},
      {"std::recursive_mutex", threaded, threads_why},
      {"std::shared_mutex", threaded, threads_why},
      {"std::condition_variable", threaded, threads_why},
      {"std::condition_variable_any", threaded, threads_why},
      {"std::async", {}, "the program has no thread pool and no futures"},
      {"YAML::", {"config"}, "only config knows YAML"},
      {"CLI::", {"cli"}, "only cli knows the parser of arguments"},
      {"ImGui::", {"gui_toolkit", "gui"}, "only gui and its toolkit know Dear ImGui"},
      {"at::", torch, "tensors belong to the torch rooms"},
      {"torch::", torch, "tensors belong to the torch rooms"},
      {"c10::", torch, "tensors belong to the torch rooms"},
      {"is_cuda", cuda, kinds_why},
      {"at::kCUDA", cuda, kinds_why},
      {"c10::kCUDA", cuda, kinds_why},
      {"c10::DeviceType::CUDA", {"device/cuda", "device/backends.cpp"}, kinds_why},
      {"cuda_runtime", cuda, kinds_why},
      {"Nvml", cuda, kinds_why},
  };
  return table;
}

// Asking how many processors there are starts and locks nothing.
bool is_harmless(std::string_view token, std::string_view code_line) {
  return token == "std::thread" &&
         code_line.find("std::thread::hardware_concurrency") != std::string_view::npos;
}

std::string_view line_of(std::string_view text, std::size_t line) {
  for (; line > 1; --line) text.remove_prefix(text.find('\n') + 1);
  return text.substr(0, text.find('\n'));
}

class Checker {
 public:
  explicit Checker(const std::vector<SourceFile>& files) {
    for (const SourceFile& file : files) paths_.insert(file.path);
  }

  void check(const SourceFile& file) {
    file_ = &file;
    room_ = room_of(file.path);
    const auto found = rules().find(room_);
    if (found == rules().end()) {
      report(1, "belongs to no room that the rules know; add it to the table or move it");
      return;
    }
    for (const Include& include : find_includes(file.text)) check_include(include, found->second);
    check_tokens();
  }

  std::vector<std::string> take_problems() { return std::move(problems_); }

  [[nodiscard]] std::vector<std::string> unused() const {
    std::vector<std::string> found;
    for (const auto& [room, allowed] : rules()) {
      const auto used = used_.find(room);
      for (const Names* const names : {&allowed.rooms, &allowed.families}) {
        for (const std::string& name : *names) {
          if (used == used_.end() || !used->second.contains(name))
            found.push_back(room + " -> " + name);
        }
      }
    }
    return found;
  }

 private:
  void check_include(const Include& include, const RoomRules& room) {
    if (std::ranges::find(kBanned, include.path) != std::end(kBanned)) {
      report(include.line, "includes " + include.path + "; use the narrowest ATen header");
    } else if (include.path.starts_with("headroom/")) {
      const std::string other =
          room_of("src/" + include.path.substr(std::string_view("headroom/").size()));
      if (other != room_ && !room.rooms.contains(other)) {
        report(include.line, room_ + " must not include " + include.path);
      }
      used_[room_].insert(other);
    } else if (!is_own(include.path) && !is_standard(include.path)) {
      const std::string_view family = family_of(include.path);
      if (family.empty()) {
        report(include.line, "includes " + include.path + ", which the rules do not know");
      } else if (!room.families.contains(family)) {
        report(include.line, room_ + " must not include " + include.path);
      }
      used_[room_].insert(std::string(family));
    }
  }

  // A private header of this room, from the room's folder or from beside the file.
  [[nodiscard]] bool is_own(const std::string& include) const {
    const std::filesystem::path beside = std::filesystem::path(file_->path).parent_path() / include;
    const std::string own = beside.lexically_normal().generic_string();
    return paths_.contains("src/" + room_ + "/" + include) ||
           (paths_.contains(own) && room_of(own) == room_);
  }

  void check_tokens() {
    const std::string code = code_only(file_->text);
    for (const TokenRule& rule : token_rules()) {
      if (rule.places.contains(room_) || rule.places.contains(path_in_room()) ||
          rule.places.contains(folder_in_room())) {
        continue;
      }
      for (const std::size_t line : find_token(code, rule.token)) {
        if (is_harmless(rule.token, line_of(code, line))) continue;
        report(line,
               room_ + " must not use " + std::string(rule.token) + ": " + std::string(rule.why));
      }
    }
  }

  // "device/cuda/nvml.cpp", and "device/cuda".
  [[nodiscard]] std::string path_in_room() const {
    return file_->path.substr(file_->path.find(room_ + "/"));
  }
  [[nodiscard]] std::string folder_in_room() const {
    return std::filesystem::path(path_in_room()).parent_path().generic_string();
  }

  void report(std::size_t line, const std::string& what) {
    problems_.push_back(file_->path + ":" + std::to_string(line) + ": " + what);
  }

  std::set<std::string> paths_;
  std::vector<std::string> problems_;
  std::map<std::string, Names, std::less<>> used_;  // rooms and families that a room includes
  const SourceFile* file_ = nullptr;
  std::string room_;
};

}  // namespace

std::string room_of(std::string_view path) {
  constexpr std::string_view kRoot = "src/";
  if (!path.starts_with(kRoot)) return {};
  path.remove_prefix(kRoot.size());
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::vector<std::string> check_include_rules(const std::vector<SourceFile>& files) {
  Checker checker(files);
  for (const SourceFile& file : files) checker.check(file);
  return checker.take_problems();
}

std::vector<std::string> unused_permissions(const std::vector<SourceFile>& files) {
  Checker checker(files);
  for (const SourceFile& file : files) checker.check(file);
  return checker.unused();
}

std::set<std::string> known_rooms() {
  std::set<std::string> rooms;
  for (const auto& [room, unused] : rules()) rooms.insert(room);
  return rooms;
}

std::vector<SourceFile> read_sources(const std::filesystem::path& root, const std::string& folder) {
  static const std::set<std::string> kinds{".h", ".hpp", ".cpp", ".cc",
                                           ".c", ".cu",  ".cuh", ".inc"};
  std::vector<SourceFile> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           root / folder, std::filesystem::directory_options::follow_directory_symlink)) {
    if (!entry.is_regular_file() || !kinds.contains(entry.path().extension().string())) continue;
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    files.push_back({entry.path().lexically_relative(root).generic_string(), text.str()});
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

}  // namespace headroom::test
