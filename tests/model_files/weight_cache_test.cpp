// Weights that are kept on the disk in another number format: whole or not at all, whatever
// happens.
#include "headroom/model_files/weight_cache.h"

#include "weights/weights_test_support.h"

#include <chrono>
#include <csignal>
#include <cstring>
#include <numeric>
#include <span>

#include <sys/resource.h>
#include <sys/wait.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::read_bytes;
using test::TemporaryFolder;

constexpr WeightCache::Spare kNoSpare{0, 0.0};
const std::vector<WeightCache::Tensor> kTensors{{"b", {2}}, {"a", {4}}};

// A model file of two tensors in float32, and a cache beside it.
class WeightCacheTest : public ::testing::Test {
 protected:
  WeightCacheTest() { write_model(folder_ / "model", 1.0F); }

  static void write_model(const fs::path& folder, float first) {
    fs::create_directories(folder);
    std::vector<float> values(6);
    std::iota(values.begin(), values.end(), first);
    const auto bytes = std::as_bytes(std::span(values));
    write_tensor_file(folder / "x.safetensors",
                      std::vector<NamedTensor>{{"a", DType::kF32, {4}, bytes.first(16)},
                                               {"b", DType::kF32, {2}, bytes.subspan(16)}});
  }
  [[nodiscard]] TensorStore store(const std::string& model = "model") const {
    return {folder_ / model, "x"};
  }

  // The upper halves of the values, as a conversion to bfloat16 by truncation gives them.
  static WeightCache::Convert halves_of(const TensorStore& source) {
    return [&source](const WeightCache::Tensor& tensor, const WeightCache::Put& put) {
      const auto data = source.at(tensor.name).data;
      for (std::size_t i = 0; i < data.size(); i += 4) put(data.subspan(i + 2, 2));
    };
  }
  bool write(const TensorStore& source) const {
    return cache_.write(source, DType::kBF16, kTensors, halves_of(source));
  }
  // In the cache's folder, apart from what the test put there.
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& item : fs::directory_iterator(cache_.folder(), none)) {
      names.push_back(item.path().filename().string());
    }
    return names;
  }
  // Runs `work` in a process of its own, which then waits to be killed.
  template <typename Work>
  static pid_t start(const Work& work) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    work();
    ::_exit(0);
  }

  TemporaryFolder folder_;
  const WeightCache cache_{folder_ / "cache/weights", kNoSpare};
};

TEST_F(WeightCacheTest, GivesBackWhatWasWritten) {
  const TensorStore source = store();
  EXPECT_FALSE(cache_.find(source, DType::kBF16));
  EXPECT_TRUE(write(source));
  const auto found = cache_.find(source, DType::kBF16);
  ASSERT_TRUE(found);
  const TensorView& a = found->tensors().at("a");
  EXPECT_EQ(a.dtype, DType::kBF16);
  EXPECT_EQ(a.shape, std::vector<std::int64_t>{4});
  // 1, 2, 3, 4 as bfloat16.
  const std::vector<std::uint16_t> expected{0x3F80, 0x4000, 0x4040, 0x4080};
  std::vector<std::uint16_t> values(4);
  found->read(a, 0, std::as_writable_bytes(std::span(values)));
  EXPECT_EQ(values, expected);
  std::vector<std::uint16_t> last(1);
  found->read(a, 6, std::as_writable_bytes(std::span(last)));
  EXPECT_EQ(last.front(), expected.back());
  EXPECT_FALSE(cache_.find(source, DType::kF16));
  ASSERT_EQ(cache_.entries().size(), 1U);
  const WeightCache::Entry entry = cache_.entries().front();
  EXPECT_TRUE(entry.holds);
  EXPECT_EQ(entry.network, (folder_ / "model").string());
  EXPECT_EQ(entry.format, "BF16");
  EXPECT_EQ(entry.bytes, static_cast<std::int64_t>(fs::file_size(entry.file)));
}

TEST_F(WeightCacheTest, KeepsAModelInAFolderOfAnyName) {
  const std::string name = "of 100% \xFF\n";
  write_model(folder_ / name, 1.0F);
  const TensorStore source = store(name);
  EXPECT_TRUE(write(source));
  EXPECT_TRUE(cache_.find(source, DType::kBF16));
  EXPECT_EQ(cache_.entries().at(0).network, (folder_ / name).string());
  EXPECT_TRUE(cache_.entries().at(0).holds);
}

TEST_F(WeightCacheTest, DoesNotHoldForFilesThatChanged) {
  EXPECT_TRUE(write(store()));
  const fs::path file = folder_ / "model/x.safetensors";
  const auto time = fs::last_write_time(file);
  // The same length and place; only the time tells.
  fs::last_write_time(file, time + std::chrono::seconds(1));
  EXPECT_FALSE(cache_.entries().at(0).holds);
  EXPECT_FALSE(cache_.find(store(), DType::kBF16));
  EXPECT_TRUE(files().empty());
  EXPECT_TRUE(write(store()));
  EXPECT_TRUE(cache_.find(store(), DType::kBF16));
  // Another file, of the same length and time.
  const auto written = fs::last_write_time(file);
  write_model(folder_ / "model", 2.0F);
  fs::last_write_time(file, written);
  EXPECT_FALSE(cache_.find(store(), DType::kBF16));
}

TEST_F(WeightCacheTest, DoesNotHoldForFilesThatChangedBetweenOpeningAndWriting) {
  const TensorStore opened = store();
  write_model(folder_ / "model", 2.0F);
  EXPECT_TRUE(write(opened));  // of the files that were there before
  EXPECT_FALSE(cache_.entries().at(0).holds);
  EXPECT_FALSE(cache_.find(store(), DType::kBF16));
}

TEST_F(WeightCacheTest, KeepsTheEntryOfNewerFilesThanThoseThatAreOpen) {
  const TensorStore opened = store();
  write_model(folder_ / "model", 2.0F);
  EXPECT_TRUE(write(store()));
  EXPECT_FALSE(cache_.find(opened, DType::kBF16));
  EXPECT_TRUE(cache_.find(store(), DType::kBF16));
}

TEST_F(WeightCacheTest, RemovesWhatHoldsNoMoreBeforeItWrites) {
  write_model(folder_ / "other", 1.0F);
  EXPECT_TRUE(write(store("other")));
  fs::remove_all(folder_ / "other");
  EXPECT_FALSE(cache_.entries().at(0).holds);
  EXPECT_TRUE(write(store()));
  ASSERT_EQ(cache_.entries().size(), 1U);
  EXPECT_TRUE(cache_.entries().at(0).holds);
}

TEST_F(WeightCacheTest, LeavesFilesThatAreNotItsOwn) {
  folder_.write("cache/weights/notes.safetensors", "mine");
  folder_.write("cache/weights/x.part", "mine");
  EXPECT_TRUE(write(store()));
  EXPECT_EQ(cache_.entries().size(), 1U);
  EXPECT_EQ(cache_.clear().size(), 1U);
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(WeightCacheTest, IsReadToTheEndWhenItIsClearedMeanwhile) {
  const TensorStore source = store();
  EXPECT_TRUE(write(source));
  const auto found = cache_.find(source, DType::kBF16);
  EXPECT_EQ(cache_.clear().size(), 1U);
  EXPECT_TRUE(files().empty());
  std::vector<std::byte> values(8);
  found->read(found->tensors().at("a"), 0, values);
  EXPECT_EQ(values[1], std::byte{0x3F});
  EXPECT_FALSE(cache_.find(source, DType::kBF16));
}

TEST_F(WeightCacheTest, SaysWhenAFileWasCutWhileItIsOpen) {
  const TensorStore source = store();
  EXPECT_TRUE(write(source));
  const auto found = cache_.find(source, DType::kBF16);
  const fs::path file = cache_.entries().at(0).file;
  fs::resize_file(file, fs::file_size(file) - 4);
  std::vector<std::byte> values(8);
  expect_error(ErrorKind::kModelFile, {file.string(), "cut"},
               [&] { found->read(found->tensors().at("a"), 0, values); });
  EXPECT_FALSE(cache_.find(source, DType::kBF16));  // a file that is not whole is no entry
  EXPECT_TRUE(files().empty());
}

TEST_F(WeightCacheTest, LeavesTheSpareFree) {
  const TensorStore source = store();
  constexpr std::int64_t kMore = std::int64_t{1} << 60;
  EXPECT_TRUE(cache_.can_hold(1000));
  EXPECT_FALSE(cache_.can_hold(kMore));
  for (const WeightCache::Spare spare : {WeightCache::Spare{kMore, 0.0}, {0, 1.0}}) {
    const WeightCache careful(cache_.folder(), spare);
    EXPECT_FALSE(careful.can_hold(1000));
    expect_error(ErrorKind::kIo, {cache_.folder().string(), "stay free", "free some space"}, [&] {
      static_cast<void>(careful.write(source, DType::kBF16, kTensors, halves_of(source)));
    });
    EXPECT_TRUE(files().empty());
  }
}

TEST_F(WeightCacheTest, LeavesNothingOnADiskThatFillsUp) {
  // A limit on the size of files acts like a full disk, once its signal is ignored.
  const TensorStore source = store();
  struct rlimit old_limit {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  struct rlimit low = old_limit;
  low.rlim_cur = 200;  // within the header or the data
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &low), 0);
  expect_error(ErrorKind::kIo, {cache_.folder().string(), "cannot be written", "free space"},
               [&] { static_cast<void>(write(source)); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old_limit), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_TRUE(files().empty());
  EXPECT_TRUE(write(source));
}

TEST_F(WeightCacheTest, LeavesNothingWhenConvertingIsBrokenOff) {
  const TensorStore source = store();
  struct Stop {};
  EXPECT_THROW(static_cast<void>(
                   cache_.write(source, DType::kBF16, kTensors,
                                [](const WeightCache::Tensor& tensor, const WeightCache::Put& put) {
                                  if (tensor.name == "a") throw Stop{};
                                  put(std::vector<std::byte>(4));
                                })),
               Stop);
  EXPECT_TRUE(files().empty());
}

TEST_F(WeightCacheTest, SaysWhereItCannotWrite) {
  const TensorStore source = store();
  folder_.write("file", "");
  const WeightCache in_a_file(folder_ / "file/weights", kNoSpare);
  EXPECT_FALSE(in_a_file.can_hold(1));
  EXPECT_FALSE(in_a_file.find(source, DType::kBF16));
  EXPECT_TRUE(in_a_file.entries().empty());
  expect_error(ErrorKind::kIo, {(folder_ / "file/weights").string(), "cannot be created"}, [&] {
    static_cast<void>(in_a_file.write(source, DType::kBF16, kTensors, halves_of(source)));
  });
  fs::create_directories(cache_.folder());
  fs::permissions(cache_.folder(), fs::perms(0555));
  {
    const test::WithoutPrivileges dropped;
    if (dropped.usable()) {
      EXPECT_FALSE(cache_.can_hold(1));
      EXPECT_THROW(static_cast<void>(write(source)), Error);
    }
  }
  fs::permissions(cache_.folder(), fs::perms(0755));
  EXPECT_TRUE(files().empty());
}

// Two processes and a pipe between them.
class WithOtherProcess : public WeightCacheTest {
 protected:
  // A process that has written one of two tensors, goes on when it is told to, and has then ended.
  void begin_elsewhere() {
    ASSERT_EQ(::pipe(begun_), 0);
    ASSERT_EQ(::pipe(go_on_), 0);
    child_ = start([this] {
      ::close(go_on_[1]);
      const TensorStore source = store();
      const WeightCache::Convert convert = halves_of(source);
      static_cast<void>(
          cache_.write(source, DType::kBF16, kTensors,
                       [&](const WeightCache::Tensor& tensor, const WeightCache::Put& put) {
                         if (tensor.name == "a") {
                           char byte = 1;
                           static_cast<void>(!::write(begun_[1], &byte, 1));
                           static_cast<void>(!::read(go_on_[0], &byte, 1));
                         }
                         convert(tensor, put);
                       }));
    });
    ASSERT_GT(child_, 0);
    ::close(begun_[1]);  // or nothing would tell that the child failed
    char byte = 0;
    ASSERT_EQ(::read(begun_[0], &byte, 1), 1);
  }
  void let_it_finish() {
    ::close(go_on_[1]);
    go_on_[1] = -1;
    wait_for_it();
  }
  void kill_it() {
    ASSERT_EQ(::kill(child_, SIGKILL), 0);
    wait_for_it();
  }
  ~WithOtherProcess() override {
    for (const int fd : {begun_[0], go_on_[0], go_on_[1]}) {
      if (fd >= 0) ::close(fd);
    }
    if (child_ > 0) wait_for_it();
  }

 private:
  void wait_for_it() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
  }

  pid_t child_ = -1;
  int begun_[2]{-1, -1};
  int go_on_[2]{-1, -1};
};

TEST_F(WithOtherProcess, OneWritesAndTheOtherDoesWithout) {
  begin_elsewhere();
  const TensorStore source = store();
  EXPECT_FALSE(cache_.find(source, DType::kBF16));
  EXPECT_FALSE(write(source));
  EXPECT_TRUE(cache_.entries().empty());
  EXPECT_TRUE(cache_.clear().empty());
  EXPECT_EQ(files().size(), 1U);  // which the other goes on writing
  let_it_finish();
  const auto found = cache_.find(source, DType::kBF16);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->tensors().size(), 2U);
  EXPECT_EQ(found->tensors().at("a").data[1], std::byte{0x3F});
}

TEST_F(WithOtherProcess, WhatAKilledOneLeftIsNeverUsedAndGoesAway) {
  begin_elsewhere();
  kill_it();
  const TensorStore source = store();
  EXPECT_EQ(files().size(), 1U);
  EXPECT_FALSE(cache_.find(source, DType::kBF16));
  EXPECT_TRUE(write(source));
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(cache_.find(source, DType::kBF16)->tensors().at("a").data[1], std::byte{0x3F});
}

TEST_F(WithOtherProcess, WhatAKilledOneLeftIsListedAndCleared) {
  begin_elsewhere();
  kill_it();
  const std::vector<WeightCache::Entry> listed = cache_.entries();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_TRUE(listed[0].unfinished);
  EXPECT_FALSE(listed[0].holds);
  EXPECT_GT(listed[0].bytes, 0);
  EXPECT_EQ(listed[0].bytes, static_cast<std::int64_t>(fs::file_size(listed[0].file)));
  EXPECT_EQ(cache_.clear().size(), 1U);
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace headroom
