#include "headroom/gui_state/mask_store.h"

#include "headroom/core/error.h"
#include "headroom/core/sha256.h"
#include "headroom/image/file_writer.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/png_writer.h"
#include "headroom/image/resize.h"

#include "support/temp_folder.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

class MaskStoreTest : public testing::Test {
 protected:
  MaskStoreTest() {
    PaintedMask painted({96, 64});
    painted.stroke({20, 20}, {70, 40}, 21, true);
    painted.set_feather(6);
    mask_ = std::make_shared<const PaintedMask>(painted);
  }
  [[nodiscard]] fs::path folder() const { return temporary_.path() / "masks"; }
  const test::TempFolder temporary_;
  MaskPointer mask_;
};

TEST_F(MaskStoreTest, AMaskComesBackByItsHashAsItWasPainted) {
  MaskStore store(folder());
  const InitImage::File file = store.keep(mask_);
  std::ifstream in(file.path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(file.sha256, sha256(bytes));
  EXPECT_EQ(file.name, "mask-" + file.sha256.substr(0, 12) + ".png");
  // Of another start, which knows name and hash alone, as pictures record them.
  const MaskStore later(folder());
  const MaskPointer found = later.find({file.name, file.sha256});
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, *mask_);
  EXPECT_FALSE(later.find({file.name, std::string(64, '0')})) << "another one";
}

TEST_F(MaskStoreTest, TheFileIsTheMaskThatTheCommandLineTakes) {
  MaskStore store(folder());
  const GreyImage read = to_grey(read_image(store.keep(mask_).path));
  EXPECT_EQ(read.width, 96);
  EXPECT_EQ(read.height, 64);
  EXPECT_EQ(read.grey, mask_->grey().grey);
}

TEST_F(MaskStoreTest, TheSameMaskIsOneFileAndNothingIsWrittenUnasked) {
  MaskStore store(folder());
  static_cast<void>(store.file_of(mask_));
  EXPECT_FALSE(fs::exists(folder()));
  store.keep(mask_);
  store.keep(std::make_shared<const PaintedMask>(*mask_));
  MaskStore(folder()).keep(mask_);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder()), {}), 1);
}

TEST_F(MaskStoreTest, WhatIsGoneDamagedOrNoMaskOfOursIsNotFound) {
  MaskStore store(folder());
  const InitImage::File file = store.keep(mask_);
  fs::resize_file(file.path, fs::file_size(file.path) / 2);
  EXPECT_FALSE(store.find(file));
  fs::remove(file.path);
  EXPECT_FALSE(store.find(file));
  const std::string png = encode_png({1, 1, {255, 255, 255}}, {});
  write_new_file(folder() / "white.png", png);
  EXPECT_FALSE(store.find({"white.png", sha256(png)})) << "it says nothing of its edge";
}

TEST_F(MaskStoreTest, WithoutAFolderAMaskHasAHashAndNoPath) {
  MaskStore store({});
  const InitImage::File file = store.keep(mask_);
  EXPECT_EQ(file.path, "");
  EXPECT_EQ(file.sha256.size(), 64U);
  EXPECT_FALSE(store.find(file));
}

TEST_F(MaskStoreTest, AFolderThatTakesNothingIsSaid) {
  std::ofstream(folder()) << "a file";
  MaskStore store(folder());
  EXPECT_THROW(store.keep(mask_), Error);
  EXPECT_EQ(store.file_of(mask_).sha256.size(), 64U);
}

}  // namespace
}  // namespace headroom
