#include "headroom/gui_state/origins.h"

#include "headroom/gui_state/ui_state.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

FinishedPicture picture(JobId job, const std::string& file, const std::string& origin = {}) {
  FinishedPicture made;
  made.job = job;
  made.file = "/pictures/" + file;
  if (!origin.empty()) made.request.origin = Origin{{origin, "ab"}, "refine:0.35"};
  return made;
}

TEST(Origins, APictureIsFoundByTheNameThatItsResultHasOfIt) {
  const std::vector<FinishedPicture> all{picture(1, "a.png"), picture(2, "b.png"),
                                         picture(3, "c.png", "a.png"), picture(4, "d.png", "x.png"),
                                         picture(5, "e.png", "e.png")};
  EXPECT_EQ(origin_of(all, 2), 0U);
  EXPECT_FALSE(origin_of(all, 0)) << "it was made of none";
  EXPECT_FALSE(origin_of(all, 3)) << "its origin is not here";
  EXPECT_FALSE(origin_of(all, 4)) << "a record may be wrong";
}

TEST(Origins, ThePathTellsOneOfTheSameNameApart) {
  std::vector<FinishedPicture> all{picture(1, "a.png"), picture(2, "a.png"),
                                   picture(3, "c.png", "a.png")};
  all[1].file = "/elsewhere/a.png";
  all[2].request.origin->file.path = "/elsewhere/a.png";
  EXPECT_EQ(origin_of(all, 2), 1U);
}

TEST(Origins, ResultsStandBehindTheirOriginInTheOrderInWhichTheyCame) {
  UiState state;
  state.add_picture(picture(1, "a.png"));
  state.add_picture(picture(2, "b.png"));
  state.select(1);
  state.live = false;
  state.add_picture(picture(3, "a2.png", "a.png"));
  EXPECT_EQ(state.pictures[1].job, 3U);
  EXPECT_EQ(state.selected, 2U) << "what is looked at stays";
  state.live = true;
  state.add_picture(picture(4, "a3.png", "a.png"));
  EXPECT_EQ(state.pictures[2].job, 4U);
  EXPECT_EQ(state.selected, 2U) << "the canvas follows the run";
  state.add_picture(picture(5, "a4.png", "a2.png"));
  EXPECT_EQ(state.pictures[3].job, 5U) << "of a result, with all of them";
  EXPECT_EQ(state.pictures[4].job, 2U);
  EXPECT_FALSE(stands_behind(state.pictures, 0));
  EXPECT_TRUE(stands_behind(state.pictures, 1));
  EXPECT_TRUE(stands_behind(state.pictures, 3));
  EXPECT_FALSE(stands_behind(state.pictures, 4));
}

TEST(Origins, RecordsThatNameEachOtherEndNowhere) {
  const std::vector<FinishedPicture> all{picture(1, "a.png", "b.png"),
                                         picture(2, "b.png", "a.png")};
  EXPECT_GE(place_for(picture(3, "c.png", "a.png"), all), 1U) << "behind its origin";
}

}  // namespace
}  // namespace headroom
