#pragma once
#include "headroom/core/error.h"

#include <string>
#include <utility>

#include <gmock/gmock.h>

namespace headroom::test {

// Runs `action`, which must throw Error{kind} with a message that matches.
template <typename Action>
void expect_error(ErrorKind kind, const testing::Matcher<std::string>& message, Action&& action) {
  try {
    std::forward<Action>(action)();
  } catch (const Error& error) {
    EXPECT_EQ(static_cast<int>(error.kind()), static_cast<int>(kind)) << error.what();
    EXPECT_THAT(std::string(error.what()), message);
    return;
  }
  ADD_FAILURE() << "nothing was thrown";
}

}  // namespace headroom::test
