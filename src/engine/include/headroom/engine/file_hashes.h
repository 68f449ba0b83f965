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

// A file as it was at one moment: another of its name, or a changed one, is another.
struct FileVersion {
  std::filesystem::path path;
  std::int64_t bytes = 0;
  std::int64_t changed_ns = 0;  // since 1970
  std::uint64_t inode = 0;
  friend auto operator<=>(const FileVersion&, const FileVersion&) = default;
};

// SHA-256 of large files, which take a while: computed one after the other on a thread of its own
// that runs when nothing else wants the processor or the disk, and kept in a file for later runs.
// Any thread; nothing here waits for a hash. Destroying it ends what is being read.
class FileHashes {
 public:
  // Reads `kept`, where hashes are kept, when it is first asked; it need not be there.
  explicit FileHashes(std::filesystem::path kept);
  ~FileHashes();
  FileHashes(const FileHashes&) = delete;
  FileHashes& operator=(const FileHashes&) = delete;

  // In 64 lower-case hexadecimal digits. Nothing while it is not known: from then on it is being
  // computed, unless the file is no longer that version.
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
  std::set<FileVersion> asked_;  // once in a process: what cannot be read is not tried again
  std::deque<FileVersion> waiting_;
  std::jthread thread_;  // last member: joined before anything above is destroyed
};

}  // namespace headroom
