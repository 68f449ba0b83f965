#include "headroom/gui_state/size_note.h"

#include "support/paths.h"

#include <filesystem>

#include <gtest/gtest.h>

namespace headroom {
namespace {

class SizeNoteTest : public testing::Test {
 protected:
  SizeNoteTest() {
    for (std::size_t i = 0; i < cards_.size(); ++i) {
      cards_[i].preset = kSizePresets[i];
      cards_[i].state = CardState::kFits;
    }
    state_.set_size({512, 512}, 64);
  }
  CardState& card(Size size) {
    for (SizeCard& card : cards_)
      if (card.preset.size == size) return card.state;
    throw std::logic_error("no such preset");
  }
  [[nodiscard]] SizeNote note() const { return note_of_size(state_, cards_, text_); }

  const StringTable text_{test::source_folder() / "configs/lang/en.yaml"};
  std::array<SizeCard, kSizePresets.size()> cards_;
  UiState state_;
};

TEST_F(SizeNoteTest, APresetIsShortWhereItsCardSaysSo) {
  card({1024, 1024}) = CardState::kShort;
  EXPECT_TRUE(is_short({1024, 1024}, cards_));
  EXPECT_FALSE(is_short({512, 512}, cards_));
  EXPECT_FALSE(is_short({2048, 2048}, cards_)) << "it is no preset";
}

TEST_F(SizeNoteTest, WhatTheLastChangeLeftIsSaid) {
  EXPECT_EQ(note().text, "");
  state_.size_note = "snapped";
  EXPECT_EQ(note().text, "snapped");
  EXPECT_FALSE(note().use);
}

TEST_F(SizeNoteTest, ASizeThatWasTakenForAnotherNamesBothUntilTheOtherFitsAgain) {
  state_.instead = {{1024, 1024}, {512, 512}};
  card({1024, 1024}) = CardState::kShort;
  EXPECT_NE(note().text.find("1024×1024"), std::string::npos) << note().text;
  EXPECT_NE(note().text.find("512×512"), std::string::npos) << note().text;
  EXPECT_FALSE(note().use);
  card({1024, 1024}) = CardState::kSlower;
  EXPECT_NE(note().text.find("1024×1024"), std::string::npos) << note().text;
  EXPECT_EQ(note().use, (Size{1024, 1024})) << "by the note's button";
}

TEST_F(SizeNoteTest, WhereNeitherFitsThePlanSaysIt) {
  state_.instead = {{1024, 1024}, {512, 512}};
  card({1024, 1024}) = card({512, 512}) = CardState::kShort;
  EXPECT_EQ(note().text, "");
}

TEST_F(SizeNoteTest, AfterAnotherChangeNothingIsSaidOfIt) {
  state_.instead = {{1024, 1024}, {512, 512}};
  state_.set_size({768, 768}, 64);
  EXPECT_EQ(note().text, "");
}

}  // namespace
}  // namespace headroom
