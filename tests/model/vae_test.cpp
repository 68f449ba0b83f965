#include "headroom/model/vae.h"

#include "headroom/core/error.h"
#include "headroom/diffusion/noise.h"

#include "support/fixture.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/abs.h>
#include <ATen/ops/max.h>
#include <ATen/ops/sub.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

using test::FixtureCase;
using test::FixtureGroup;
using test::OpenModel;

class VaeFixture : public ::testing::TestWithParam<std::string> {
 protected:
  const c10::InferenceMode inference_;
  const FixtureGroup group_ = test::load_group(GetParam(), "vae");

  // Runs the cases whose names begin with `prefix`; says how many there were.
  template <typename Check>
  int each(const std::string& prefix, Check check) const {
    int count = 0;
    for (const FixtureCase& c : group_.cases) {
      if (!c.name.starts_with(prefix)) continue;
      SCOPED_TRACE(c.name);
      check(c);
      ++count;
    }
    return count;
  }
};
INSTANTIATE_TEST_SUITE_P(Models, VaeFixture, ::testing::ValuesIn(test::variants()),
                         [](const auto& p) { return p.param; });

TEST_P(VaeFixture, EncodesAsTheReference) {
  OpenModel model(GetParam());
  const VaeEncoder encoder(model.folder.vae, model.vae);
  const int whole = each("encode_", [&](const FixtureCase& c) {
    EXPECT_TRUE(test::within(encoder.forward(c.inputs.at("image")), c.outputs.at("moments")));
  });
  EXPECT_EQ(whole, 3);
  const int tiled = each("tiled_encode_", [&](const FixtureCase& c) {
    const auto tile_px = c.params.at("tile_px").get<std::int64_t>();
    EXPECT_TRUE(
        test::within(encode_blended_tiles(encoder, model.folder.vae, c.inputs.at("image"), tile_px),
                     c.outputs.at("moments")));
  });
  EXPECT_EQ(tiled, 3);
}

TEST_P(VaeFixture, DecodesAsTheReference) {
  OpenModel model(GetParam());
  const VaeDecoder decoder(model.folder.vae, model.vae);
  const int whole = each("decode_", [&](const FixtureCase& c) {
    EXPECT_TRUE(test::within(decoder.forward(c.inputs.at("z")), c.outputs.at("image")));
  });
  EXPECT_EQ(whole, 3);
  const int tiled = each("tiled_decode_", [&](const FixtureCase& c) {
    const auto tile_latent = c.params.at("tile_latent").get<std::int64_t>();
    EXPECT_TRUE(
        test::within(decode_blended_tiles(decoder, model.folder.vae, c.inputs.at("z"), tile_latent),
                     c.outputs.at("image")));
  });
  EXPECT_EQ(tiled, 3);
}

TEST_P(VaeFixture, DecodingStripByStripOfAnyHeightAndPictureOfAnyShapeIsDecodingAtOnce) {
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

TEST_P(VaeFixture, EncodingStripByStripOfAnyHeightAndPictureOfAnyShapeIsEncodingAtOnce) {
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

TEST_P(VaeFixture, OneTileIsTheWholePicture) {
  OpenModel model(GetParam());
  const VaeDecoder decoder(model.folder.vae, model.vae);
  const VaeEncoder encoder(model.folder.vae, model.vae);
  const at::Tensor& z = group_.at(group_.cases[3].name).inputs.at("z");
  EXPECT_TRUE(test::same_bits(decode_blended_tiles(decoder, model.folder.vae, z, 1024),
                              decoder.forward(z)));
  const at::Tensor& image = group_.cases.front().inputs.at("image");
  EXPECT_TRUE(test::same_bits(encode_blended_tiles(encoder, model.folder.vae, image, 4096),
                              encoder.forward(image)));
}

TEST_P(VaeFixture, LeavesItsInputAlone) {
  OpenModel model(GetParam());
  const VaeDecoder decoder(model.folder.vae, model.vae);
  const VaeEncoder encoder(model.folder.vae, model.vae);
  const at::Tensor& z = group_.cases[3].inputs.at("z");
  const at::Tensor z_before = z.clone();
  static_cast<void>(decoder.forward(z));
  EXPECT_TRUE(test::same_bits(z, z_before));
  const at::Tensor& image = group_.cases.front().inputs.at("image");
  const at::Tensor image_before = image.clone();
  static_cast<void>(encoder.forward(image));
  EXPECT_TRUE(test::same_bits(image, image_before));
}

TEST_P(VaeFixture, StopsBetweenTwoLayersWhenAsked) {
  OpenModel model(GetParam());
  const VaeDecoder decoder(model.folder.vae, model.vae);
  const VaeEncoder encoder(model.folder.vae, model.vae);
  const at::Tensor& z = group_.cases[3].inputs.at("z");
  const at::Tensor& image = group_.cases.front().inputs.at("image");
  const auto expect_stops = [](const auto& forward) {
    int all = 0;
    forward([&] { ++all; });
    EXPECT_GT(all, 4);
    for (int stop_at = 1; stop_at <= all; ++stop_at) {
      int calls = 0;
      EXPECT_THROW(forward([&] {
                     if (++calls == stop_at) throw Cancelled{};
                   }),
                   Cancelled);
      EXPECT_EQ(calls, stop_at);
    }
  };
  expect_stops(
      [&](const BetweenLayers& between) { static_cast<void>(decoder.forward(z, between)); });
  expect_stops(
      [&](const BetweenLayers& between) { static_cast<void>(encoder.forward(image, between)); });
}

}  // namespace
}  // namespace headroom
