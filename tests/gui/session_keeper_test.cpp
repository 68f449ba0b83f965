// What the window remembers from one run of the program to the next.
#include "headroom/gui_state/session_keeper.h"

#include "headroom/gui_state/start_picture.h"
#include "headroom/image/png_writer.h"
#include "headroom/records/headroom_entry.h"

#include "gui/action_support.h"

#include <fstream>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class SessionKeeperTest : public ActionsTest {
 protected:
  SessionKeeperTest() { services_.session_folder = folder_ / "state"; }
  // The window closes with this in it.
  void close(const std::vector<JobStatus>& jobs = {}) {
    SessionKeeper(services_, masks_).save(state_, jobs, {10, 20, 1300, 900, false});
  }
  [[nodiscard]] UiState reopen() {
    UiState state;
    state.reset_to(session_.current()->model);
    SessionKeeper(services_, masks_).restore(state);
    return state;
  }
};

TEST_F(SessionKeeperTest, PromptSettingsAndHistoryComeBackAsTheBeginningOfTheWayBack) {
  state_.draft.prompt = "一只猫";
  state_.draft.steps = 23;
  state_.seed_text = "7";
  state_.set_size({640, 1024}, 64);
  state_.history.add("one");
  state_.off_loras = {{"ink", 0.5}};
  close();
  UiState state = reopen();
  EXPECT_EQ(state.settings(), state_.settings());
  EXPECT_EQ(state.history.all(), (std::vector<std::string>{"one"}));
  EXPECT_FALSE(state.undo.undo(state.settings())) << "nothing was changed yet";
  EXPECT_TRUE(state.banners.empty());
}

TEST_F(SessionKeeperTest, WhatBelongsToAModelStaysWithItAndSizesFollowTheNewOne) {
  state_.draft.prompt = "a cat";
  state_.draft.steps = 23;
  state_.draft.guidance_scale = 3;
  state_.set_size({576, 1024}, 64);
  close();
  session_.change({.model = "coarse"});
  ASSERT_TRUE(wait_until([&] { return session_.current()->model.name == "coarse"; }));
  const UiState state = reopen();
  EXPECT_EQ(state.draft.prompt, "a cat");
  EXPECT_EQ(state.draft.steps, ModelInfo{}.steps);
  EXPECT_EQ(state.draft.guidance_scale, 0);
  EXPECT_EQ(state.draft.width, 640) << "a multiple of 128";
}

TEST_F(SessionKeeperTest, WhatTheModelRecommendsIsNotLostWhereNothingCanBeKept) {
  session_.change({.model = "wary"});
  ASSERT_TRUE(wait_until([&] { return session_.current()->model.name == "wary"; }));
  state_.reset_to(session_.current()->model);
  ASSERT_EQ(state_.draft.negative_prompt, "blur");
  std::ofstream(folder_ / "state") << "a file where the folder should be";
  close();
  EXPECT_FALSE(state_.unkept.empty());
  EXPECT_FALSE(state_.forgotten.any());
  state_.draft.negative_prompt = "dogs";
  close();
  EXPECT_TRUE(state_.forgotten.negative);
}

TEST_F(SessionKeeperTest, TheWindowLiesWhereItWasWhileTheSameSizeIsAskedFor) {
  close();
  const auto place = SessionKeeper(services_, masks_).place();
  ASSERT_TRUE(place);
  EXPECT_EQ(place->x, 10);
  EXPECT_EQ(place->width, 1300);
  services_.config.window.width += 100;
  EXPECT_FALSE(SessionKeeper(services_, masks_).place());
}

TEST_F(SessionKeeperTest, JobsThatWereNotMadeAreOfferedAndTheRunningOneWithoutItsPictures) {
  state_.offered = {small_request("on offer")};
  JobStatus running;
  running.request = small_request("running");
  running.request.count = 4;
  running.running = true;
  running.image_index = 1;
  running.seed = 40;
  JobStatus cancelled;
  cancelled.request = small_request("cancelled");
  cancelled.cancelling = true;
  JobStatus waiting;
  waiting.request = small_request("waiting");
  close({running, cancelled, waiting});
  const UiState state = reopen();
  ASSERT_EQ(state.offered.size(), 3U);
  EXPECT_EQ(state.offered[0].prompt, "on offer");
  EXPECT_EQ(state.offered[1].prompt, "running");
  EXPECT_EQ(state.offered[1].count, 3);
  EXPECT_EQ(state.offered[1].seed, 41U) << "with the seed that was chosen for it";
  EXPECT_EQ(state.offered[2].prompt, "waiting");
  ASSERT_EQ(state.banners.size(), 1U);
  EXPECT_EQ(state.banners[0].way, Banner::Way::kQueueOffered);
}

TEST_F(SessionKeeperTest, APictureThatOnlyWaitsToBeDecodedIsOfferedOnceAndItsJobWithoutIt) {
  JobStatus running;
  running.request = small_request("running");
  running.request.count = 2;
  running.request.seed = 40;
  running.running = true;
  close({running});
  GenerationRequest sampled = small_request("running");
  auto kept = std::make_shared<SampledPicture>();
  kept->seed = 40;
  sampled.sampled = kept;
  services_.resumable = {sampled};
  services_.resumable_faults = {"one more cannot be read"};
  const UiState state = reopen();
  ASSERT_EQ(state.offered.size(), 2U);
  EXPECT_TRUE(state.offered[0].sampled);
  EXPECT_EQ(state.offered[1].count, 1);
  EXPECT_EQ(state.offered[1].seed, 41U);
  ASSERT_EQ(state.banners.size(), 2U);
  EXPECT_EQ(state.banners[0].text.english(), "one more cannot be read");
}

// Pictures that could not be saved wait beside jobs that go on with other settings or pictures.
TEST_F(SessionKeeperTest, APictureThatWaitsTakesNothingFromOtherJobs) {
  GenerationRequest sampled = small_request("a cat");
  sampled.seed = 40;
  auto kept = std::make_shared<SampledPicture>();
  kept->seed = 40;
  JobStatus slower;  // the same, but for its steps
  slower.request = sampled;
  slower.request.steps = 300;
  sampled.sampled = kept;

  GenerationRequest varied = small_request("a dog");
  varied.seed = 7;
  varied.variation = Variation{100, 0.5};
  varied.count = 3;
  auto first = std::make_shared<SampledPicture>();
  first->seed = 7;
  first->index = 0;
  JobStatus rest;  // of the same job
  rest.request = varied;
  rest.running = true;
  rest.image_index = 1;
  varied.sampled = first;
  close({slower, rest});
  services_.resumable = {sampled, varied};
  const UiState state = reopen();
  ASSERT_EQ(state.offered.size(), 4U);
  EXPECT_EQ(state.offered[2].steps, 300);
  EXPECT_EQ(state.offered[3].count, 2);
  EXPECT_EQ(state.offered[3].variation->seed, 101U);
}

TEST_F(SessionKeeperTest, WherePicturesWerePutIsToldOnce) {
  state_.rescued = {"/tmp/outputs_1.png", "/tmp/outputs_2.png"};
  close();
  state_ = reopen();
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_EQ(state_.banners[0].title.key(), "banner.rescued");
  EXPECT_EQ(text_.words(state_.banners[0].text), "/tmp/outputs_1.png, /tmp/outputs_2.png");
  close();
  EXPECT_TRUE(reopen().banners.empty());
}

TEST_F(SessionKeeperTest, PicturesComeBackOneByOneTheNewestFirst) {
  for (const char* const name : {"a", "b"}) {
    GenerationRequest request = small_request(name);
    request.width = request.height = 64;
    request.seed = 7;
    GeneratedImage made;
    made.image = std::make_shared<const Image>(Image{1, 1, {1, 2, 3}});
    made.seed = 7;
    const fs::path file = folder_ / (std::string(name) + ".png");
    write_new_file(file,
                   encode_png(*made.image, {{"headroom", headroom_entry(request, made), true}}));
    add_picture(name, file);
  }
  fail_to_save(add_picture("unsaved"));
  close();
  SessionKeeper keeper(services_, masks_);
  UiState state;
  keeper.restore(state);
  EXPECT_FALSE(state.examples_open) << "they are for those who have no pictures";
  ASSERT_TRUE(keeper.restore_picture(state));
  ASSERT_EQ(state.pictures.size(), 1U);
  EXPECT_EQ(state.pictures[0].request.prompt, "b");
  ASSERT_TRUE(keeper.restore_picture(state));
  EXPECT_EQ(state.pictures[0].request.prompt, "a") << "it is older";
  EXPECT_NE(state.pictures[0].job, state.pictures[1].job);
  EXPECT_FALSE(keeper.restore_picture(state));
}

TEST_F(SessionKeeperTest, PicturesThatCannotBeReadAnyMoreAreNamedOnce) {
  for (const char* const name : {"cut.png", "gone.png", "page.png"})
    add_picture(name, folder_ / name);
  std::ofstream(folder_ / "cut.png") << "\x89PNG\r\n";
  std::ofstream(folder_ / "page.png") << "<html>";
  close();
  SessionKeeper keeper(services_, masks_);
  UiState state;
  keeper.restore(state);
  while (keeper.restore_picture(state)) {
  }
  ASSERT_EQ(state.banners.size(), 1U);
  EXPECT_EQ(text_.words(state.banners[0].text),
            "These pictures of the last session cannot be read any more: " +
                (folder_ / "page.png").string() + ", " + (folder_ / "cut.png").string() + ".");
  keeper.save(state, {}, {10, 20, 1300, 900, false});
  EXPECT_FALSE(SessionKeeper(services_, masks_).restore_picture(state));
}

TEST_F(SessionKeeperTest, StartAndMaskComeBackAndAreNamedWhereTheyAreGone) {
  const fs::path file = write_picture("start.png");
  state_.draft.init = read_start_picture(file);
  PaintedMask painted({64, 64});
  painted.box({8, 8}, {32, 32}, true);
  state_.set_mask(std::make_shared<const PaintedMask>(painted));
  close();
  UiState state = reopen();
  ASSERT_TRUE(state.draft.init);
  EXPECT_TRUE(has_pixels(*state.draft.init));
  ASSERT_TRUE(state.mask);
  EXPECT_EQ(*state.mask, painted);
  EXPECT_EQ(state.draft.strength, kDefaultRepaintStrength);
  fs::remove_all(folder_ / "masks");
  fs::remove(file);
  state = reopen();
  ASSERT_TRUE(state.draft.init);
  EXPECT_FALSE(has_pixels(*state.draft.init)) << "by name, so that it can come back";
  EXPECT_FALSE(state.mask);
  EXPECT_EQ(state.draft.strength, kDefaultStrength);
  EXPECT_EQ(state.banners.size(), 2U);
}

TEST_F(SessionKeeperTest, AFolderThatTakesNothingIsAWarningOnce) {
  SessionKeeper keeper(services_, masks_);
  fs::remove_all(services_.session_folder);
  static_cast<void>(folder_.write("state", "a file in its place"));
  keeper.save(state_, {}, {});
  const std::size_t warned = state_.banners.size();
  state_.draft.prompt = "changed";
  keeper.save(state_, {}, {});
  EXPECT_EQ(warned, 1U);
  EXPECT_EQ(state_.banners.size(), 1U);
}

TEST_F(SessionKeeperTest, ADamagedSessionIsSaidAndForgotten) {
  close();
  for (const auto& entry : fs::directory_iterator(services_.session_folder)) {
    if (entry.path().filename() == "session.json") std::ofstream(entry.path()) << "{\"prompts\":";
  }
  const UiState state = reopen();
  ASSERT_EQ(state.banners.size(), 1U);
  EXPECT_EQ(state.banners[0].kind, Banner::Kind::kWarning);
}

}  // namespace
}  // namespace headroom::test
