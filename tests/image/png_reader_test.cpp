#include "headroom/image/png_writer.h"

#include "image/expect_error.h"
#include "image/raw_png.h"
#include "image/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace headroom {
namespace {

using test::chunk;
using test::expect_error;
using test::kSignature;
using test::raw_png;
using test::TempFolder;
using testing::AllOf;
using testing::HasSubstr;

// A grey pixel with `chunks` before it.
std::string png_with(const std::string& chunks) {
  return raw_png(1, 1, 8, 0, std::string(2, '\0'), chunks);
}

std::vector<PngText> read(const std::string& bytes) {
  const TempFolder folder;
  return read_png_texts(folder.write("picture.png", bytes));
}

void expect_damaged(const std::string& bytes, const std::string& what) {
  expect_error(ErrorKind::kInvalidRequest, AllOf(HasSubstr("picture.png: "), HasSubstr(what)),
               [&] { (void)read(bytes); });
}

TEST(ReadPngTexts, ReadsEntriesOfOtherPrograms) {
  const auto texts =
      read(png_with(chunk("tEXt", std::string("parameters\0caf\xE9", 15)) +
                    chunk("gAMA", std::string("\x00\x00\xB1\x8F", 4)) +
                    chunk("iTXt", std::string("Comment\0\0\0zh\0评论\0一只猫", 29))));
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts[0].keyword, "parameters");
  EXPECT_EQ(texts[0].value, "caf\xC3\xA9");
  EXPECT_FALSE(texts[0].always_itxt);
  EXPECT_EQ(texts[1].keyword, "Comment");
  EXPECT_EQ(texts[1].value, "一只猫");
  EXPECT_TRUE(texts[1].always_itxt);
}

TEST(ReadPngTexts, ReadsEntriesAfterThePixels) {
  std::string bytes = png_with("");
  bytes.insert(bytes.size() - 12, chunk("tEXt", std::string("a\0b", 3)));
  EXPECT_EQ(read(bytes).at(0).value, "b");
}

TEST(ReadPngTexts, SkipsCompressedEntries) {
  const auto texts = read(png_with(chunk("zTXt", std::string("a\0\0x", 4)) +
                                   chunk("iTXt", std::string("b\0\1\0\0\0zzz", 9)) +
                                   chunk("tEXt", std::string("c\0d", 3))));
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts[0].keyword, "c");
}

TEST(ReadPngTexts, APlainPictureHasNone) { EXPECT_TRUE(read(png_with("")).empty()); }

TEST(ReadPngTexts, RefusesWhatIsNoPng) {
  expect_damaged("", "not a PNG");
  expect_damaged("\xFF\xD8\xFF\xE0 a JPEG", "not a PNG");
  expect_damaged(kSignature.substr(0, 7), "not a PNG");
}

TEST(ReadPngTexts, RefusesEveryTruncation) {
  const std::string whole = png_with(chunk("tEXt", std::string("key\0value", 9)));
  ASSERT_EQ(read(whole).size(), 1U);
  for (std::size_t size = kSignature.size(); size < whole.size(); ++size) {
    expect_damaged(whole.substr(0, size), "ends too early");
  }
}

TEST(ReadPngTexts, RefusesALengthBeyondTheFile) {
  expect_damaged(kSignature + "\xFF\xFF\xFF\xFFtEXt" + std::string(20, 'x'), "ends too early");
}

TEST(ReadPngTexts, RefusesDamagedEntries) {
  std::string flipped = png_with(chunk("tEXt", std::string("key\0value", 9)));
  flipped[flipped.find("value")] ^= 1;
  expect_damaged(flipped, "is damaged");
  expect_damaged(png_with(chunk("tEXt", "no zero byte")), "is damaged");
  expect_damaged(png_with(chunk("iTXt", "no zero byte")), "is damaged");
  expect_damaged(png_with(chunk("iTXt", std::string("key\0\0", 5))), "is damaged");
  expect_damaged(png_with(chunk("iTXt", std::string("key\0\0\0en", 8))), "is damaged");
  expect_damaged(png_with(chunk("iTXt", std::string("key\0\0\0en\0key", 12))), "is damaged");
  expect_damaged(png_with(chunk("iTXt", std::string("key\0\0\0\0\0\xFF", 9))), "is damaged");
}

TEST(ReadPngTexts, SaysWhyAFileCannotBeRead) {
  const TempFolder folder;
  expect_error(ErrorKind::kIo, AllOf(HasSubstr("missing.png"), HasSubstr("no such file")),
               [&] { (void)read_png_texts(folder / "missing.png"); });
  expect_error(ErrorKind::kIo, HasSubstr("is a folder"),
               [&] { (void)read_png_texts(folder.path()); });
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  expect_error(ErrorKind::kIo, HasSubstr("not a regular file"),
               [&] { (void)read_png_texts(folder / "pipe"); });
  folder.write("huge", "");
  std::filesystem::resize_file(folder / "huge", (std::uintmax_t{1} << 30) + 1);  // sparse
  expect_error(ErrorKind::kIo, HasSubstr("larger than 1 GB"),
               [&] { (void)read_png_texts(folder / "huge"); });
}

}  // namespace
}  // namespace headroom
