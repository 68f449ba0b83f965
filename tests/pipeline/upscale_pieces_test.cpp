#include "headroom/pipeline/upscale_pieces.h"

#include "headroom/diffusion/noise.h"
#include "headroom/pipeline/small_network_weights.h"
#include "headroom/weights/upscaler_file.h"

#include "support/fixture.h"

#include <ATen/ops/abs.h>
#include <ATen/ops/max.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

class Pieces : public ::testing::TestWithParam<const char*> {
 protected:
  Pieces() : file_(test::upscaler_files() / GetParam()), weights_(file_, at::kCPU) {}

  // The whole result, put together from what is handed over.
  at::Tensor result(const UpscaleNetwork& network, const at::Tensor& picture, std::int64_t side,
                    std::int64_t* pieces = nullptr) const {
    const std::int64_t scale = network.stages().back().scale;
    at::Tensor whole = at::zeros({1, 3, picture.size(2) * scale, picture.size(3) * scale});
    PieceHooks hooks;
    hooks.finished = [&](const at::Tensor& piece, const PieceRect& place) {
      whole.narrow(2, place.top, place.height).narrow(3, place.left, place.width).copy_(piece);
      if (pieces != nullptr) ++*pieces;
    };
    upscale_in_pieces(network, picture, side, at::kCPU, hooks);
    return whole;
  }

  const c10::InferenceMode inference_;
  UpscalerFile file_;
  SmallNetworkWeights weights_;
};
INSTANTIATE_TEST_SUITE_P(Networks, Pieces,
                         ::testing::Values("x4.safetensors", "x2.pth", "x2_first_names.safetensors",
                                           "general_x4.pth", "general_x3.pth"));

TEST_P(Pieces, OfAnySizeAndPicturesOfAnyShapeMakeTheWhole) {
  const auto network = load_upscale_network(file_.config(), weights_);
  const std::int64_t u = file_.config().unshuffle;
  const std::pair<int, int> shapes[] = {{1, 1}, {1, 40}, {40, 1}, {37, 50}};
  for (const auto& [height, width] : shapes) {
    const at::Tensor picture = draw_noise(3, {1, 3 * u * u, height, width}).clamp_(0, 1);
    const at::Tensor whole = result(*network, picture, 0);
    for (const std::int64_t side : {1, 7, 16, 33, 50}) {
      if (side == 1 && height * width > 100) continue;  // a thousand pieces tell no more
      std::int64_t pieces = 0;
      const at::Tensor joined = result(*network, picture, side, &pieces);
      EXPECT_EQ(pieces, piece_count(height, width, side));
      EXPECT_LE(at::max(at::abs(at::sub(joined, whole))).item().toDouble(), 1e-5)
          << height << "x" << width << " in pieces of " << side;
    }
  }
}

// Else the test above would pass on a network that looks at nothing but the pixel itself.
TEST_P(Pieces, WithoutTheirMarginsWouldShow) {
  const auto network = load_upscale_network(file_.config(), weights_);
  const std::int64_t u = file_.config().unshuffle;
  const std::int64_t scale = network->stages().back().scale;
  const at::Tensor picture = draw_noise(3, {1, 3 * u * u, 20, 20}).clamp_(0, 1);
  const at::Tensor whole = result(*network, picture, 0);
  const at::Tensor half = result(*network, picture.narrow(2, 0, 10), 0);
  EXPECT_GT(at::max(at::abs(at::sub(half, whole.narrow(2, 0, 10 * scale)))).item().toDouble(),
            1e-3);
}

TEST_P(Pieces, AreAskedForOneByOne) {
  const auto network = load_upscale_network(file_.config(), weights_);
  const std::int64_t u = file_.config().unshuffle;
  const at::Tensor picture = draw_noise(3, {1, 3 * u * u, 20, 20}).clamp_(0, 1);
  std::vector<std::int64_t> seen;
  PieceHooks hooks;
  hooks.before = [&](std::int64_t done, std::int64_t total) {
    EXPECT_EQ(total, 4 * static_cast<std::int64_t>(network->stages().size()));
    seen.push_back(done);
  };
  upscale_in_pieces(*network, picture, 10, at::kCPU, hooks);
  ASSERT_EQ(seen.size(), 4 * network->stages().size());
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], static_cast<int>(i));
}

}  // namespace
}  // namespace headroom
