#include "headroom/image/file_writer.h"

#include "support/expect_error.h"
#include "support/temp_folder.h"

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::read_bytes;
using test::TempFolder;
using testing::AllOf;
using testing::HasSubstr;

// Runs `body` in a process of its own, for what would change this one; returns its exit status.
int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

// The message of the error that writing 200 KB to `file` ends with; empty when it does not.
std::string write_error(const fs::path& file) {
  try {
    write_new_file(file, std::string(200000, 'x'));
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kIo ? error.what() : "wrong kind";
  }
  return {};
}

// From here on this process can write no more than `bytes` into one file.
bool limit_file_size(rlim_t bytes) {
  const rlimit limit{bytes, bytes};
  return std::signal(SIGXFSZ, SIG_IGN) != SIG_ERR && ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

// Puts a disk of 64 KB on `folder`, for this process only. False where that is not allowed.
bool mount_small_disk(const fs::path& folder) {
  if (::unshare(CLONE_NEWNS) != 0) return false;
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=64k") == 0;
}

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(WriteNewFile, WritesExactlyTheBytes) {
  const TempFolder folder;
  for (const std::string& bytes :
       {std::string(), std::string("a\0b\n", 4), std::string(3000000, 'x')}) {
    const fs::path file = folder / ("f" + std::to_string(bytes.size()));
    write_new_file(file, bytes);
    EXPECT_EQ(read_bytes(file), bytes);
  }
  EXPECT_EQ(folder.file_count(), 3U);  // no temp file is left
}

TEST(WriteNewFile, CreatesMissingFolders) {
  const TempFolder folder;
  write_new_file(folder / "a/b/ü 猫/c.png", "x");
  EXPECT_EQ(read_bytes(folder / "a/b/ü 猫/c.png"), "x");
}

TEST(WriteNewFile, WritesIntoTheCurrentFolder) {
  const TempFolder folder;
  EXPECT_EQ(in_child([&] {
              if (::chdir(folder.path().c_str()) != 0) return 2;
              write_new_file("plain.png", "x");
              return 0;
            }),
            0);
  EXPECT_EQ(read_bytes(folder / "plain.png"), "x");
}

TEST(WriteNewFile, FollowsTheUmask) {
  const TempFolder folder;
  EXPECT_EQ(in_child([&] {
              ::umask(027);
              write_new_file(folder / "f", "x");
              return 0;
            }),
            0);
  struct stat status {};
  ASSERT_EQ(::stat((folder / "f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640U);
}

TEST(WriteNewFile, NeverReplacesAnything) {
  const TempFolder folder;
  folder.write("taken.png", "old");
  fs::create_directory(folder / "folder.png");
  fs::create_symlink(folder / "nowhere", folder / "link.png");
  for (const char* name : {"taken.png", "folder.png", "link.png"}) {
    expect_error(ErrorKind::kIo, AllOf(HasSubstr(name), HasSubstr("already exists")),
                 [&] { write_new_file(folder / name, "new"); });
  }
  EXPECT_EQ(read_bytes(folder / "taken.png"), "old");
  EXPECT_TRUE(fs::is_symlink(folder / "link.png"));
  EXPECT_FALSE(fs::exists(folder / "nowhere"));
  EXPECT_EQ(folder.file_count(), 3U);
}

TEST(WriteNewFile, IsNotStoppedByATempFileLeftOverFromACrash) {
  const TempFolder folder;
  const std::string stale = ".headroom-" + std::to_string(::getpid()) + "-0.part";
  folder.write(stale, "stale");
  write_new_file(folder / "f", "x");
  EXPECT_EQ(read_bytes(folder / "f"), "x");
  EXPECT_EQ(read_bytes(folder / stale), "stale");
}

TEST(WriteNewFile, SaysWhenAFileIsInTheFoldersPlace) {
  const TempFolder folder;
  folder.write("file", "");
  for (const char* name : {"file/a.png", "file/deeper/a.png"}) {
    expect_error(ErrorKind::kIo, AllOf(HasSubstr(name), HasSubstr("is a file, not a folder")),
                 [&] { write_new_file(folder / name, "x"); });
  }
  EXPECT_EQ(folder.file_count(), 1U);
}

TEST(WriteNewFile, RefusesANameThatIsNoFile) {
  const TempFolder folder;
  expect_error(ErrorKind::kIo, HasSubstr("name a file"),
               [&] { write_new_file(folder.path() / "", "x"); });
  expect_error(ErrorKind::kIo, HasSubstr("name a file"), [&] { write_new_file("", "x"); });
  EXPECT_EQ(folder.file_count(), 0U);
}

TEST(WriteNewFile, SaysWhenTheNameIsTooLong) {
  const TempFolder folder;
  expect_error(ErrorKind::kIo, HasSubstr("name is too long"),
               [&] { write_new_file(folder / std::string(300, 'n'), "x"); });
  EXPECT_EQ(folder.file_count(), 0U);
}

TEST(WriteNewFile, SaysWhenTheFolderIsNotWritable) {
  // Root may write anywhere except where the kernel itself allows no files.
  const std::string message = write_error("/proc/headroom/a.png");
  EXPECT_THAT(message, HasSubstr("cannot write /proc/headroom/a.png: "));

  const TempFolder folder;
  fs::create_directory(folder / "locked");
  EXPECT_EQ(in_child([&] {
              fs::permissions(folder / "locked", fs::perms::owner_read | fs::perms::owner_exec);
              fs::permissions(folder.path(), fs::perms(0755));
              constexpr uid_t kNobody = 65534;
              if (::geteuid() == 0 && ::seteuid(kNobody) != 0) return 2;
              return write_error(folder / "locked/a.png").find("permission is denied") !=
                             std::string::npos
                         ? 0
                         : 1;
            }),
            0);
  EXPECT_EQ(entries(folder / "locked"), 0U);
}

TEST(WriteNewFile, LeavesNothingBehindWhenAWriteFallsShort) {
  const TempFolder folder;
  // The first write() takes 4096 bytes, the second fails.
  EXPECT_EQ(in_child([&] {
              if (!limit_file_size(4096)) return 2;
              const std::string message = write_error(folder / "big.png");
              if (message.find("big.png") == std::string::npos) return 3;
              if (message.find("larger than this system allows") == std::string::npos) return 4;
              if (entries(folder.path()) != 0) return 5;
              write_new_file(folder / "small.png", std::string(4096, 'x'));
              return 0;
            }),
            0);
  EXPECT_EQ(fs::file_size(folder / "small.png"), 4096U);
  EXPECT_EQ(folder.file_count(), 1U);
}

TEST(WriteNewFile, LeavesNothingBehindOnAFullDisk) {
  const TempFolder folder;
  EXPECT_EQ(in_child([&] {
              std::string reason = "the disk is full";
              if (!mount_small_disk(folder.path())) {
                // Not allowed to mount: a limit that ends the write half-way is the nearest thing.
                reason = "the file would be larger than this system allows";
                if (!limit_file_size(64 * 1024)) return 2;
              }
              const std::string message = write_error(folder / "big.png");
              if (message.find("big.png: " + reason) == std::string::npos) return 3;
              return entries(folder.path()) == 0 ? 0 : 4;
            }),
            0);
}

TEST(SavePngIn, NamesFilesByLocalTime) {
  const TempFolder folder;
  std::tm local{};
  local.tm_year = 2025 - 1900;
  local.tm_mon = 0;
  local.tm_mday = 2;
  local.tm_hour = 3;
  local.tm_min = 4;
  local.tm_sec = 5;
  local.tm_isdst = -1;
  const auto now = std::chrono::system_clock::from_time_t(std::mktime(&local));
  for (const char* name : {"outputs_20250102030405.png", "outputs_20250102030405_2.png",
                           "outputs_20250102030405_3.png"}) {
    EXPECT_EQ(save_picture_in(folder / "new folder", now, name), folder / "new folder" / name);
    EXPECT_EQ(read_bytes(folder / "new folder" / name), name);
  }
  EXPECT_EQ(entries(folder / "new folder"), 3U);
}

TEST(SavePngIn, UsesTheLocalTimeZone) {
  const TempFolder folder;
  EXPECT_EQ(in_child([&] {
              ::setenv("TZ", "XYZ-05:30", 1);  // 5.5 h east of Greenwich
              ::tzset();
              const auto path =
                  save_picture_in(folder.path(), std::chrono::system_clock::time_point{}, "");
              return path.filename() == "outputs_19700101053000.png" ? 0 : 1;
            }),
            0);
}

TEST(SavePngIn, GivesEveryThreadItsOwnName) {
  const TempFolder folder;
  constexpr int kThreads = 8;
  constexpr int kFilesEach = 10;
  const auto now = std::chrono::system_clock::now();
  std::vector<std::vector<fs::path>> paths(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kFilesEach; ++i) {
          paths[static_cast<std::size_t>(t)].push_back(
              save_picture_in(folder.path(), now, std::to_string(t) + "." + std::to_string(i)));
        }
      });
    }
  }
  std::set<fs::path> all;
  for (int t = 0; t < kThreads; ++t) {
    const auto& own = paths[static_cast<std::size_t>(t)];
    ASSERT_EQ(own.size(), static_cast<std::size_t>(kFilesEach));
    for (int i = 0; i < kFilesEach; ++i) {
      const fs::path& file = own[static_cast<std::size_t>(i)];
      EXPECT_TRUE(all.insert(file).second) << file;
      EXPECT_EQ(read_bytes(file), std::to_string(t) + "." + std::to_string(i));
    }
  }
  EXPECT_EQ(folder.file_count(), static_cast<std::size_t>(kThreads * kFilesEach));
}

TEST(SavePngIn, SaysWhyItCannotSave) {
  const TempFolder folder;
  folder.write("file", "");
  expect_error(
      ErrorKind::kIo, AllOf(HasSubstr("file/outputs_"), HasSubstr("is a file, not a folder")),
      [&] { (void)save_picture_in(folder / "file", std::chrono::system_clock::now(), "x"); });
}

}  // namespace
}  // namespace headroom
