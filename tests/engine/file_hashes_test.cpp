#include "headroom/engine/file_hashes.h"

#include "engine/queue_test_support.h"
#include "support/temp_folder.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace headroom {
namespace {
using namespace headroom::test;
namespace fs = std::filesystem;

FileVersion version_of(const fs::path& file) {
  struct stat found {};
  EXPECT_EQ(::stat(file.c_str(), &found), 0);
  return {file, found.st_size,
          found.st_mtim.tv_sec * std::int64_t{1'000'000'000} + found.st_mtim.tv_nsec, found.st_ino};
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// FIPS 180-4's example, see tests/core/sha256_test.cpp.
constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kMillionA =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(FileHashes, AreKnownSomeTimeAfterTheyWereAskedFor) {
  const TempFolder folder;
  const FileVersion small = version_of(folder.write("a b.gguf", "abc"));
  const FileVersion large = version_of(folder.write("large", std::string(1'000'000, 'a')));
  FileHashes hashes(folder / "state" / "model_hashes");
  EXPECT_EQ(hashes.find(large), std::nullopt);
  EXPECT_TRUE(wait_until([&] { return hashes.find(large) == kMillionA; }));
  EXPECT_TRUE(wait_until([&] { return hashes.find(small) == kAbc; }));
}

TEST(FileHashes, AreKeptForLaterRuns) {
  const TempFolder folder;
  const FileVersion file = version_of(folder.write("a b.gguf", "abc"));
  const FileVersion other = version_of(folder.write("other", std::string(1'000'000, 'a')));
  const fs::path kept = folder / "state" / "model_hashes";
  {
    FileHashes hashes(kept);
    EXPECT_TRUE(wait_until([&] { return hashes.find(file) == kAbc; }));
  }
  FileHashes later(kept);
  EXPECT_EQ(later.find(file), kAbc);  // at once
  EXPECT_TRUE(wait_until([&] { return later.find(other) == kMillionA; }));
  EXPECT_EQ(FileHashes(kept).find(file), kAbc);  // what was there before is there still
}

// Whoever asks knows which version was opened. Of another one nothing is said.
TEST(FileHashes, AreOfTheVersionThatWasAskedForOrOfNone) {
  const TempFolder folder;
  const fs::path path = folder.write("model", "abc");
  const FileVersion first = version_of(path);
  FileHashes hashes(folder / "kept");
  EXPECT_TRUE(wait_until([&] { return hashes.find(first) == kAbc; }));
  fs::remove(path);
  folder.write("model", std::string(1'000'000, 'a'));
  const FileVersion second = version_of(path);
  EXPECT_EQ(hashes.find(second), std::nullopt);
  FileVersion never = second;
  never.changed_ns += 1;
  EXPECT_EQ(hashes.find(never), std::nullopt);
  EXPECT_TRUE(wait_until([&] { return hashes.find(second) == kMillionA; }));
  const FileVersion gone{folder / "gone", 3, 1, 1};
  EXPECT_EQ(hashes.find(gone), std::nullopt);
  const FileVersion after = version_of(folder.write("after", "abc"));
  EXPECT_TRUE(wait_until([&] { return hashes.find(after) == kAbc; }));
  EXPECT_EQ(hashes.find(never), std::nullopt);  // it came before
  EXPECT_EQ(hashes.find(gone), std::nullopt);
}

TEST(FileHashes, ADamagedFileOfThemCostsNothingButTime) {
  const TempFolder folder;
  const FileVersion file = version_of(folder.write("model", "abc"));
  const std::string end = " 3 " + std::to_string(file.changed_ns) + " " +
                          std::to_string(file.inode) + " " + file.path.string() + "\n";
  const fs::path kept = folder.write(
      "kept", "nonsense\n\n" + std::string(64, 'x') + end + std::string(63, 'a') + end);
  FileHashes hashes(kept);
  EXPECT_EQ(hashes.find(file), std::nullopt);
  EXPECT_TRUE(wait_until([&] { return hashes.find(file) == kAbc; }));
  EXPECT_EQ(text_of(kept), kAbc + end);
}

// A file of holes that would take minutes to read.
TEST(FileHashes, AreDroppedAtTheEnd) {
  const TempFolder folder;
  const fs::path path = folder.write("large", "");
  fs::resize_file(path, std::uintmax_t{1} << 40);
  const auto start = std::chrono::steady_clock::now();
  {
    FileHashes hashes(folder / "kept");
    EXPECT_EQ(hashes.find(version_of(path)), std::nullopt);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  EXPECT_FALSE(fs::exists(folder / "kept"));
}

TEST(FileHashes, GoOnWhereTheyCannotBeKept) {
  const TempFolder folder;
  const FileVersion file = version_of(folder.write("model", "abc"));
  folder.write("no folder", "");
  FileHashes hashes(folder / "no folder/kept");
  EXPECT_TRUE(wait_until([&] { return hashes.find(file) == kAbc; }));
}

}  // namespace
}  // namespace headroom
