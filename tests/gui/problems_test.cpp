#include "headroom/gui_state/problems.h"

#include "headroom/core/bytes.h"
#include "headroom/gui_state/format.h"

#include "support/paths.h"

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

StringTable table(const std::string& language) {
  return StringTable(test::source_folder() / "configs/lang" / (language + ".yaml"));
}

TEST(Problems, SayWhatIsWrongInTheWindowsLanguage) {
  UiState state;
  StringTable zh = table("zh");
  zh.add(test::source_folder() / "configs/lang/messages.zh.yaml");
  ASSERT_EQ(find_problems(state, 64).size(), 1U);
  EXPECT_EQ(zh.words(find_problems(state, 64)[0].message), zh.text("problem.empty"));
  state.draft.prompt = "猫";
  EXPECT_TRUE(find_problems(state, 64).empty());
  state.seed_text = "99999999999999999999";
  state.draft.width = 100;
  const auto problems = find_problems(state, 64);
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].field, RequestProblem::Field::kSize);
  EXPECT_EQ(sentence(problems[0].message, zh),
            "尺寸 100×512：边长须是 64 的倍数，从 64 到 8192 像素；最接近的是 128×512。");
  EXPECT_EQ(problems[1].field, RequestProblem::Field::kSeed);
}

TEST(Problems, AMissingForecastBlocksNothingAndAShortOneNamesTheWayOut) {
  const StringTable en = table("en");
  EXPECT_EQ(why_blocked({}, nullptr, {}, en), "");
  Forecast forecast;
  forecast.plan.peak_bytes = 4 * kGiB;
  forecast.budget.total_bytes = 3 * kGiB;
  forecast.budget.budget_bytes = 3 * kGiB;
  forecast.shortfall_bytes = kGiB;
  forecast.suggestion = Size{512, 512};
  const std::string why = why_blocked({}, &forecast, {}, en);
  EXPECT_TRUE(why.starts_with("Needs 4.00 GB. 3.00 GB on the card")) << why;
  EXPECT_TRUE(why.ends_with("512×512 fits.")) << why;
  forecast.fits = true;
  EXPECT_EQ(why_blocked({}, &forecast, {}, en), "");
  Forecast broken;
  broken.reason = "the model folder is gone";
  EXPECT_EQ(why_blocked({}, &broken, {}, en), "the model folder is gone");
  broken.reason = say("the file is missing; download the model again");
  EXPECT_EQ(why_blocked({}, &broken, {}, en), "The file is missing; download the model again.");
}

TEST(Problems, AStartWhosePictureIsGoneIsNamed) {
  UiState state;
  state.draft.prompt = "a cat";
  auto start = std::make_shared<InitImage>();
  start->file.name = "holiday.png";
  state.draft.init = start;
  const auto problems = find_problems(state, 64);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].field, RequestProblem::Field::kInit);
  EXPECT_NE(table("en").words(problems[0].message).find("holiday.png"), std::string::npos);
}

TEST(Problems, TheFirstProblemIsSaidBeforeWhatMemoryLacks) {
  const StringTable en = table("en");
  Forecast forecast;
  forecast.shortfall_bytes = kGiB;
  const std::vector<RequestProblem> problems{
      {RequestProblem::Field::kPrompt, say("write a prompt")},
      {RequestProblem::Field::kSeed, say("another seed")}};
  EXPECT_EQ(why_blocked(problems, &forecast, {}, en), "Write a prompt.");
}

}  // namespace
}  // namespace headroom
