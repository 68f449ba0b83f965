#include "headroom/core/wrong_file.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using testing::HasSubstr;

TEST(WrongFile, KnowsWhatDownloadsLeaveInThePlaceOfFiles) {
  EXPECT_THAT(wrong_file("/annex/objects/SHA256E-s12--00.safetensors\n").english(),
              HasSubstr("git annex get"));
  EXPECT_THAT(wrong_file("# xet version 0\nfilesize = 12\n").english(), HasSubstr("hf download"));
  EXPECT_THAT(wrong_file("version https://git-lfs.github.com/spec/v1\noid sha256:00").english(),
              HasSubstr("git lfs pull"));
  for (const char* const page : {"<!DOCTYPE html><html>", "\n <html lang=\"en\">", "<?xml version",
                                 "\xEF\xBB\xBF<!doctype html>"}) {
    EXPECT_THAT(wrong_file(page).english(), HasSubstr("is a web page")) << page;
  }
  for (const char* const answer :
       {"Entry not found", "Repository not found", "Access to model x is restricted",
        "Invalid username or password.", "{\"error\": \"not found\"}"})
    EXPECT_THAT(wrong_file(answer).english(), HasSubstr("server's answer")) << answer;
  EXPECT_THAT(wrong_file("version https://hawser.github.com/spec/v1\noid").english(),
              HasSubstr("git lfs pull"));
  EXPECT_THAT(wrong_file("GGUF\x03").english(), HasSubstr("GGUF"));
  EXPECT_THAT(wrong_file("PK\x03\x04...").english(), HasSubstr("PyTorch"));
}

TEST(WrongFile, SaysNothingOfOthers) {
  for (const char* const start : {"", "  ", "{\"version\": \"1.0\"}", "\x10", "version"}) {
    EXPECT_TRUE(wrong_file(start).empty()) << start;
  }
}

// A header of 640, 896, 1152, 1408, 35615 bytes begins as pickles and gzip do; 35616 and 2080 begin
// with a blank.
TEST(WrongFile, SaysNothingOfSafetensorsWhateverTheLengthOfTheirHeader) {
  for (unsigned length = 2; length < 200'000; ++length) {
    std::string start;
    for (int shift = 0; shift < 64; shift += 8)
      start += static_cast<char>(shift < 32 ? length >> shift & 0xFF : 0);
    ASSERT_TRUE(wrong_file(start + "{\"__metadata__\"").empty()) << length;
  }
}

TEST(WrongFile, KnowsPicklesAndGzip) {
  EXPECT_THAT(wrong_file(std::string("\x80\x02}q\0(X\x05\0\0\0", 12)).english(),
              HasSubstr("Python pickle"));
  EXPECT_THAT(wrong_file(std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10)).english(),
              HasSubstr("gzip"));
}

}  // namespace
}  // namespace headroom
