#include "headroom/gui_state/requests_from_picture.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

FinishedPicture picture(JobId job, int index) {
  FinishedPicture made;
  made.job = job;
  made.request.prompt = "a fox";
  made.request.count = 3;
  made.request.seed = 7;
  made.picture.index = index;
  made.picture.seed = 7 + static_cast<std::uint64_t>(index);
  return made;
}

FinishedPicture repainted(JobId job, const std::string& start) {
  FinishedPicture made = picture(job, 0);
  InitImage init;
  init.file.sha256 = start;
  init.repaint.emplace();
  made.request.init = std::make_shared<const InitImage>(init);
  return made;
}

TEST(RequestsFromPicture, VariationsKeepTheSettingsAndTheSeed) {
  const GenerationRequest r = variations_of(picture(1, 2), 100);
  EXPECT_EQ(r.prompt, "a fox");
  EXPECT_EQ(r.seed, 9U);
  EXPECT_EQ(r.count, 4);
  EXPECT_EQ(r.variation, (Variation{100, 0.3}));
}

TEST(RequestsFromPicture, TheSettingsOfAVariationMakeItAgain) {
  FinishedPicture made = picture(1, 2);
  made.request.variation = Variation{100, 0.3};
  made.picture.seed = 7;  // as seed_of() has it
  const GenerationRequest r = settings_of(made);
  EXPECT_EQ(r.count, 1);
  EXPECT_EQ(seed_of(r, 0), 7U);
  EXPECT_EQ(r.variation, (Variation{102, 0.3})) << "the third of the job";
}

TEST(RequestsFromPicture, MoreIsTheSameWithAnotherSeed) {
  FinishedPicture made = picture(1, 2);
  made.request.sampled = std::make_shared<const SampledPicture>();
  made.request.origin = Origin{{"a.png", "ab"}, "refine:0.35"};
  const GenerationRequest r = more_like(made);
  EXPECT_FALSE(r.origin) << "it is none of that picture's results";
  EXPECT_EQ(r.count, 3);
  EXPECT_FALSE(r.seed);
  EXPECT_FALSE(r.sampled);
}

TEST(RequestsFromPicture, ResultsAreTheRepaintsOfTheStartThatIsInUse) {
  UiState state;
  state.pictures = {picture(1, 0), repainted(2, "a"), repainted(3, "b"), repainted(4, "a")};
  state.selected = 3;
  EXPECT_FALSE(repaint_results(state)) << "nothing is started from";
  InitImage start;
  start.file.sha256 = "a";
  state.draft.init = std::make_shared<const InitImage>(start);
  const auto results = repaint_results(state);
  ASSERT_TRUE(results);
  EXPECT_EQ(results->pictures, (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(results->at, 1U);
  state.selected = 2;
  EXPECT_FALSE(repaint_results(state)) << "of another one";
  state.selected = 0;
  EXPECT_FALSE(repaint_results(state)) << "made from noise";
}

TEST(RequestsFromPicture, APictureThatIsTakenOutComesBackToItsPlace) {
  UiState state;
  for (JobId job = 1; job <= 3; ++job) state.pictures.push_back(picture(job, 0));
  state.selected = 2;
  FinishedPicture out = state.take_out(1);
  EXPECT_EQ(out.job, 2U);
  EXPECT_EQ(state.selected_picture()->job, 3U) << "what is looked at stays";
  const std::uint64_t step = state.undo.record_discarded(out, 1);
  EXPECT_EQ(state.undo.newest(), step);
  const auto back = state.undo.undo(state.settings());
  ASSERT_TRUE(back && back->discarded);
  EXPECT_FALSE(state.undo.redo(state.settings()));
  state.put_back(*back->discarded, back->place);
  EXPECT_EQ(state.pictures[1].job, 2U);
  EXPECT_EQ(state.selected, 1U);
  static_cast<void>(state.take_out(2));
  EXPECT_EQ(state.selected, 1U);
  static_cast<void>(state.take_out(1));
  EXPECT_EQ(state.selected, 0U);
  static_cast<void>(state.take_out(0));
  EXPECT_FALSE(state.selected);
  state.put_back(out, 5);
  EXPECT_EQ(state.selected, 0U);
}

}  // namespace
}  // namespace headroom
