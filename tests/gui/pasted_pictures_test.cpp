#include "headroom/gui_state/pasted_pictures.h"

#include "headroom/core/error.h"

#include "support/expect_error.h"
#include "support/temp_folder.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(PastedPictures, AreFilesNamedByWhatTheyAre) {
  const TempFolder folder;
  const PastedPictures pictures(folder / "state/pasted");
  const fs::path png = pictures.keep("\x89PNG one");
  const fs::path jpeg = pictures.keep("\xFF\xD8\xFF two");
  EXPECT_EQ(bytes_of(png), "\x89PNG one");
  EXPECT_EQ(png.extension(), ".png");
  EXPECT_EQ(jpeg.extension(), ".jpg");
  EXPECT_EQ(pictures.keep("\x89PNG one"), png) << "the same picture is the same file";
  EXPECT_EQ(std::distance(fs::directory_iterator(png.parent_path()), fs::directory_iterator()), 2);
}

TEST(PastedPictures, TheOldestGoWhenThereAreVeryMany) {
  const TempFolder folder;
  const PastedPictures pictures(folder.path());
  folder.write("mine.png", "another's");
  const fs::path first = pictures.keep("first");
  const fs::path second = pictures.keep("second");
  using namespace std::chrono_literals;
  fs::last_write_time(first, fs::file_time_type::clock::now() - 2h);
  fs::last_write_time(second, fs::file_time_type::clock::now() - 1h);
  (void)pictures.keep("first");  // is used again
  for (std::size_t i = 2; i < PastedPictures::kMostFiles; ++i)
    (void)pictures.keep("picture " + std::to_string(i));
  EXPECT_TRUE(fs::exists(second)) << "there are as many as may be";
  (void)pictures.keep("one more");
  EXPECT_FALSE(fs::exists(second));
  EXPECT_TRUE(fs::exists(first));
  EXPECT_TRUE(fs::exists(folder / "mine.png"));
  EXPECT_EQ(folder.file_count(), PastedPictures::kMostFiles + 1);
}

TEST(PastedPictures, AFolderThatCannotBeWrittenIsSaid) {
  const TempFolder folder;
  folder.write("file", "in the way");
  expect_error(ErrorKind::kIo, testing::HasSubstr("file/pasted"),
               [&] { (void)PastedPictures(folder / "file/pasted").keep("x"); });
}

}  // namespace
}  // namespace headroom::test
