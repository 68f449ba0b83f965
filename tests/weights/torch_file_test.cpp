#include "headroom/weights/torch_file.h"

#include "weights/weights_test_support.h"

#include <cstring>

namespace headroom {
namespace {

using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::filesystem::path upscalers() {
  return std::filesystem::path(HEADROOM_TEST_DATA) / "upscalers";
}
std::filesystem::path hostile(const std::string& name) { return upscalers() / "hostile" / name; }

void expect_refused(const std::filesystem::path& file, const std::string& words) {
  SCOPED_TRACE(file.filename().string());
  try {
    const TorchFile opened(file);
    ADD_FAILURE() << "was opened, with " << opened.tensors().size() << " tensors";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModelFile);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(file.string()), HasSubstr(words)));
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

TEST(TorchFile, HasTheTensorsThatTheSafetensorsFileHas) {
  const TensorFile expected(upscalers() / "general_x4.safetensors");
  const TorchFile file(upscalers() / "general_x4.pth");
  ASSERT_EQ(file.tensors().size(), expected.tensors().size());
  for (const auto& [name, view] : expected.tensors()) {
    const auto found = file.tensors().find("params." + name);
    ASSERT_NE(found, file.tensors().end()) << name;
    EXPECT_EQ(found->second.dtype, view.dtype);
    EXPECT_EQ(found->second.shape, view.shape);
    ASSERT_EQ(found->second.data.size(), view.data.size());
    EXPECT_EQ(std::memcmp(found->second.data.data(), view.data.data(), view.data.size()), 0);
  }
}

TEST(TorchFile, NamesTensorsByTheKeysThatLeadToThem) {
  const TorchFile file(upscalers() / "x4_both.pth");
  EXPECT_TRUE(file.tensors().contains("params.conv_first.weight"));
  EXPECT_TRUE(file.tensors().contains("params_ema.conv_first.weight"));
}

TEST(TorchFile, RunsNothingAndNamesWhatAFileAsksFor) {
  expect_refused(hostile("system.pth"), "system");
  expect_refused(hostile("eval.pth"), "builtin");
  expect_refused(hostile("nested.pth"), "mkdir");
  EXPECT_FALSE(std::filesystem::exists("headroom-was-here"));
}

TEST(TorchFile, RefusesDamageInOneSentence) {
  expect_refused(hostile("compressed.pth"), "compressed");
  expect_refused(hostile("no_table.pth"), "data.pkl");
  expect_refused(hostile("no_values.pth"), "has no values");
  expect_refused(hostile("short_values.pth"), "beyond its values");
  expect_refused(hostile("cut_table.pth"), "ends too early");
  expect_refused(hostile("itself.pth"), "deeper");
  expect_refused(hostile("cut.pth"), "directory");
  expect_refused(hostile("far_directory.pth"), "ends too early");
  expect_refused(hostile("turned.pth"), "another order");
  expect_refused(hostile("before_1_6.pth"), "before 1.6");
  expect_refused(hostile("no_upscaler.safetensors"), "torch.save()");
}

TEST(TorchFile, CutAnywhereIsRefusedAndNeverReadBeyond) {
  const TemporaryFolder folder;
  const std::string whole = test::read_bytes(hostile("fine.pth"));
  for (std::size_t size = 4; size < whole.size(); size += 7) {
    const auto file = folder.write("cut.pth", std::string_view(whole).substr(0, size));
    EXPECT_THROW(TorchFile{file}, Error) << size;
  }
}

TEST(TorchFile, WithAnyByteChangedIsReadOrRefused) {
  const TemporaryFolder folder;
  const std::string whole = test::read_bytes(hostile("fine.pth"));
  int read = 0;
  for (std::size_t i = 0; i < whole.size(); i += 3) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0x5A);
    const auto file = folder.write("changed.pth", changed);
    try {
      const TorchFile opened(file);
      std::size_t sum = 0;
      for (const auto& [name, view] : opened.tensors()) {
        for (const std::byte b : view.data) sum += std::to_integer<std::size_t>(b);
      }
      read += sum > 0 ? 1 : 0;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModelFile);
    }
  }
  EXPECT_GT(read, 0);  // a value may be any other
}

TEST(TorchFile, IsToldFromSafetensorsByItsContent) {
  EXPECT_TRUE(looks_like_torch_file(upscalers() / "x4.pth"));
  EXPECT_TRUE(looks_like_torch_file(hostile("before_1_6.pth")));
  EXPECT_FALSE(looks_like_torch_file(upscalers() / "x4.safetensors"));
  EXPECT_FALSE(looks_like_torch_file("nowhere.pth"));
}

}  // namespace
}  // namespace headroom
