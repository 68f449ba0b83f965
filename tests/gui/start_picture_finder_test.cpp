#include "headroom/gui_actions/start_picture_finder.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class StartPictureFinderTest : public ActionsTest {
 protected:
  // As a record has it: its name and hash, and no pixels.
  [[nodiscard]] static StartPicture record_of(const fs::path& file) {
    auto record = std::make_shared<InitImage>(*without_pixels(*read_start_picture(file)));
    record->file.path.clear();
    return record;
  }
  StartPictureFinder finder_{context_};
};

TEST_F(StartPictureFinderTest, FindsAPictureByItsBytesWhereItWas) {
  const fs::path file = write_picture("start.png");
  const InitImage::File wanted = read_start_picture(file)->file;
  ASSERT_TRUE(finder_.find(wanted, {}));
  fs::remove(file);
  static_cast<void>(write_picture("start.png", 64, 64, 200));
  EXPECT_FALSE(finder_.find(wanted, {})) << "another picture has its name";
}

TEST_F(StartPictureFinderTest, FindsItBesideThePictureThatTellsOfItAndInTheOutputFolder) {
  const fs::path file = write_picture("start.png");
  const InitImage::File wanted = record_of(file)->file;
  EXPECT_FALSE(finder_.find(wanted, {}));
  EXPECT_TRUE(finder_.find(wanted, folder_ / "made.png"));
  fs::rename(file, services_.output_folder / "start.png");
  EXPECT_TRUE(finder_.find(wanted, folder_ / "elsewhere" / "made.png"));
  state_.output_folder = folder_ / "other";
  EXPECT_FALSE(finder_.find(wanted, {})) << "pictures go elsewhere by now";
}

TEST_F(StartPictureFinderTest, FindsItWhereAnotherPictureOfTheseBytesWasUsed) {
  const fs::path file = write_picture("renamed.png");
  InitImage::File wanted = record_of(file)->file;
  wanted.name = "start.png";
  EXPECT_FALSE(finder_.find(wanted, {}));
  state_.remember_start(read_start_picture(file)->file);
  EXPECT_TRUE(finder_.find(wanted, {}));
}

TEST_F(StartPictureFinderTest, BringsBackPictureAndMask) {
  const fs::path file = write_picture("start.png", 64, 64);
  PaintedMask painted({64, 64});
  painted.box({8, 8}, {32, 32}, true);
  const auto mask = std::make_shared<const PaintedMask>(painted);
  auto record = std::make_shared<InitImage>(*record_of(file));
  record->repaint.emplace();
  record->mask_file = masks_.keep(mask);
  const auto start = finder_.bring_back(record, file);
  ASSERT_TRUE(start.picture);
  EXPECT_TRUE(has_pixels(*start.picture));
  ASSERT_TRUE(start.mask);
  EXPECT_EQ(*start.mask, *mask);
  EXPECT_TRUE(state_.banners.empty());
}

TEST_F(StartPictureFinderTest, SaysWhichMaskIsMissing) {
  const fs::path file = write_picture("start.png");
  auto record = std::make_shared<InitImage>(*record_of(file));
  record->repaint.emplace();
  record->mask_file = {"mask-gone.png", std::string(64, '0')};
  const auto start = finder_.bring_back(record, file);
  EXPECT_TRUE(has_pixels(*start.picture));
  EXPECT_FALSE(start.mask);
  EXPECT_NE(text_.words(last_banner().text).find("mask-gone.png"), std::string::npos);
}

TEST_F(StartPictureFinderTest, SaysWhichPictureIsMissingAndKeepsWhatTheRecordHas) {
  const fs::path file = write_picture("start.png");
  const StartPicture record = record_of(file);
  fs::remove(file);
  const auto start = finder_.bring_back(record, file);
  EXPECT_EQ(start.picture, record);
  EXPECT_NE(text_.words(last_banner().text).find("start.png"), std::string::npos);
  EXPECT_FALSE(finder_.bring_back(nullptr, file).picture) << "it started from noise";
}

TEST_F(StartPictureFinderTest, ARunGetsTheStartOfItsRecordInItsSize) {
  GenerationRequest request = small_request();
  request.width = request.height = 32;
  request.init = without_pixels(*read_start_picture(write_picture("start.png", 96, 64)));
  const StartPicture start = finder_.of_record(request, {});
  ASSERT_TRUE(start);
  EXPECT_EQ(start->image.width, 32);
  EXPECT_EQ(start->image.height, 32);
}

TEST_F(StartPictureFinderTest, ARunOfAPictureThatIsReadFromItsFileFindsStartAndMaskByTheirBytes) {
  const fs::path file = write_picture("start.png");
  PaintedMask painted({64, 64});
  painted.box({8, 8}, {32, 32}, true);
  auto record = std::make_shared<InitImage>(*record_of(file));
  record->repaint.emplace();
  record->mask_file = masks_.keep(std::make_shared<const PaintedMask>(painted));
  record->mask_file.path.clear();
  GenerationRequest request = small_request();
  request.width = request.height = 32;
  request.init = record;
  const StartPicture start = finder_.of_record(request, folder_ / "made.png");
  ASSERT_TRUE(start);
  EXPECT_EQ(start->image.width, 32);
  ASSERT_TRUE(start->repaint);
  EXPECT_EQ(start->repaint->width, 32);
  EXPECT_EQ(start->file.path, file.string());
}

TEST_F(StartPictureFinderTest, ARunDoesNotTakeAnotherPictureForItsStart) {
  const fs::path file = write_picture("start.png");
  GenerationRequest request = small_request();
  request.init = without_pixels(*read_start_picture(file));
  fs::remove(file);
  static_cast<void>(write_picture("start.png", 64, 64, 200));
  EXPECT_THROW(static_cast<void>(finder_.of_record(request, {})), Error);
}

TEST_F(StartPictureFinderTest, ARunWithoutItsMaskOrPictureIsRefusedByName) {
  GenerationRequest request = small_request();
  auto init =
      std::make_shared<InitImage>(*without_pixels(*read_start_picture(write_picture("start.png"))));
  init->repaint.emplace();
  init->mask_file = {"mask-gone.png", std::string(64, '0')};
  request.init = init;
  const auto refusal = [&] {
    try {
      static_cast<void>(finder_.of_record(request, {}));
    } catch (const Error& e) {
      return e.message().english();
    }
    return std::string("none");
  };
  EXPECT_NE(refusal().find("mask-gone.png"), std::string::npos) << refusal();
  init->repaint.reset();
  fs::remove(init->file.path);
  EXPECT_NE(refusal().find("start.png"), std::string::npos) << refusal();
}

TEST_F(StartPictureFinderTest, AMaskThatCannotBeKeptIsUsedAllTheSame) {
  MaskStore nowhere{folder_.write("a_file", "") / "masks"};
  const ActionContext context{services_, state_, text_, nowhere, desktop_};
  StartPictureFinder finder{context};
  state_.draft.init = read_start_picture(write_picture("start.png"));
  PaintedMask painted({64, 64});
  painted.box({8, 8}, {32, 32}, true);
  state_.set_mask(std::make_shared<const PaintedMask>(painted));
  state_.draft.width = state_.draft.height = 64;
  const StartPicture start = finder.of_draft(state_.draft);
  ASSERT_TRUE(start->repaint);
  EXPECT_FALSE(start->mask_file.sha256.empty()) << "records name it by its bytes";
}

}  // namespace
}  // namespace headroom::test
