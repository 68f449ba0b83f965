#include "headroom/weights/torch_file.h"

#include "support/paths.h"
#include "weights/weights_test_support.h"

#include <cstring>

namespace headroom {
namespace {

using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::filesystem::path upscalers() { return test::data_folder() / "upscalers"; }
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
  expect_refused(hostile("no_upscaler.safetensors"), "torch.save()");
}

// The same tensors, which torch.save() wrote in both formats.
TEST(TorchFile, OfBeforePyTorch16HasTheTensorsThatTheArchiveHas) {
  const TorchFile expected(hostile("fine.pth"));
  const TorchFile file(hostile("before_1_6.pth"));
  ASSERT_EQ(file.tensors().size(), expected.tensors().size());
  for (const auto& [name, view] : file.tensors()) {
    const auto found = expected.tensors().find("params." + name);
    ASSERT_NE(found, expected.tensors().end()) << name;
    EXPECT_EQ(view.dtype, found->second.dtype);
    EXPECT_EQ(view.shape, found->second.shape);
    ASSERT_EQ(view.data.size(), found->second.data.size());
    EXPECT_EQ(std::memcmp(view.data.data(), found->second.data.data(), view.data.size()), 0);
  }
}

// `text` once in place of `by`, which is as long.
std::string with(std::string bytes, std::string_view text, std::string_view by) {
  const std::size_t at = bytes.find(text);
  EXPECT_NE(at, std::string::npos) << text;
  return bytes.replace(at, text.size(), by);
}

TEST(TorchFile, OfBeforePyTorch16RefusesDamageInOneSentence) {
  const TemporaryFolder folder;
  const std::string fine = test::read_bytes(hostile("before_1_6.pth"));
  const auto refused = [&](const std::string& bytes, const std::string& words) {
    expect_refused(folder.write("old.pth", bytes), words);
  };
  refused(with(fine, "torch\nFloatStorage\n", "posixx\nsystemstore\n"), "posixx.systemstore");
  refused(with(fine, "little_endianq\x02\x88", "little_endianq\x02\x89"), "order of another kind");
  refused(with(fine, std::string("\x6C\0\0\0\0\0\0\0", 8), std::string(8, '\xFF')),
          "ends too early");
  refused(with(fine, std::string("\x6C\0\0\0\0\0\0\0", 8), std::string("\x6B\0\0\0\0\0\0\0", 8)),
          "file");
  refused(fine.substr(0, 21), "ends too early");
  refused("\x80\x02}q\x01.", "not as torch.save() writes one");
}

// In both formats.
const std::vector<std::string> kFine{"fine.pth", "before_1_6.pth"};

TEST(TorchFile, CutAnywhereIsRefusedAndNeverReadBeyond) {
  const TemporaryFolder folder;
  for (const std::string& name : kFine) {
    const std::string whole = test::read_bytes(hostile(name));
    for (std::size_t size = 4; size < whole.size(); size += 7) {
      const auto file = folder.write("cut.pth", std::string_view(whole).substr(0, size));
      EXPECT_THROW(TorchFile{file}, Error) << name << " " << size;
    }
  }
}

class AnyByteOf : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(TorchFile, AnyByteOf, testing::ValuesIn(kFine));

TEST_P(AnyByteOf, ChangedIsReadOrRefused) {
  const TemporaryFolder folder;
  const std::string whole = test::read_bytes(hostile(GetParam()));
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
