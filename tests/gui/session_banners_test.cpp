// What a change of the model does to the settings, and what is told of it.
#include "headroom/gui_state/session_banners.h"

#include <algorithm>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

ModelInfo model(const std::string& name, int steps, double guidance, int unit) {
  ModelInfo info;
  info.name = name;
  info.steps = steps;
  info.guidance_scale = guidance;
  info.size_unit = unit;
  return info;
}

std::shared_ptr<const ModelOnDevice> opened(const ModelInfo& info) {
  auto on = std::make_shared<ModelOnDevice>();
  on->choice.model = "/models/" + info.name;
  on->model = info;
  on->device_name = "CPU";
  on->dtype = "fp32";
  return on;
}

class SessionBannersTest : public ::testing::Test {
 protected:
  SessionBannersTest() {
    state_.reset_to(first_);
    state_.draft.prompt = "a cat";
    session_.current = opened(first_);
    queue_banners_.follow(session_, false);
  }
  void change_to_second() {
    session_.current = opened(second_);
    queue_banners_.follow(session_, false);
  }

  const ModelInfo first_ = model("first", 16, 2, 64);
  const ModelInfo second_ = model("second", 8, 0, 128);
  UiState state_;
  SessionBanners queue_banners_{state_};
  Session::State session_;
};

TEST_F(SessionBannersTest, TheFirstModelIsNoNews) { EXPECT_TRUE(state_.banners.empty()); }

TEST_F(SessionBannersTest, WhatTheModelRecommendsIsTakenAndCanBeTakenBack) {
  state_.set_size({576, 1024}, 64);
  change_to_second();
  EXPECT_EQ(state_.draft.steps, 8);
  EXPECT_EQ(state_.draft.guidance_scale, 0);
  EXPECT_EQ(state_.draft.width, 640)
      << "576 is no multiple of 128; it lies midway, snap() rounds up";
  EXPECT_EQ(state_.draft.prompt, "a cat");
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_EQ(state_.banners[0].text.key(), "note.change.settings");
  EXPECT_EQ(state_.banners[0].way, Banner::Way::kUndo);
  EXPECT_EQ(state_.banners[0].step, state_.undo.newest());
  const auto step = state_.undo.undo(state_.settings());
  ASSERT_TRUE(step);
  EXPECT_EQ(step->settings.draft.steps, 16);
  EXPECT_EQ(step->settings.draft.width, 576);
  EXPECT_EQ(step->settings.draft.prompt, "a cat") << "what was typed before is a step of its own";
}

TEST_F(SessionBannersTest, WhatAModelWorksWithoutIsToldUntilAnotherOneIsOpen) {
  const auto without = std::make_shared<ModelOnDevice>();
  without->choice.model = "/models/first";
  without->model = first_;
  without->warning = "previews stay blurred";
  session_.current = without;
  queue_banners_.follow(session_, false);
  queue_banners_.follow(session_, false);
  const auto is_told = [&] {
    return std::ranges::count(state_.banners, without->warning, &Banner::text);
  };
  EXPECT_EQ(is_told(), 1);
  change_to_second();
  EXPECT_EQ(is_told(), 0);
}

TEST_F(SessionBannersTest, OfTheFirstModelThatIsToldToo) {
  UiState state;
  SessionBanners banners{state};
  const auto without = std::make_shared<ModelOnDevice>();
  without->warning = "previews stay blurred";
  session_.current = without;
  banners.follow(session_, false);
  ASSERT_EQ(state.banners.size(), 1U);
  EXPECT_EQ(state.banners[0].kind, Banner::Kind::kWarning);
  EXPECT_EQ(state.banners[0].text.english(), "previews stay blurred");
}

TEST_F(SessionBannersTest, WhatThePersonSetStays) {
  state_.draft.steps = 20;
  state_.draft.guidance_scale = 3.5;
  state_.draft.negative_prompt = "blurry";
  change_to_second();
  EXPECT_EQ(state_.draft.steps, 20);
  EXPECT_EQ(state_.draft.guidance_scale, 3.5);
  EXPECT_EQ(state_.draft.negative_prompt, "blurry");
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_EQ(state_.banners[0].text.key(), "note.change") << "nothing to take back";
  EXPECT_EQ(state_.banners[0].way, Banner::Way::kNone);
}

TEST_F(SessionBannersTest, AFailedChangeIsToldOnceWithWhatWorksOn) {
  session_.changed = {1, {.model = "/models/other"}, Failure{ErrorKind::kModelFile, "it is torn"}};
  queue_banners_.follow(session_, false);
  queue_banners_.follow(session_, false);
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_EQ(state_.banners[0].title, say("banner.change", "other", "first"));
  EXPECT_EQ(state_.banners[0].text.english(), "it is torn");
  change_to_second();
  ASSERT_EQ(state_.banners.size(), 1U) << "what failed is of the past";
  EXPECT_EQ(state_.banners[0].kind, Banner::Kind::kNote);
}

TEST_F(SessionBannersTest, AnAskedForPathIsToldWhereItWasAsked) {
  state_.model_folder = "/models/other";
  state_.model_opening = 0;
  session_.change = {{.model = "/models/other"}, false};
  queue_banners_.follow(session_, false);
  EXPECT_TRUE(state_.model_opening);
  session_.change.reset();
  session_.changed = {1, {.model = "/models/other"}, Failure{ErrorKind::kModelFile, "it is torn"}};
  queue_banners_.follow(session_, false);
  EXPECT_FALSE(state_.model_opening);
  EXPECT_TRUE(state_.model_folder) << "the question stays open for another try";
  EXPECT_EQ(state_.model_trouble.english(), "it is torn");
  EXPECT_TRUE(state_.banners.empty());

  state_.model_opening = 1;
  session_.change = {{.model = "/models/second"}, true};
  queue_banners_.follow(session_, true);
  EXPECT_FALSE(state_.model_folder) << "it can be opened: it only waits for the running job";
}

TEST_F(SessionBannersTest, AChangeThatWaitsForTheRunningJobSaysSoAsLongAsItDoes) {
  session_.change = {{.model = "/models/second"}, true};
  queue_banners_.follow(session_, true);
  queue_banners_.follow(session_, true);
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_EQ(state_.banners[0].text, say("banner.change.waits", "second"));
  EXPECT_EQ(state_.banners[0].way, Banner::Way::kKeepModel);
  session_.change.reset();
  queue_banners_.follow(session_, true);
  EXPECT_TRUE(state_.banners.empty());
}

TEST_F(SessionBannersTest, AChangeIsCalledByWhatIsOther) {
  const auto label = [&](SessionChoice to) { return label_of(to, *session_.current).english(); };
  EXPECT_EQ(label({.model = "Tongyi-MAI/Z-Image-Turbo"}), "Z-Image-Turbo");
  EXPECT_EQ(label({.model = "/models/a folder/"}), "a folder");
  EXPECT_EQ(label({.model = "/models/first", .device = "cuda:1"}), "cuda:1");
  EXPECT_EQ(label({.model = "/models/first", .dtype = NumberFormat::kBfloat16}), "bf16");
}

}  // namespace
}  // namespace headroom
