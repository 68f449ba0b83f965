#include "headroom/model/vae_encoder.h"

#include "headroom/diffusion/noise.h"

#include "model/blended_tiles.h"
#include "model/vae_fixture.h"

#include <utility>

#include <ATen/ops/abs.h>
#include <ATen/ops/max.h>
#include <ATen/ops/sub.h>

namespace headroom::test {
namespace {

class VaeEncoderTest : public VaeFixture {};
INSTANTIATE_TEST_SUITE_P(Models, VaeEncoderTest, ::testing::ValuesIn(variants()),
                         [](const auto& p) { return p.param; });

TEST_P(VaeEncoderTest, EncodesAsTheReference) {
  OpenModel model(GetParam());
  const VaeEncoder encoder(model.folder.vae, model.vae);
  const int whole = each("encode_", [&](const FixtureCase& c) {
    EXPECT_TRUE(within(encoder.forward(c.inputs.at("image")), c.outputs.at("moments")));
  });
  EXPECT_EQ(whole, 3);
  const int tiled = each("tiled_encode_", [&](const FixtureCase& c) {
    const auto tile_px = c.params.at("tile_px").get<std::int64_t>();
    EXPECT_TRUE(
        within(encode_blended_tiles(encoder, model.folder.vae, c.inputs.at("image"), tile_px),
               c.outputs.at("moments")));
  });
  EXPECT_EQ(tiled, 3);
}

TEST_P(VaeEncoderTest, EncodingStripByStripOfAnyHeightAndPictureOfAnyShapeIsEncodingAtOnce) {
  OpenModel model(GetParam());
  const VaeEncoder encoder(model.folder.vae, model.vae);
  const std::int64_t scale = model.folder.vae.scale();
  const std::pair<int, int> shapes[] = {{1, 1}, {1, 4}, {4, 1}, {2, 3}, {5, 2}, {7, 3}};
  for (const auto& [height, width] : shapes) {
    const at::Tensor image = draw_noise(7, {3, height * scale, width * scale}).clamp_(-1, 1);
    const at::Tensor whole = encoder.forward(image);
    for (int rows = 1; rows <= height + 1; ++rows) {
      const at::Tensor tiled = encoder.forward_tiled(image, rows);
      ASSERT_EQ(tiled.sizes(), whole.sizes());
      EXPECT_LE(at::max(at::abs(at::sub(tiled, whole))).item().toDouble(), 1e-5)
          << height << "x" << width << " latents, strips of " << rows;
    }
  }
}

TEST_P(VaeEncoderTest, OneTileIsTheWholePicture) {
  OpenModel model(GetParam());
  const VaeEncoder encoder(model.folder.vae, model.vae);
  const at::Tensor& image = group_.cases.front().inputs.at("image");
  EXPECT_TRUE(same_bits(encode_blended_tiles(encoder, model.folder.vae, image, 4096),
                        encoder.forward(image)));
}

TEST_P(VaeEncoderTest, LeavesItsInputAlone) {
  OpenModel model(GetParam());
  const VaeEncoder encoder(model.folder.vae, model.vae);
  const at::Tensor& image = group_.cases.front().inputs.at("image");
  const at::Tensor before = image.clone();
  static_cast<void>(encoder.forward(image));
  EXPECT_TRUE(same_bits(image, before));
}

TEST_P(VaeEncoderTest, StopsBetweenTwoLayersWhenAsked) {
  OpenModel model(GetParam());
  const VaeEncoder encoder(model.folder.vae, model.vae);
  const at::Tensor& image = group_.cases.front().inputs.at("image");
  expect_stops(
      [&](const BetweenLayers& between) { static_cast<void>(encoder.forward(image, between)); });
}

}  // namespace
}  // namespace headroom::test
