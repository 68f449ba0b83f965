#include "headroom/cli/stdout_text.h"

#include "headroom/core/error.h"

#include <cstdio>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace headroom {
namespace {

TEST(JsonLine, HasNoByteThatATerminalObeys) {
  EXPECT_EQ(json_line({{"a", "x\ny\x1b[2J"}}), R"({"a":"x\ny\u001b[2J"})");
  EXPECT_EQ(json_line({{"a", "\x7f"}}), R"({"a":"\u007f"})");
  EXPECT_EQ(json_line({{"a", "\xC2\x9B"}}), R"({"a":"\u009b"})");     // CSI in one character
  EXPECT_EQ(json_line({{"a", "\xC2\xA0"}}), "{\"a\":\"\xC2\xA0\"}");  // the first after those
}

TEST(JsonLine, PutsTheReplacementCharacterForWhatIsNoUtf8) {
  EXPECT_EQ(json_line({{"file", "caf\xE9.png"}}), "{\"file\":\"caf\xEF\xBF\xBD.png\"}");
}

TEST(JsonLine, KeepsTheOrderOfItsMembers) {
  EXPECT_EQ(json_line({{"z", 1}, {"a", 2}}), R"({"z":1,"a":2})");
}

TEST(Pictures, AreCountedInWords) {
  EXPECT_EQ(pictures(1), "1 picture");
  EXPECT_EQ(pictures(0), "0 pictures");
  EXPECT_EQ(pictures(3), "3 pictures");
}

TEST(ToldOf, NamesAThingOnce) {
  EXPECT_EQ(told_of("a.png", "it tells no seed"), "a.png: it tells no seed");
  EXPECT_EQ(told_of("a.png", "cannot read in/a.png: it is damaged"),
            "cannot read in/a.png: it is damaged");
  EXPECT_EQ(told_of("a.png", "a.png is gone"), "a.png is gone");
  EXPECT_EQ(told_of("a.png", "banana.png is gone"), "a.png: banana.png is gone");
}

// In a process of its own, which may lose its output.
TEST(FlushOutput, SaysThatADiskIsFull) {
  const auto fails = [] {
    if (std::freopen("/dev/full", "w", stdout) == nullptr) std::exit(3);
    std::printf("something");
    try {
      flush_output();
    } catch (const Error& e) {
      std::fputs(e.what(), stderr);
      ::_exit(e.kind() == ErrorKind::kIo ? 0 : 1);
    }
    ::_exit(2);
  };
  EXPECT_EXIT(fails(), ::testing::ExitedWithCode(0),
              "standard output cannot be written: No space left on device; check");
}

}  // namespace
}  // namespace headroom
