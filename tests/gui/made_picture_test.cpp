#include "headroom/gui_state/made_picture.h"

#include "headroom/gui_state/requests_from_picture.h"
#include "headroom/image/file_writer.h"
#include "headroom/image/png_writer.h"
#include "headroom/records/headroom_entry.h"
#include "headroom/records/upscale_json.h"

#include "support/temp_folder.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

class MadePicture : public testing::Test {
 protected:
  MadePicture() {
    request_.prompt = "一只猫";
    request_.steps = 23;
    request_.seed = 7;
    made_.image = std::make_shared<const Image>(Image{1, 1, {1, 2, 3}});
    made_.seed = 7;
    made_.run_record.plan.peak_bytes = 12345;
    made_.run_record.actual_peak_bytes = 12000;
  }
  [[nodiscard]] std::filesystem::path save() const {
    const auto file = folder_ / "made.png";
    write_new_file(file,
                   encode_png(*made_.image, {{"headroom", headroom_entry(request_, made_), true}}));
    return file;
  }
  const test::TempFolder folder_;
  GenerationRequest request_;
  GeneratedImage made_;
};

TEST_F(MadePicture, ComesBackWithItsRequestSeedAndRunRecordButNoPixels) {
  const auto file = save();
  const auto picture = read_made_picture(file, 99);
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->job, 99U);
  EXPECT_EQ(picture->file, file);
  EXPECT_EQ(picture->request.prompt, "一只猫");
  EXPECT_EQ(picture->request.steps, 23);
  EXPECT_EQ(picture->picture.seed, 7U);
  EXPECT_EQ(picture->picture.run_record.actual_peak_bytes, 12000);
  EXPECT_FALSE(picture->picture.image);
}

// 16×16 by the model, twice as large by one upscaler, and three times as large by another.
TEST_F(MadePicture, EnlargedTwiceItIsStillKnownWhatTheModelMade) {
  request_.width = request_.height = 16;
  const Image large{96, 96, std::vector<std::uint8_t>(std::size_t{3} * 96 * 96, 7)};
  const auto step = [](const std::string& file, const std::string& model, int scale) {
    return PictureText{kUpscaleKeyword,
                       upscale_json({file, std::string(64, 'a'), model, scale, std::nullopt, "1"}),
                       true};
  };
  const auto file = folder_ / "large.png";
  write_new_file(file, encode_png(large, {{"headroom", headroom_entry(request_, made_), true},
                                          step("made.png", "soft.pth", 2),
                                          step("made_2x.png", "sharp.pth", 3)}));
  const auto picture = read_made_picture(file, 1);
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->request.width, 96);
  EXPECT_EQ(picture->request.upscale, (Upscale{"sharp.pth", 3}));
  EXPECT_EQ(picture->request.origin->how, "upscale:sharp.pth:3:6");
  EXPECT_EQ(size_before(picture->request), (Size{32, 32}));
  EXPECT_EQ(settings_of(*picture).width, 16);
  EXPECT_EQ(settings_of(*picture).height, 16);
}

class EnlargedPicture : public MadePicture {
 protected:
  EnlargedPicture() { request_.width = request_.height = 16; }
  [[nodiscard]] RunRecord read_with(const UpscaleRecord& record) const {
    const Image large{32, 32, std::vector<std::uint8_t>(std::size_t{3} * 32 * 32, 7)};
    const auto file = folder_ / (record.model + ".png");
    write_new_file(file, encode_png(large, {{"headroom", headroom_entry(request_, made_), true},
                                            {kUpscaleKeyword, upscale_json(record), true}}));
    const auto picture = read_made_picture(file, 1);
    EXPECT_TRUE(picture);
    return picture ? picture->picture.run_record : RunRecord{};
  }
  UpscaleRecord record_{"made.png", std::string(64, 'a'), "sharp.pth", 2, std::nullopt, "1"};
};

TEST_F(EnlargedPicture, TellsWhatTheEnlargingTookAndNotWhatItsSourceDid) {
  RunRecord run;
  run.plan.peak_bytes = 777;
  run.plan.host_peak_bytes = 55;
  run.actual_peak_bytes = 700;
  run.shape.start = StartFrom::kFinished;
  run.stage_seconds[index_of(Stage::kUpscale)] = 6.3;
  run.model = "sharp.pth";
  record_.run = run;
  const RunRecord read = read_with(record_);
  EXPECT_EQ(read.plan.peak_bytes, 777);
  EXPECT_EQ(read.plan.host_peak_bytes, 55);
  EXPECT_EQ(read.actual_peak_bytes, 700);
  EXPECT_EQ(read.stage_seconds[index_of(Stage::kUpscale)], 6.3);
  EXPECT_EQ(read.model, "sharp.pth");
}

TEST_F(EnlargedPicture, WhereItIsNotWrittenDownTellsNoneOfItsSourcesFigures) {
  const RunRecord read = read_with(record_);
  EXPECT_EQ(read.plan.peak_bytes, 0);
  EXPECT_EQ(read.actual_peak_bytes, 0);
  EXPECT_EQ(read.model, "sharp.pth");
  record_.model = kLanczos;
  EXPECT_EQ(read_with(record_).model, "Lanczos");
}

TEST_F(MadePicture, NamesThePictureThatItStartedFrom) {
  auto start = std::make_shared<InitImage>();
  start->image = *made_.image;
  start->file = {"start.png", std::string(64, 'a')};
  request_.init = start;
  request_.strength = 0.35;
  const auto picture = read_made_picture(save(), 1);
  ASSERT_TRUE(picture);
  ASSERT_TRUE(picture->request.init);
  EXPECT_EQ(picture->request.init->file.name, "start.png");
  EXPECT_EQ(picture->request.init->file.sha256, std::string(64, 'a'));
  EXPECT_TRUE(picture->request.init->image.rgb.empty());
  EXPECT_EQ(picture->request.strength, 0.35);
}

TEST_F(MadePicture, OfOthersOrGoneOrDamagedThereIsNone) {
  EXPECT_FALSE(read_made_picture(folder_ / "gone.png", 1));
  EXPECT_FALSE(read_made_picture(folder_.write("notes.txt", "no picture"), 1));
  const auto others = folder_ / "others.png";
  write_new_file(others, encode_png(*made_.image, {{"parameters", "a cat\nSteps: 20", true}}));
  EXPECT_FALSE(read_made_picture(others, 1));
  const auto broken = folder_ / "broken.png";
  write_new_file(broken, encode_png(*made_.image, {{"headroom", "{\"prompt\": 7", true}}));
  EXPECT_FALSE(read_made_picture(broken, 1));
}

}  // namespace
}  // namespace headroom
