#include "headroom/gui_state/start_picture.h"

#include "headroom/core/error.h"
#include "headroom/core/sha256.h"
#include "headroom/gui_state/problems.h"
#include "headroom/gui_state/saved_session.h"
#include "headroom/image/file_writer.h"
#include "headroom/image/png_writer.h"
#include "headroom/image/resize.h"
#include "headroom/records/headroom_entry.h"

#include "support/english.h"
#include "support/temp_folder.h"

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

// Columns that get lighter from left to right.
Image ramp(int width, int height) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x)
      image.rgb.insert(image.rgb.end(), 3, static_cast<std::uint8_t>(255 * x / width));
  }
  return image;
}

class StartPictureTest : public testing::Test {
 protected:
  StartPictureTest() { write_new_file(file_, encode_png(ramp(96, 64), {})); }
  const test::TempFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "ramp.png";
};

TEST_F(StartPictureTest, HasTheHashOfItsFileAndItsPath) {
  const StartPicture start = read_start_picture(file_);
  std::ifstream in(file_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(start->file.name, "ramp.png");
  EXPECT_EQ(start->file.path, file_.string());
  EXPECT_EQ(start->file.sha256, sha256(bytes));
  EXPECT_TRUE(has_pixels(*start));
  EXPECT_THROW(static_cast<void>(read_start_picture(folder_.path() / "gone.png")), Error);
}

TEST_F(StartPictureTest, IsCutToTheShapeAndResizedOnceForJobsInARow) {
  const StartPicture start = read_start_picture(file_);
  StartFitter fitter;
  const StartPicture fitted = fitter.fit(start, {32, 32});
  EXPECT_EQ(fitted->image.rgb, fit(start->image, 32, 32).rgb);
  EXPECT_EQ(fitted->file.sha256, start->file.sha256);
  EXPECT_EQ(fitter.fit(start, {32, 32}), fitted) << "the same pixels, not a copy";
  EXPECT_EQ(fitter.fit(start, {64, 32})->image.width, 64);
  EXPECT_EQ(fitter.fit(start, {96, 64}), start) << "of the size already";
}

TEST_F(StartPictureTest, ItsMaskIsFittedWithIt) {
  InitImage masked = *read_start_picture(file_);
  masked.repaint = GreyImage{96, 64, std::vector<std::uint8_t>(std::size_t{96} * 64, 0)};
  for (int y = 0; y < 64; ++y)
    std::fill_n(masked.repaint->grey.begin() + 96 * y, 48, std::uint8_t{1});
  StartFitter fitter;
  const StartPicture fitted = fitter.fit(std::make_shared<InitImage>(masked), {32, 32});
  ASSERT_TRUE(fitted->repaint);
  ASSERT_EQ(fitted->repaint->grey.size(), 32U * 32U);
  // 16 columns are cut off on both sides, and the rest is halved.
  for (std::size_t x = 0; x < 32; ++x) EXPECT_EQ(fitted->repaint->grey[x], x < 16 ? 1 : 0) << x;
}

// 96×64 as a square loses 16 columns on both sides.
TEST_F(StartPictureTest, APaintedMaskIsFittedAndRecordedWithIt) {
  const StartPicture start = read_start_picture(file_);
  PaintedMask painted({96, 64});
  painted.box({0, 0}, {48, 64}, true);
  StartFitter fitter;
  const InitImage::File file{.name = "mask.png", .sha256 = "abc"};
  const StartPicture hard =
      fitter.fit(start, {64, 64}, {std::make_shared<const PaintedMask>(painted), file});
  ASSERT_TRUE(hard->repaint);
  EXPECT_EQ(hard->repaint_full, 1);
  EXPECT_EQ(hard->mask_file.name, "mask.png");
  for (std::size_t x = 0; x < 64; ++x) EXPECT_EQ(hard->repaint->grey[x], x < 32 ? 1 : 0) << x;
  // Of the picture's own size too, where nothing else is to be fitted.
  painted.set_feather(8);
  const auto soft = std::make_shared<const PaintedMask>(painted);
  const StartPicture whole = fitter.fit(start, {96, 64}, {soft, file});
  EXPECT_EQ(whole->repaint_full, 255);
  EXPECT_EQ(whole->repaint->grey, soft->grey().grey);
  EXPECT_EQ(whole->image.rgb, start->image.rgb);
  EXPECT_EQ(fitter.fit(start, {96, 64}, {soft, file}), whole) << "the same pixels, not a copy";
  EXPECT_FALSE(fitter.fit(start, {96, 64})->repaint) << "and without it none";
}

TEST_F(StartPictureTest, AMaskedDraftIsAskedAboutAsOne) {
  GenerationRequest draft;
  draft.prompt = "a fox";
  draft.init = read_start_picture(file_);
  EXPECT_EQ(start_of(with_start_of_size(draft, true)), StartFrom::kMaskedImage);
  draft.init.reset();
  EXPECT_EQ(start_of(with_start_of_size(draft, true)), StartFrom::kNoise);
}

TEST_F(StartPictureTest, TheSessionHasMasksByPathAndJobsTheirVariation) {
  SavedSession session;
  session.settings = Settings{};
  session.settings->draft.init = read_start_picture(file_);
  session.mask = InitImage::File{"mask-1.png", "ab", "/masks/mask-1.png"};
  GenerationRequest job;
  job.prompt = "waiting";
  job.variation = Variation{18446744073709551615U, 0.3};
  InitImage masked = *session.settings->draft.init;
  masked.repaint.emplace();
  masked.mask_file = *session.mask;
  job.init = std::make_shared<const InitImage>(masked);
  session.queue = {job};
  const auto back = read_session_text(session_text(session));
  ASSERT_TRUE(back && back->mask && back->queue.size() == 1);
  EXPECT_EQ(back->mask->path, "/masks/mask-1.png");
  EXPECT_EQ(back->mask->sha256, "ab");
  EXPECT_EQ(back->queue[0].variation, job.variation);
  ASSERT_TRUE(back->queue[0].init->repaint);
  EXPECT_EQ(back->queue[0].init->mask_file.path, "/masks/mask-1.png");
}

TEST_F(StartPictureTest, ADraftIsCheckedAndAskedAboutAsIfItWereFitted) {
  GenerationRequest draft;
  draft.prompt = "a fox";
  draft.init = read_start_picture(file_);
  draft.strength = 0.5;
  EXPECT_FALSE(validate(draft, 16).empty()) << "its size is another";
  const GenerationRequest asked = with_start_of_size(draft);
  EXPECT_TRUE(validate(asked, 16).empty());
  EXPECT_EQ(start_of(asked), StartFrom::kImage);
  EXPECT_EQ(first_step(asked), 4);
}

TEST_F(StartPictureTest, OneThatIsGoneBlocksAndIsNamed) {
  UiState state;
  state.draft.prompt = "a fox";
  state.draft.init = read_start_picture(file_);
  EXPECT_TRUE(find_problems(state, 16).empty());
  state.draft.init = without_pixels(*state.draft.init);
  const auto problems = find_problems(state, 16);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].field, RequestProblem::Field::kInit);
  EXPECT_EQ(problems[0].message.values().front().english(), "ramp.png");
}

TEST_F(StartPictureTest, TheSessionHasItByPathAndPicturesOnlyByHash) {
  SavedSession session;
  session.settings = Settings{};
  session.settings->draft.init = read_start_picture(file_);
  session.settings->draft.strength = 0.35;
  GenerationRequest job;
  job.prompt = "waiting";
  job.init = session.settings->draft.init;
  session.queue = {job};
  session.starts = {job.init->file};
  const auto back = read_session_text(session_text(session));
  ASSERT_TRUE(back && back->settings && back->queue.size() == 1 && back->starts.size() == 1);
  for (const GenerationRequest& request : {back->settings->draft, back->queue[0]}) {
    ASSERT_TRUE(request.init);
    EXPECT_FALSE(has_pixels(*request.init));
    EXPECT_EQ(request.init->file.path, file_.string());
    EXPECT_EQ(request.init->file.sha256, job.init->file.sha256);
  }
  EXPECT_EQ(back->settings->draft.strength, 0.35);
  EXPECT_EQ(back->starts[0].path, file_.string());
  GeneratedImage picture;
  EXPECT_EQ(headroom_entry(job, picture).find(folder_.path().string()), std::string::npos)
      << "folders are nobody's business";
}

TEST_F(StartPictureTest, PixelsOfOldPicturesStartsAreLetGo) {
  UiState state;
  InitImage large;
  large.image = Image{2048, 2048, std::vector<std::uint8_t>(std::size_t{3} * 2048 * 2048)};
  large.file.name = "large.png";
  for (JobId job = 1; job <= 4; ++job) {
    FinishedPicture picture;
    picture.job = job;
    picture.request.init = std::make_shared<InitImage>(large);
    picture.picture.image = std::make_shared<Image>(Image{1, 1, {0, 0, 0}});
    picture.file = "/x.png";
    state.add_picture(std::move(picture));
  }
  EXPECT_TRUE(has_pixels(*state.pictures[3].request.init));
  EXPECT_FALSE(has_pixels(*state.pictures[0].request.init)) << "12 MB each, 32 are kept";
  EXPECT_EQ(state.pictures[0].request.init->file.name, "large.png");
}

}  // namespace
}  // namespace headroom
