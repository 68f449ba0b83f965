#include "headroom/gui_actions/size_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

class SizeActionsTest : public ActionsTest {
 protected:
  SizeActions size_{context_};
  [[nodiscard]] Size draft() const { return {state_.draft.width, state_.draft.height}; }
};

TEST_F(SizeActionsTest, ASizeOfTheModelIsTakenWithoutAWord) {
  size_.choose({768, 512});
  EXPECT_EQ(draft(), (Size{768, 512}));
  EXPECT_TRUE(state_.size_note.empty());
}

TEST_F(SizeActionsTest, AnotherOneIsSnappedToTheModelsUnitAndThatIsSaid) {
  size_.choose({700, 512});
  EXPECT_EQ(draft(), (Size{704, 512})) << "700 / 64 is nearest to 11";
  EXPECT_NE(state_.size_note.find("64"), std::string::npos) << state_.size_note;
  size_.choose({512, 512});
  EXPECT_TRUE(state_.size_note.empty()) << "it is of the size before";
}

TEST_F(SizeActionsTest, WhatWasTakenForAnotherSizeIsRemembered) {
  size_.choose_instead({1024, 1024}, {768, 768});
  EXPECT_EQ(draft(), (Size{768, 768}));
  ASSERT_TRUE(state_.instead);
  EXPECT_EQ(state_.instead->wanted, (Size{1024, 1024}));
  EXPECT_EQ(state_.instead->taken, (Size{768, 768}));
}

TEST_F(SizeActionsTest, ASizeOfAnotherModelIsFittedToThisOne) {
  size_.choose({576, 1024});
  size_.fit_to_model();
  EXPECT_EQ(draft(), (Size{576, 1024})) << "nothing to do";
  session_.change({.model = "coarse"});
  ASSERT_TRUE(wait_until([&] { return session_.current()->model.name == "coarse"; }));
  size_.fit_to_model();
  EXPECT_EQ(draft(), (Size{640, 1024})) << "midway between 512 and 640; snap() rounds up";
}

}  // namespace
}  // namespace headroom::test
