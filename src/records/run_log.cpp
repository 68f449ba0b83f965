#include "headroom/records/run_log.h"

#include "headroom/core/error.h"
#include "headroom/image/file_io.h"
#include "headroom/records/run_record_json.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kAction = "keep the receipt in";

// The file, opened for appending and locked. Another program may replace it while this one waits
// for the lock; then the lock is on a file without a name, and opening is tried again.
int open_locked(const fs::path& file) {
  while (true) {
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) throw_io_error(kAction, file, errno);
    int locked = 0;
    do locked = ::flock(fd, LOCK_EX);
    while (locked != 0 && errno == EINTR);
    struct stat ours {};
    struct stat named {};
    const bool known = locked == 0 && ::fstat(fd, &ours) == 0;
    const int reason = errno;
    const bool same = known && ::stat(file.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
                      ours.st_dev == named.st_dev;
    if (same) return fd;
    ::close(fd);
    if (!known) throw_io_error(kAction, file, reason);
  }
}

// Appends all of `bytes` in one write, or nothing.
void write_at_end(int fd, const fs::path& file, std::int64_t size, std::string_view bytes) {
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  if (written == static_cast<ssize_t>(bytes.size())) return;
  const int reason = written < 0 ? errno : ENOSPC;
  // If this fails too, the next line will begin after the torn one.
  static_cast<void>(::ftruncate(fd, size) == 0);
  throw_io_error(kAction, file, reason);
}

// The newest whole lines of `text`, at most `most` bytes.
std::string_view newest_lines(std::string_view text, std::int64_t most) {
  const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(most, 0));
  if (text.size() <= limit) return text;
  const std::size_t newline = text.find('\n', text.size() - limit - 1);
  return newline == std::string_view::npos ? std::string_view() : text.substr(newline + 1);
}

// Replaces the file by `bytes`: whole or not at all. Requires the lock.
void replace(const fs::path& file, std::string_view bytes) {
  const fs::path temporary = file.string() + ".new";
  try {
    const OpenFile out(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
    if (out.get() < 0) throw_io_error(kAction, file, errno);
    write_at_end(out.get(), file, 0, bytes);
    if (::fsync(out.get()) != 0) throw_io_error(kAction, file, errno);
    if (::rename(temporary.c_str(), file.c_str()) != 0) throw_io_error(kAction, file, errno);
  } catch (const Error&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

}  // namespace

RunLog::RunLog(fs::path file, std::int64_t most_bytes)
    : file_(std::move(file)), most_bytes_(most_bytes) {}

void RunLog::append(const RunRecord& run_record) const {
  std::error_code error;
  fs::create_directories(file_.parent_path(), error);
  if (error) throw_io_error(kAction, file_, error.value());
  const OpenFile out(open_locked(file_));
  struct stat status {};
  if (::fstat(out.get(), &status) != 0) throw_io_error(kAction, file_, errno);
  std::string line = run_record_line(run_record) + "\n";
  const std::int64_t size = status.st_size;
  if (size + static_cast<std::int64_t>(line.size()) > most_bytes_) {
    // Drops a quarter, so that this happens rarely.
    const std::string old = read_whole_file(file_);
    const auto room = most_bytes_ - most_bytes_ / 4 - static_cast<std::int64_t>(line.size());
    std::string kept(newest_lines(old, room));
    if (!kept.empty() && kept.back() != '\n') kept += '\n';
    replace(file_, kept + line);
    return;
  }
  char last = '\n';
  if (size > 0 && ::pread(out.get(), &last, 1, size - 1) != 1) {
    throw_io_error(kAction, file_, errno);
  }
  // A program that was killed while writing may have left half a line.
  if (last != '\n') line.insert(line.begin(), '\n');
  write_at_end(out.get(), file_, size, line);
}

std::vector<RunRecord> RunLog::read(std::string_view model, std::size_t most) const {
  if (model.empty())
    return read_with(
        "", [](const RunRecord&) { return true; }, most);
  const std::string mark = nlohmann::json(std::string(model))
                               .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return read_with(
      mark, [&](const RunRecord& record) { return record.model == model; }, most);
}

std::vector<RunRecord> RunLog::read_enlarged(std::size_t most) const {
  return read_with(
      "\"scale\":", [](const RunRecord& record) { return record.scale > 0; }, most);
}

// Lines without `mark` are skipped without parsing them, since this runs while the program starts.
std::vector<RunRecord> RunLog::read_with(std::string_view mark, const IsWanted& is_wanted,
                                         std::size_t most) const {
  std::error_code error;
  if (!fs::exists(file_, error) && !error) return {};
  const std::string bytes = read_whole_file(file_);
  std::vector<RunRecord> newest;
  std::string_view rest = bytes;
  while (!rest.empty() && newest.size() < most) {
    if (rest.back() == '\n') rest.remove_suffix(1);
    const std::size_t newline = rest.rfind('\n');
    const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    const std::string_view line = rest.substr(begin);
    rest = rest.substr(0, begin);
    if (line.find(mark) == std::string_view::npos) continue;
    std::optional<RunRecord> run_record = read_run_record_line(line);
    if (run_record && is_wanted(*run_record)) newest.push_back(std::move(*run_record));
  }
  std::reverse(newest.begin(), newest.end());
  return newest;
}

}  // namespace headroom
