#include "headroom/weights/tensor_file.h"

#include "weights/weights_test_support.h"

#include <csignal>
#include <cstring>
#include <limits>
#include <vector>

#include <sys/resource.h>

namespace headroom {
namespace {

using test::expect_error;
using test::read_bytes;
using test::TemporaryFolder;

template <typename T>
std::span<const std::byte> bytes_of(const std::vector<T>& values) {
  return std::as_bytes(std::span<const T>(values));
}

std::size_t entries(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(WriteTensorFile, IsReadBackEqual) {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> small{1, 2, 3};
  const std::vector<float> wide{1.5F, -2.0F, 0.25F, 8.0F, 16.0F, 32.0F};
  const std::vector<double> scalar{std::numeric_limits<double>::max()};
  const std::vector<NamedTensor> tensors{
      {"small", DType::kU8, {3}, bytes_of(small)},
      {"名字\"\n", DType::kF32, {2, 3}, bytes_of(wide)},
      {"scalar", DType::kF64, {}, bytes_of(scalar)},
      {"empty", DType::kF16, {0, 7}, {}},
  };
  const std::map<std::string, std::string> metadata{{"format", "pt"}, {"名", "值\t"}};
  const auto file = folder / "x.safetensors";
  write_tensor_file(file, tensors, metadata);

  const TensorFile opened(file);
  EXPECT_EQ(opened.metadata(), metadata);
  ASSERT_EQ(opened.tensors().size(), tensors.size());
  for (const NamedTensor& expected : tensors) {
    const TensorView& view = opened.tensors().at(expected.name);
    EXPECT_EQ(view.dtype, expected.dtype);
    EXPECT_EQ(view.shape, expected.shape);
    ASSERT_EQ(view.data.size(), expected.data.size());
    EXPECT_TRUE(std::equal(view.data.begin(), view.data.end(), expected.data.begin()));
    const auto address = reinterpret_cast<std::uintptr_t>(view.data.data());
    EXPECT_EQ(address % tensor_type(view.dtype).block_bytes, 0U) << expected.name;
  }
  EXPECT_EQ(entries(folder.path()), 1U) << "a temporary file is left";
}

TEST(WriteTensorFile, WritesTheBytesThatTheFormatAsksFor) {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> data{7, 8};
  const std::vector<NamedTensor> tensors{{"a", DType::kU8, {2}, bytes_of(data)}};
  write_tensor_file(folder / "x", tensors);
  // 53 characters of JSON, padded to 56.
  EXPECT_EQ(read_bytes(folder / "x"),
            test::safetensors(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})"
                              "   ",
                              "\x07\x08"));
}

TEST(WriteTensorFile, WritesAFileWithoutTensors) {
  const TemporaryFolder folder;
  write_tensor_file(folder / "x", {});
  EXPECT_EQ(read_bytes(folder / "x"), test::safetensors("{}      "));
  EXPECT_TRUE(TensorFile(folder / "x").tensors().empty());
}

TEST(WriteTensorFile, ReplacesAFileThatIsStillMapped) {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> old_data{1};
  const std::vector<std::uint8_t> new_data{2};
  const std::vector<NamedTensor> before{{"a", DType::kU8, {1}, bytes_of(old_data)}};
  const std::vector<NamedTensor> after{{"a", DType::kU8, {1}, bytes_of(new_data)}};
  write_tensor_file(folder / "x", before);
  const TensorFile mapped(folder / "x");
  write_tensor_file(folder / "x", after);
  EXPECT_EQ(mapped.tensors().at("a").data[0], std::byte{1});
  EXPECT_EQ(TensorFile(folder / "x").tensors().at("a").data[0], std::byte{2});
}

TEST(WriteTensorFile, WritesToTheCurrentFolder) {
  const TemporaryFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  EXPECT_NO_THROW(write_tensor_file("x.safetensors", {}));
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(folder / "x.safetensors"));
}

TEST(WriteTensorFile, SaysWhatIsWrongWithTheTensors) {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> data{1, 2};
  const auto all = bytes_of(data);
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  const auto refuse = [&](const std::vector<NamedTensor>& tensors, const std::string& why,
                          const std::map<std::string, std::string>& metadata = {}) {
    expect_error(ErrorKind::kInternal, {(folder / "x").string(), why},
                 [&] { write_tensor_file(folder / "x", tensors, metadata); });
  };
  refuse({{"a", DType::kU8, {3}, all}}, "tensor \"a\" has 2 bytes");
  refuse({{"a", DType::kU8, {-2}, all}}, "tensor \"a\" has 2 bytes");
  refuse({{"a", DType::kU8, {kHuge, 4}, {}}}, "tensor \"a\" has 0 bytes");
  refuse({{"a", DType::kU8, {2}, all}, {"a", DType::kU8, {2}, all}}, "\"a\" is given twice");
  refuse({{"__metadata__", DType::kU8, {2}, all}}, "reserved");
  refuse({{"\xFF", DType::kU8, {2}, all}}, "not UTF-8");
  refuse({{"a", DType::kU8, std::vector<std::int64_t>(65, 1), all.first(1)}}, "dimensions");
  refuse({}, "not UTF-8", {{"k", "\xFF"}});
  refuse({}, "not UTF-8", {{"\xFF", "v"}});
  refuse({}, "longer than the format allows", {{"k", std::string(100'000'000, 'v')}});
  EXPECT_EQ(entries(folder.path()), 0U);
}

TEST(WriteTensorFile, LeavesNothingBehindWhenItCannotWrite) {
  const TemporaryFolder folder;
  const auto refuse = [](const std::filesystem::path& file, const std::string& why) {
    expect_error(ErrorKind::kIo, {file.string(), why}, [&] { write_tensor_file(file, {}); });
  };
  std::filesystem::create_directory(folder / "folder");
  folder.write("folder/inside", "x");
  refuse(folder / "missing/x", "cannot be created");
  refuse(folder / "folder", "cannot be replaced");
  EXPECT_EQ(entries(folder.path()), 1U);
}

TEST(WriteTensorFile, ReportsAFolderThatMustNotBeWritten) {
  const TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all |
                                                  std::filesystem::perms::others_read |
                                                  std::filesystem::perms::others_exec);
  if (::geteuid() != 0) std::filesystem::permissions(folder.path(), std::filesystem::perms(0500));
  {
    const test::WithoutPrivileges dropped;
    if (!dropped.usable()) GTEST_SKIP() << "root that cannot drop its privileges";
    expect_error(ErrorKind::kIo, {"Permission denied"},
                 [&] { write_tensor_file(folder / "x", {}); });
  }
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

TEST(WriteTensorFile, ReportsAFullDisk) {
  // A limit on the size of files acts like a full disk, once its signal is ignored.
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> data(1024 * 1024, 1);
  const std::vector<NamedTensor> tensors{{"a", DType::kU8, {1024 * 1024}, bytes_of(data)}};
  struct rlimit old_limit {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  struct rlimit low = old_limit;
  low.rlim_cur = 64 * 1024;
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &low), 0);
  expect_error(ErrorKind::kIo, {(folder / "x").string(), "cannot be written", "free space"},
               [&] { write_tensor_file(folder / "x", tensors); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old_limit), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(entries(folder.path()), 0U);
}

}  // namespace
}  // namespace headroom
