#include "headroom/core/message.h"

#include "headroom/core/error.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(Message, IsItsEnglishPatternWithTheValues) {
  const std::filesystem::path file = "/pictures/a.png";
  const Message message = say("{1} of {0} at {2}", file, 7, say("step {0}", 3));
  EXPECT_EQ(message.english(), "7 of /pictures/a.png at step 3");
  EXPECT_EQ(message.key(), "{1} of {0} at {2}");
}

TEST(Message, AValueIsSaidAsItIsEvenWhenItLooksLikeAPattern) {
  EXPECT_EQ(Message("{0}").english(), "{0}");
  EXPECT_EQ(say("not {0}", "{0} {1}").english(), "not {0} {1}");
  EXPECT_EQ(say("not {1}", "one").english(), "not {1}") << "a value that is not there";
}

TEST(Message, ListsAndRungsReadAsTheCommandLinePrintsThem) {
  EXPECT_EQ(say_list({say_option("evict-encoder"), say_option("stream-blocks:6")}).english(),
            "evict-encoder, stream-blocks:6");
  EXPECT_EQ(say_list({}).english(), "");
}

TEST(Message, AnErrorCarriesItAndSaysTheEnglish) {
  const Error error(ErrorKind::kIo, say("cannot read {0}: {1}", "a.png", say_errno(ENOENT)));
  EXPECT_STREQ(error.what(), "cannot read a.png: No such file or directory");
  EXPECT_EQ(error.message().english(), error.what());
  const Error plain(ErrorKind::kInternal, "it went {0} wrong");
  EXPECT_STREQ(plain.what(), "it went {0} wrong");
  EXPECT_EQ(plain.message().key(), "error.internal");
}

}  // namespace
}  // namespace headroom
