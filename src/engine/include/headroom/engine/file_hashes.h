#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

namespace headroom {

// Identifies a file's content at one moment: a changed or replaced file is a different version.
struct FileVersion {
  std::filesystem::path path;
  std::int64_t bytes = 0;
  std::int64_t changed_ns = 0;  // modification time, since 1970
  std::uint64_t inode = 0;
  friend auto operator<=>(const FileVersion&, const FileVersion&) = default;
};

// Computes SHA-256 of large files, which takes a while: one after the other on its own thread,
// which runs only when nothing else wants processor or disk. Hashes are kept in a file for later
// runs. May be used from any thread; no function waits for a hash. The destructor stops a
// computation under way.
class FileHashes {
 public:
  // `kept` is the file of hashes; it is read at first use and need not exist.
  explicit FileHashes(std::filesystem::path kept);
  ~FileHashes();
  FileHashes(const FileHashes&) = delete;
  FileHashes& operator=(const FileHashes&) = delete;

  // The hash as 64 lower-case hexadecimal digits. Nothing while it is not known; the call then
  // starts its computation, unless the file is no longer that version.
  [[nodiscard]] std::optional<std::string> find(const FileVersion& file);

 private:
  void read_kept();
  void work(const std::stop_token& stop);
  void keep(const FileVersion& file, const std::string& hash);

  const std::filesystem::path kept_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  bool was_read_ = false;
  std::map<FileVersion, std::string> known_;
  // Only once per process: a file that cannot be read is not tried again.
  std::set<FileVersion> asked_;
  std::deque<FileVersion> waiting_;
  std::jthread thread_;  // last member: joined before anything above is destroyed
};

}  // namespace headroom
