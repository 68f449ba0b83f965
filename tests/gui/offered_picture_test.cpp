#include "headroom/gui_state/offered_picture.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

class FileInClipboard : public ::testing::Test {
 protected:
  FileInClipboard() {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "a cat.png") << "x";
    std::ofstream(folder_ / "note.txt") << "x";
  }
  ~FileInClipboard() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  const fs::path folder_ =
      fs::temp_directory_path() / ("headroom-offered-" + std::to_string(::getpid()));
};

TEST_F(FileInClipboard, IsTheFirstOfAListOfUris) {
  EXPECT_EQ(file_in_clipboard("file:///home/me/a%20cat.png\r\nfile:///home/me/b.png\r\n"),
            fs::path("/home/me/a cat.png"));
  EXPECT_EQ(file_in_clipboard("# copied\r\nfile://localhost/tmp/%E7%8C%AB.png"),
            fs::path("/tmp/猫.png"));
  EXPECT_EQ(file_in_clipboard("file:///tmp/100%"), fs::path("/tmp/100%"));
}

TEST_F(FileInClipboard, IsAPathWhenItIsAloneAndAPictureThatIsThere) {
  const std::string cat = (folder_ / "a cat.png").string();
  EXPECT_EQ(file_in_clipboard(cat), fs::path(cat));
  EXPECT_EQ(file_in_clipboard(cat + "\n"), fs::path(cat));
  EXPECT_FALSE(file_in_clipboard(cat + "\nand more"));
  EXPECT_FALSE(file_in_clipboard((folder_ / "none.png").string()));
  EXPECT_FALSE(file_in_clipboard((folder_ / "note.txt").string()));
}

TEST_F(FileInClipboard, APathAloneIsOneWhateverItLeadsTo) {
  EXPECT_EQ(path_in_clipboard("/no/such/thing\n"), fs::path("/no/such/thing"));
  for (const char* const text : {"", "/", "a cat", "/tmp/a\n/tmp/b", "file:///tmp/a"}) {
    EXPECT_FALSE(path_in_clipboard(text)) << text;
  }
}

TEST(OfferedText, HasTheSettingsThatAWebPageCopies) {
  const auto offered = read_offered_text(
      "a fox, 狐\x1b[31m\nNegative prompt: blurry, bad\n"
      "Steps: 24, Sampler: Euler, CFG scale: 3, Seed: 4242, Size: 512x768, Model: foo");
  ASSERT_TRUE(offered);
  EXPECT_TRUE(offered->file.empty());
  EXPECT_EQ(offered->request.prompt, "a fox, 狐[31m") << "no character that acts on a terminal";
  EXPECT_EQ(offered->request.negative_prompt, "blurry, bad");
  EXPECT_EQ(offered->request.steps, 24);
  EXPECT_EQ(offered->request.seed, 4242U);
  EXPECT_EQ(offered->request.height, 768);
  EXPECT_TRUE(offered->has_size && offered->has_steps && offered->has_guidance);
}

TEST(OfferedText, IsNothingInOrdinaryText) {
  for (const char* const text : {"", "a fox", "a fox: red, not brown", "Size matters", "{}"})
    EXPECT_FALSE(read_offered_text(text)) << text;
}

TEST_F(FileInClipboard, IsNothingInAText) {
  for (const char* const text : {"", "a cat", "#", "# a heading\na cat", "https://a.b/c.png",
                                 "see file:///tmp/a.png", "file://", "/", "\n"}) {
    EXPECT_FALSE(file_in_clipboard(text)) << text;
  }
}

}  // namespace
}  // namespace headroom
