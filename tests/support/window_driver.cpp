#include "support/window_driver.h"

#include "support/paths.h"

#include <cctype>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headroom::test {
namespace {

using Clock = std::chrono::steady_clock;

void nap() { std::this_thread::sleep_for(std::chrono::milliseconds(50)); }

// The folder without the dump of an earlier window.
std::filesystem::path cleared(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::remove(folder / "ui.json", ignored);
  return folder;
}

std::filesystem::path make_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "headroom_gui_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return name;
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return ends;
}

// Runs a program to its end; `output` receives its output if given.
int run(const std::vector<std::string>& arguments, const std::string& display,
        std::string* output = nullptr, const std::string& input = {}) {
  const std::array<int, 2> out = make_pipe();
  const std::array<int, 2> in = make_pipe();
  const pid_t pid = fork();
  if (pid == 0) {
    setenv("DISPLAY", display.c_str(), 1);
    dup2(in[0], STDIN_FILENO);
    // xclip keeps running to serve the clipboard, so it must not inherit the pipe.
    const int sink = output != nullptr ? out[1] : open("/dev/null", O_WRONLY);
    dup2(sink, STDOUT_FILENO);
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
      argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  if (!input.empty() && write(in[1], input.data(), input.size()) < 0)
    throw std::runtime_error("pipe broke");
  close(in[1]);
  if (output != nullptr) {
    std::array<char, 4096> buffer{};
    for (ssize_t n = 0; (n = ::read(out[0], buffer.data(), buffer.size())) > 0;) {
      output->append(buffer.data(), static_cast<std::size_t>(n));
    }
  }
  close(out[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

// As file managers write it: everything but plain letters as %XX.
std::string uri_of(const std::filesystem::path& file) {
  std::string uri = "file://";
  for (const char c : file.string()) {
    std::array<char, 4> code{};
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '.' ||
                       c == '-' || c == '_';
    std::snprintf(code.data(), code.size(), "%%%02X",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    uri += plain ? std::string(1, c) : std::string(code.data());
  }
  return uri;
}

std::vector<std::string> fill_in(std::vector<std::string> texts,
                                 const std::filesystem::path& folder) {
  const std::string place = "{folder}";
  for (std::string& text : texts) {
    for (std::size_t at = 0; (at = text.find(place)) != std::string::npos;)
      text.replace(at, place.size(), folder.string());
  }
  return texts;
}

std::vector<std::string> with_program(const std::string& program,
                                      std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program);
  return arguments;
}

std::vector<std::string> with_display(std::vector<std::string> environment,
                                      const std::string& display,
                                      const std::filesystem::path& folder) {
  environment.insert(environment.end(),
                     {"DISPLAY=" + display, "LIBGL_ALWAYS_SOFTWARE=1",
                      "WAYLAND_DISPLAY=", "HEADROOM_UI_DUMP=" + (folder / "ui.json").string()});
  return environment;
}

std::unique_ptr<Child> start_companion(const Launch& launch, const std::string& display,
                                       const std::filesystem::path& folder) {
  if (launch.companion.empty()) return nullptr;
  return std::make_unique<Child>(
      fill_in(launch.companion, folder),
      with_display(fill_in(launch.environment, folder), display, folder));
}

std::string read_display_number(int fd) {
  std::string number;
  pollfd waiting{fd, POLLIN, 0};
  while (poll(&waiting, 1, 15000) > 0) {
    char c = 0;
    if (::read(fd, &c, 1) != 1 || c == '\n') break;
    number += c;
  }
  if (number.empty()) throw std::runtime_error("Xvfb did not start; is it installed?");
  return ":" + number;
}

}  // namespace

Child::Child(std::vector<std::string> arguments, const std::vector<std::string>& environment,
             int pass_fd) {
  pid_ = fork();
  if (pid_ != 0) return;
  if (pass_fd >= 0) fcntl(pass_fd, F_SETFD, 0);
  for (const std::string& entry : environment) putenv(const_cast<char*>(entry.c_str()));
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  _exit(127);
}

Child::~Child() {
  if (!running()) return;
  kill(pid_, SIGTERM);
  for (int i = 0; i < 60 && running(); ++i) nap();
  if (!running()) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool Child::running() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == 0) return true;
  pid_ = -1;
  if (WIFEXITED(status)) exit_code_ = WEXITSTATUS(status);
  return false;
}

std::optional<int> Child::wait_for_exit(double seconds) {
  const auto deadline = Clock::now() + std::chrono::duration<double>(seconds);
  while (running() && Clock::now() < deadline) nap();
  return exit_code_;
}

Screen::Screen(int width, int height, int dpi)
    : pipe_(make_pipe()),
      // -r: on a busy machine keys stay pressed for long, and must not repeat.
      server_({"Xvfb", "-displayfd", std::to_string(pipe_[1]), "-r", "-noreset", "-nolisten", "tcp",
               "-screen", "0", std::to_string(width) + "x" + std::to_string(height) + "x24"},
              {}, pipe_[1]),
      name_(read_display_number(pipe_[0])) {
  close(pipe_[0]);
  close(pipe_[1]);
  if (dpi > 0) set_resources(name_, "Xft.dpi: " + std::to_string(dpi) + "\n");
}

WindowDriver::WindowDriver(const Launch& launch)
    : own_folder_(launch.folder.empty()),
      folder_(own_folder_ ? make_folder() : cleared(launch.folder)),
      screen_(launch.width, launch.height, launch.dpi),
      companion_(start_companion(launch, screen_.name(), folder_)),
      program_(with_program(launch.program, fill_in(launch.arguments, folder_)),
               with_display(fill_in(launch.environment, folder_), screen_.name(), folder_)) {
  if (!wait_for_widget(launch.first_widget, 90))
    throw std::runtime_error("the window did not appear");
}

WindowDriver::~WindowDriver() {
  if (!own_folder_) return;
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

nlohmann::json WindowDriver::read() const {
  std::ifstream in(folder_ / "ui.json");
  return in ? nlohmann::json::parse(in) : nlohmann::json{};
}

bool WindowDriver::wait(const std::function<bool(const nlohmann::json&)>& condition,
                        double seconds) const {
  const auto deadline = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < deadline) {
    const nlohmann::json dump = read();
    if (!dump.is_null() && condition(dump["state"])) return true;
    nap();
  }
  return false;
}

bool WindowDriver::wait_for_words(const std::string& name, const std::string& part,
                                  double seconds) const {
  return wait(
      [&](const nlohmann::json&) {
        const nlohmann::json dump = read();
        return !dump.is_null() && dump["says"].contains(name) &&
               dump["says"][name].get<std::string>().find(part) != std::string::npos;
      },
      seconds);
}

bool WindowDriver::wait_for_widget(const std::string& name, double seconds) const {
  const auto deadline = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < deadline) {
    const nlohmann::json dump = read();
    if (!dump.is_null() && dump["widgets"].contains(name)) return true;
    nap();
  }
  return false;
}

int WindowDriver::tool(const std::vector<std::string>& arguments) const {
  return run(arguments, screen_.name());
}

void WindowDriver::hover(const std::string& widget) {
  if (!wait_for_widget(widget)) throw std::runtime_error("no widget " + widget);
  std::array<long, 2> moved{-1, -1};
  for (const auto deadline = Clock::now() + std::chrono::seconds(10); Clock::now() < deadline;
       nap()) {
    const nlohmann::json dump = read();
    if (!dump["widgets"].contains(widget)) continue;
    const nlohmann::json& w = dump["widgets"][widget];
    const auto middle = [&](const char* at, const char* length) {
      return std::lround(w[at].get<double>() + w[length].get<double>() / 2);
    };
    const std::array<long, 2> there{middle("x", "w"), middle("y", "h")};
    // A busy machine may draw long after the mouse was moved, when a widget may be elsewhere.
    const nlohmann::json& state = dump["state"];
    if (moved == there && state.contains("mouse") && state["mouse"] == there) return;
    if (std::exchange(moved, there) != there)
      tool({"xdotool", "mousemove", std::to_string(there[0]), std::to_string(there[1])});
    if (!state.contains("mouse")) break;  // such as the notice window
  }
  nap();
}

void WindowDriver::point_at(int x, int y) {
  tool({"xdotool", "mousemove", std::to_string(x), std::to_string(y)});
  std::this_thread::sleep_for(std::chrono::milliseconds(500));  // until a tooltip disappears
}

void WindowDriver::click(const std::string& widget) {
  // The last action may enable it soon. A test may also click a widget that stays disabled.
  const auto deadline = Clock::now() + std::chrono::seconds(1);
  while (wait_for_widget(widget) && !read()["widgets"][widget]["enabled"].get<bool>() &&
         Clock::now() < deadline) {
    nap();
  }
  hover(widget);
  tool({"xdotool", "click", "1"});
  nap();
}

void WindowDriver::double_click(const std::string& widget, bool shift) {
  hover(widget);
  if (shift) tool({"xdotool", "keydown", "shift"});
  nap();
  tool({"xdotool", "click", "--repeat", "2", "--delay", "120", "1"});
  nap();
  if (shift) tool({"xdotool", "keyup", "shift"});
}

void WindowDriver::key(const std::string& keys) {
  // Modifiers are released last, as by hand. (`xdotool key` releases them first, and a slow window
  // then sees the key without them.)
  std::vector<std::string> arguments{"xdotool"};
  std::vector<std::string> held;
  std::size_t from = 0;
  for (std::size_t plus = 0; (plus = keys.find('+', from)) != std::string::npos; from = plus + 1) {
    held.push_back(keys.substr(from, plus - from));
    arguments.insert(arguments.end(), {"keydown", held.back()});
  }
  arguments.insert(arguments.end(), {"key", keys.substr(from)});
  for (auto modifier = held.rbegin(); modifier != held.rend(); ++modifier) {
    arguments.insert(arguments.end(), {"keyup", *modifier});
  }
  tool(arguments);
  nap();
}

void WindowDriver::type(const std::string& text) {
  tool({"xdotool", "type", "--delay", "10", text});
  nap();
}

void WindowDriver::paste(const std::string& text) {
  run({"xclip", "-selection", "clipboard", "-loops", "0"}, screen_.name(), nullptr, text);
  std::string held;  // xclip returns before it owns the clipboard
  for (const auto deadline = Clock::now() + std::chrono::seconds(5);
       held != text && Clock::now() < deadline; nap()) {
    held.clear();
    run({"xclip", "-selection", "clipboard", "-o"}, screen_.name(), &held);
  }
  key("ctrl+v");
}

std::string WindowDriver::clipboard(const std::string& target) const {
  std::string held;
  run({"timeout", "10", "xclip", "-selection", "clipboard", "-o", "-t", target}, screen_.name(),
      &held);
  return held;
}

void WindowDriver::drag(const std::string& widget, int button, int across, int down) {
  constexpr int kMoves = 4;
  hover(widget);
  tool({"xdotool", "mousedown", std::to_string(button)});
  nap();
  for (int i = 0; i < kMoves; ++i) {
    tool({"xdotool", "mousemove_relative", "--", std::to_string(across / kMoves),
          std::to_string(down / kMoves)});
    nap();
  }
  tool({"xdotool", "mouseup", std::to_string(button)});
  nap();
}

void WindowDriver::copy(const std::string& content, const std::string& type) {
  run({"xclip", "-selection", "clipboard", "-target", type, "-loops", "0"}, screen_.name(), nullptr,
      content);
  for (const auto deadline = Clock::now() + std::chrono::seconds(5); Clock::now() < deadline;
       nap()) {
    std::string held;  // xclip returns before it owns the clipboard
    run({"xclip", "-selection", "clipboard", "-target", type, "-o"}, screen_.name(), &held);
    if (held == content) return;
  }
  throw std::runtime_error("xclip did not take " + type);
}

bool WindowDriver::drop(const std::string& widget,
                        const std::vector<std::filesystem::path>& files) {
  hover(widget);
  const nlohmann::json w = read()["widgets"][widget];
  const auto middle = [&](const char* at, const char* length) {
    return static_cast<int>(std::lround(w[at].get<double>() + w[length].get<double>() / 2));
  };
  std::vector<std::string> uris;
  for (const std::filesystem::path& file : files) uris.push_back(uri_of(file));
  return drag_onto(screen_.name(), "headroom", middle("x", "w"), middle("y", "h"), uris);
}

void WindowDriver::wheel(const std::string& widget, int clicks) {
  hover(widget);
  for (int i = 0; i < std::abs(clicks); ++i) tool({"xdotool", "click", clicks > 0 ? "4" : "5"});
  nap();
}

std::array<int, 3> WindowDriver::pixel(int x, int y) const {
  std::string bytes;
  run({"import", "-window", "root", "-crop", "1x1+" + std::to_string(x) + "+" + std::to_string(y),
       "-depth", "8", "rgb:-"},
      screen_.name(), &bytes);
  if (bytes.size() != 3) throw std::runtime_error("no screenshot; is ImageMagick installed?");
  const auto at = [&](std::size_t i) {
    return static_cast<int>(static_cast<unsigned char>(bytes[i]));
  };
  return {at(0), at(1), at(2)};
}

std::filesystem::path WindowDriver::screenshot(const std::string& name) const {
  const std::filesystem::path folder = test::build_folder() / "screenshots";
  std::filesystem::create_directories(folder);
  const std::filesystem::path file = folder / (name + ".png");
  if (tool({"import", "-window", "root", "-depth", "8", "PNG24:" + file.string()}) != 0)
    throw std::runtime_error("no screenshot; is ImageMagick installed?");
  return file;
}

void WindowDriver::ask_to_close() {
  if (!request_close(screen_.name(), "headroom")) throw std::runtime_error("no window to close");
}

std::optional<int> WindowDriver::close(double seconds) {
  ask_to_close();
  return program_.wait_for_exit(seconds);
}

std::optional<int> WindowDriver::terminate(double seconds) {
  kill(program_.pid(), SIGTERM);
  return program_.wait_for_exit(seconds);
}

long long WindowDriver::resident_kib() const {
  std::ifstream in("/proc/" + std::to_string(program_.pid()) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
  }
  throw std::runtime_error("the program has ended");
}

}  // namespace headroom::test
