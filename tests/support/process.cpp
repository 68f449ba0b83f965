#include "support/process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headroom::test {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
    read = ends[0];
    write = ends[1];
  }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

void read_all(int fd, std::string& text) {
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::close(fd);
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) break;  // the program has stopped reading
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  ::close(fd);
}

// Runs between fork and exec, where only async-signal-safe calls are allowed.
[[noreturn]] void become(const ProcessOptions& options, char* const* arguments,
                         char* const* environment, int in, int out, int err) {
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  std::signal(SIGPIPE,
              SIG_DFL);  // this process ignores it, and an ignored signal would be inherited
  if (options.file_bytes_limit) {
    const auto bytes = static_cast<rlim_t>(*options.file_bytes_limit);
    const rlimit limit{bytes, bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  if (::chdir(options.folder.c_str()) == 0) ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

// The line "NAME: VALUE" of a status file below /proc; "0" without one.
std::string status_value(const std::filesystem::path& file, const std::string& name) {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with(name + ":")) return line.substr(name.size() + 1);
  }
  return "0";
}

// Whether any thread blocks it. All are checked, since a thread in sigtimedwait() does not count
// as blocking the signal.
bool blocks_signal(pid_t pid, int signal) {
  std::error_code error;
  for (const auto& thread :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", error)) {
    const std::string mask = status_value(thread.path() / "status", "SigBlk");
    if ((std::strtoull(mask.c_str(), nullptr, 16) >> (signal - 1) & 1U) != 0) return true;
  }
  return false;
}

bool has_ended(pid_t pid) {
  const auto state = status_value("/proc/" + std::to_string(pid) + "/status", "State");
  return state.find('Z') != std::string::npos;
}

std::chrono::milliseconds cpu_time(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  long user = 0;
  long system = 0;
  fields >> user >> system;
  return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

}  // namespace

Process::Process(const ProcessOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // a program need not read its input
  std::vector<std::string> arguments{options.program.string()};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> environment;
  for (const auto& [name, value] : options.environment) environment.push_back(name + "=" + value);
  const std::vector<char*> argument_pointers = pointers(arguments);
  const std::vector<char*> environment_pointers = pointers(environment);

  const Pipe in;
  const Pipe out;
  const Pipe err;
  if (options.close_output) ::close(out.read);  // before the program can write
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) {
    become(options, argument_pointers.data(), environment_pointers.data(), in.read, out.write,
           err.write);
  }
  ::close(in.read);
  ::close(out.write);
  ::close(err.write);
  input_ = std::jthread([fd = in.write, text = options.input] { write_all(fd, text); });
  err_ = std::jthread([this, fd = err.read] { read_all(fd, result_.err); });
  if (!options.close_output) {
    out_ = std::jthread([this, fd = out.read] { read_all(fd, result_.out); });
  }
}

Process::~Process() {
  if (pid_ > 0) reap(std::chrono::milliseconds(0));
}

void Process::send(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

ProcessResult Process::wait(std::chrono::milliseconds deadline) {
  reap(deadline);
  for (std::jthread* const thread : {&input_, &out_, &err_}) {
    if (thread->joinable()) thread->join();
  }
  return result_;
}

void Process::reap(std::chrono::milliseconds deadline) {
  const auto end = Clock::now() + deadline;
  int status = 0;
  while (true) {
    const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
    if (ended == pid_) break;
    if (ended < 0) throw std::system_error(errno, std::generic_category(), "waitpid");
    if (Clock::now() >= end && !result_.timed_out) {
      result_.timed_out = true;
      ::kill(pid_, SIGKILL);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  pid_ = -1;
  if (WIFEXITED(status)) result_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
}

bool Process::wait_until_busy(int signal, std::chrono::milliseconds cpu,
                              std::chrono::milliseconds deadline) const {
  const auto end = Clock::now() + deadline;
  while (Clock::now() < end && !has_ended(pid_)) {
    if (blocks_signal(pid_, signal) && cpu_time(pid_) >= cpu) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

ProcessResult run_process(const ProcessOptions& options, std::chrono::milliseconds deadline) {
  return Process(options).wait(deadline);
}

}  // namespace headroom::test
