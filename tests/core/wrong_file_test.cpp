#include "headroom/core/wrong_file.h"

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

}  // namespace
}  // namespace headroom
