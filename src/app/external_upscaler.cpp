#include "external_upscaler.h"

#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/image/file_writer.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/png_writer.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail(const std::string& sentence) { throw Error(ErrorKind::kIo, sentence); }

std::string text_of(int error) { return std::error_code(error, std::generic_category()).message(); }

// A temporary folder for this run.
class WorkFolder {
 public:
  WorkFolder() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "headroom-upscale-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr) {
      fail("no temporary folder can be made: " + text_of(errno) + "; check TMPDIR");
    }
    path_ = name;
  }
  ~WorkFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Settings for a spawned program: no input, output to a file, default signal handling, since this
// process blocks some signals, and a process group of its own, so that what it starts ends with it.
class SpawnSettings {
 public:
  explicit SpawnSettings(const fs::path& output) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, output.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&files_, STDOUT_FILENO, STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

// The last line that is not empty.
std::string last_line(const fs::path& file) {
  std::ifstream in(file);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return last;
}

// The program's exit status; nothing if it was to end before.
std::optional<int> wait_for_end(pid_t child, const EndsWithin& ends_within) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::seconds kGrace{5};  // then a program that does not listen is killed
  std::optional<Clock::time_point> told;
  while (true) {
    int status = 0;
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return told ? std::nullopt : std::optional(status);
    if (ended < 0 && errno != EINTR)
      fail("the program's end cannot be waited for: " + text_of(errno));
    const bool is_to_end = ends_within(std::chrono::milliseconds(50));
    if (is_to_end && !told) {
      ::kill(-child, SIGTERM);
      told = Clock::now();
    } else if (told && Clock::now() - *told > kGrace) {
      ::kill(-child, SIGKILL);
    }
  }
}

}  // namespace

bool names_external_upscaler(const fs::path& model) {
  return model.filename() == kExternalUpscaler;
}

fs::path find_external_upscaler(const fs::path& named) {
  if (named.has_parent_path()) {
    if (::access(named.c_str(), X_OK) == 0) return fs::absolute(named);
    fail(named.string() + " cannot be run: " + text_of(errno) + "; check the path");
  }
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path file = fs::path(folder) / named;
    if (!folder.empty() && ::access(file.c_str(), X_OK) == 0) return file;
  }
  fail(named.string() +
       " is not in the PATH; install it, or name it with its folder after --model");
}

std::optional<Image> run_external_upscaler(const fs::path& program, const Image& image,
                                           const EndsWithin& ends_within) {
  const WorkFolder folder;
  const std::string in = folder.path() / "in.png";
  const std::string out = folder.path() / "out.png";
  const fs::path said = folder.path() / "said.txt";
  write_new_file(in, encode_png(image, {}));
  const SpawnSettings settings(said);
  std::string name = program.string();
  std::string in_option = "-i", in_file = in, out_option = "-o", out_file = out;
  const std::array<char*, 6> arguments{name.data(),       in_option.data(), in_file.data(),
                                       out_option.data(), out_file.data(),  nullptr};
  pid_t child = -1;
  const int error = ::posix_spawn(&child, name.c_str(), &settings.files_, &settings.attributes_,
                                  arguments.data(), environ);
  if (error != 0) fail(name + " cannot be run: " + text_of(error) + "; check the program");
  const std::optional<int> status = wait_for_end(child, ends_within);
  if (!status) return std::nullopt;
  std::error_code ignored;
  if (*status == 0 && fs::exists(out, ignored)) {
    Image made = read_image(out);
    const bool is_large = made.width == image.width * kExternalUpscalerScale &&
                          made.height == image.height * kExternalUpscalerScale;
    if (is_large) return made;
    fail(name + " made a picture of another size than four times as large; choose a model file");
  }
  const std::string line = last_line(said);
  fail(name + " made no picture" + (line.empty() ? "" : ", it says " + in_quotes(line)) +
       "; try it by itself, or choose a model file");
}

}  // namespace headroom
