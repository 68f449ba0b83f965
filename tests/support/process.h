#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace headroom::test {

struct ProcessOptions {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  std::string input;                               // content of its standard input
  std::map<std::string, std::string> environment;  // the whole environment
  std::filesystem::path folder = ".";              // working folder
  std::optional<std::int64_t> file_bytes_limit;    // RLIMIT_FSIZE
  bool close_output = false;                       // nobody reads its standard output
};

struct ProcessResult {
  int exit_code = -1;  // -1: ended by a signal
  int signal = 0;      // that ended it
  bool timed_out = false;
  std::string out;
  std::string err;
};

// A program that runs beside the test; its output is collected by separate threads. The destructor
// kills it if it is still running. Use from one thread.
class Process {
 public:
  explicit Process(const ProcessOptions& options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void send(int signal) const;
  // Waits for its end; after the deadline it is killed and `timed_out` is set.
  ProcessResult wait(std::chrono::milliseconds deadline);
  // Waits until the program blocks `signal`, so that sending it cannot be too early, and has used
  // `cpu` of CPU time. False if it ended before, or at the deadline.
  bool wait_until_busy(int signal, std::chrono::milliseconds cpu,
                       std::chrono::milliseconds deadline) const;

 private:
  void reap(std::chrono::milliseconds deadline);

  pid_t pid_ = -1;
  ProcessResult result_;
  std::jthread input_, out_, err_;
};

// Starts a program and waits for its end.
ProcessResult run_process(const ProcessOptions& options,
                          std::chrono::milliseconds deadline = std::chrono::seconds(100));

}  // namespace headroom::test
