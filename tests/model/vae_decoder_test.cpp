#include "headroom/model/vae_decoder.h"

#include "headroom/diffusion/noise.h"

#include "model/blended_tiles.h"
#include "model/vae_fixture.h"

#include <utility>

#include <ATen/ops/abs.h>
#include <ATen/ops/max.h>
#include <ATen/ops/sub.h>

namespace headroom::test {
namespace {

class VaeDecoderTest : public VaeFixture {};
INSTANTIATE_TEST_SUITE_P(Models, VaeDecoderTest, ::testing::ValuesIn(variants()),
                         [](const auto& p) { return p.param; });

TEST_P(VaeDecoderTest, DecodesAsTheReference) {
  OpenModel model(GetParam());
  const VaeDecoder decoder(model.folder.vae, model.vae);
  const int whole = each("decode_", [&](const FixtureCase& c) {
    EXPECT_TRUE(within(decoder.forward(c.inputs.at("z")), c.outputs.at("image")));
  });
  EXPECT_EQ(whole, 3);
  const int tiled = each("tiled_decode_", [&](const FixtureCase& c) {
    const auto tile_latent = c.params.at("tile_latent").get<std::int64_t>();
    EXPECT_TRUE(
        within(decode_blended_tiles(decoder, model.folder.vae, c.inputs.at("z"), tile_latent),
               c.outputs.at("image")));
  });
  EXPECT_EQ(tiled, 3);
}

TEST_P(VaeDecoderTest, DecodingStripByStripOfAnyHeightAndPictureOfAnyShapeIsDecodingAtOnce) {
  OpenModel model(GetParam());
  const VaeDecoder decoder(model.folder.vae, model.vae);
  const std::int64_t channels = model.folder.vae.latent_channels;
  const std::pair<int, int> shapes[] = {{1, 1}, {1, 9}, {9, 1}, {2, 7}, {5, 5}, {8, 12}, {13, 6}};
  for (const auto& [height, width] : shapes) {
    const at::Tensor z = draw_noise(7, {1, channels, height, width}).squeeze(0);
    const at::Tensor whole = decoder.forward(z);
    for (int rows = 1; rows <= height + 1; ++rows) {
      const at::Tensor tiled = decoder.forward_tiled(z, rows);
      ASSERT_EQ(tiled.sizes(), whole.sizes());
      EXPECT_LE(at::max(at::abs(at::sub(tiled, whole))).item().toDouble(), 1e-5)
          << height << "x" << width << " latents, strips of " << rows;
    }
  }
}

TEST_P(VaeDecoderTest, OneTileIsTheWholePicture) {
  OpenModel model(GetParam());
  const VaeDecoder decoder(model.folder.vae, model.vae);
  const at::Tensor& z = group_.cases[3].inputs.at("z");
  EXPECT_TRUE(
      same_bits(decode_blended_tiles(decoder, model.folder.vae, z, 1024), decoder.forward(z)));
}

TEST_P(VaeDecoderTest, LeavesItsInputAlone) {
  OpenModel model(GetParam());
  const VaeDecoder decoder(model.folder.vae, model.vae);
  const at::Tensor& z = group_.cases[3].inputs.at("z");
  const at::Tensor before = z.clone();
  static_cast<void>(decoder.forward(z));
  EXPECT_TRUE(same_bits(z, before));
}

TEST_P(VaeDecoderTest, StopsBetweenTwoLayersWhenAsked) {
  OpenModel model(GetParam());
  const VaeDecoder decoder(model.folder.vae, model.vae);
  const at::Tensor& z = group_.cases[3].inputs.at("z");
  expect_stops(
      [&](const BetweenLayers& between) { static_cast<void>(decoder.forward(z, between)); });
}

}  // namespace
}  // namespace headroom::test
