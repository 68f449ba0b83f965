#include "headroom/core/error.h"

#include <set>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(Error, KeepsItsSentenceForEveryLanguage) {
  const Error error(ErrorKind::kIo, say("cannot read {0}", "a.png"));
  EXPECT_EQ(error.kind(), ErrorKind::kIo);
  EXPECT_STREQ(error.what(), "cannot read a.png");
  EXPECT_EQ(error.message().key(), "cannot read {0}");
}

TEST(Error, OfWhatWasWrittenInEnglishAloneEachKindHasWords) {
  std::set<std::string> keys;
  for (const ErrorKind kind :
       {ErrorKind::kInvalidRequest, ErrorKind::kConfig, ErrorKind::kModelFile,
        ErrorKind::kOutOfMemory, ErrorKind::kIo, ErrorKind::kDevice, ErrorKind::kInternal}) {
    const Error error(kind, "as a library says it");
    EXPECT_STREQ(error.what(), "as a library says it");
    EXPECT_EQ(error.message(), Error::unworded(kind, "as a library says it"));
    EXPECT_TRUE(error.message().key().starts_with("error.")) << error.message().key();
    keys.insert(error.message().key());
  }
  EXPECT_EQ(keys.size(), 7U) << "no two kinds have the same words";
}

TEST(Error, CopiesDoNotThrowAndACancelIsNoError) {
  EXPECT_TRUE(std::is_nothrow_copy_constructible_v<Error>);
  EXPECT_FALSE((std::is_base_of_v<std::exception, Cancelled>));
}

}  // namespace
}  // namespace headroom
