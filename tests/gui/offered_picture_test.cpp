#include "headroom/gui_state/offered_picture.h"

#include "headroom/records/headroom_entry.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using Files = std::vector<fs::path>;

class FilesInClipboard : public ::testing::Test {
 protected:
  FilesInClipboard() {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "a cat.png") << "x";
    std::ofstream(folder_ / "note.txt") << "x";
  }
  ~FilesInClipboard() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  const fs::path folder_ =
      fs::temp_directory_path() / ("headroom-offered-" + std::to_string(::getpid()));
};

TEST_F(FilesInClipboard, AreThoseOfAListOfUris) {
  EXPECT_EQ(files_in_clipboard("file:///home/me/a%20cat.png\r\nfile:///home/me/b.png\r\n"),
            (Files{"/home/me/a cat.png", "/home/me/b.png"}));
  EXPECT_EQ(files_in_clipboard("# copied\r\nfile://localhost/tmp/%E7%8C%AB.png"),
            Files{"/tmp/猫.png"});
  EXPECT_EQ(files_in_clipboard("file:///tmp/100%"), Files{"/tmp/100%"});
}

TEST_F(FilesInClipboard, AreAPathWhenItIsAloneAndAPictureThatIsThere) {
  const std::string cat = (folder_ / "a cat.png").string();
  EXPECT_EQ(files_in_clipboard(cat), Files{cat});
  EXPECT_EQ(files_in_clipboard(cat + "\n"), Files{cat});
  EXPECT_EQ(files_in_clipboard(cat + "\nand more"), Files{});
  EXPECT_EQ(files_in_clipboard((folder_ / "none.png").string()), Files{});
  EXPECT_EQ(files_in_clipboard((folder_ / "note.txt").string()), Files{});
}

TEST_F(FilesInClipboard, APathAloneIsOneWhateverItLeadsTo) {
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

TEST(OfferedText, HasTheSettingsOfThisProgramsOwnEntry) {
  GenerationRequest request;
  request.prompt = "a lighthouse";
  request.steps = 7;
  request.variation = Variation{3, 0.2};
  request.variety = Variety{0.5, 40};
  request.seed_mode = SeedMode::kComposition;
  GeneratedImage picture;
  picture.seed = 4242;
  const auto offered = read_offered_text(headroom_entry(request, picture));
  ASSERT_TRUE(offered);
  EXPECT_EQ(offered->request.prompt, "a lighthouse");
  EXPECT_EQ(offered->request.steps, 7);
  EXPECT_EQ(offered->request.seed, 4242U);
  EXPECT_EQ(offered->request.variation, (Variation{3, 0.2}));
  EXPECT_EQ(offered->request.variety, (Variety{0.5, 40}));
  EXPECT_EQ(offered->request.seed_mode, SeedMode::kComposition);
  EXPECT_TRUE(offered->unknown.empty());
}

TEST(OfferedText, IsNothingInOrdinaryText) {
  for (const char* const text :
       {"", "a fox", "a fox: red, not brown", "Size matters", "{}", "a knight\nSteps: to a castle",
        "a portrait\nSize: large, Model: of fashion", "猫，月光下",
        "<lora:ink:0.8> a fox, (red:1.2)", "a poster\nNegative space: much of it"})
    EXPECT_FALSE(read_offered_text(text)) << text;
}

TEST_F(FilesInClipboard, AreNoneInAText) {
  for (const char* const text : {"", "a cat", "#", "# a heading\na cat", "https://a.b/c.png",
                                 "see file:///tmp/a.png", "file://", "/", "\n"}) {
    EXPECT_EQ(files_in_clipboard(text), Files{}) << text;
  }
}

}  // namespace
}  // namespace headroom
