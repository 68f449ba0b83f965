#include "headroom/model/upscale_network.h"

#include "headroom/pipeline/small_network_weights.h"
#include "headroom/weights/upscaler_file.h"

#include "support/fixture.h"

#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

using test::FixtureCase;

// [3, h, w] -> [1, 3 u^2, h/u, w/u], extended by its last row and column reflected.
at::Tensor cells(const at::Tensor& picture, std::int64_t u) {
  const std::int64_t height = (picture.size(1) + u - 1) / u;
  const std::int64_t width = (picture.size(2) + u - 1) / u;
  at::Tensor out = at::empty({1, 3 * u * u, height, width});
  auto* const to = out.mutable_data_ptr<float>();
  const auto* const from = picture.const_data_ptr<float>();
  const auto inside = [](std::int64_t i, std::int64_t n) { return i < n ? i : 2 * (n - 1) - i; };
  for (std::int64_t c = 0; c < 3 * u * u; ++c) {
    for (std::int64_t y = 0; y < height; ++y) {
      for (std::int64_t x = 0; x < width; ++x) {
        const std::int64_t row = inside(y * u + c % (u * u) / u, picture.size(1));
        const std::int64_t column = inside(x * u + c % u, picture.size(2));
        to[(c * height + y) * width + x] =
            from[(c / (u * u) * picture.size(1) + row) * picture.size(2) + column];
      }
    }
  }
  return out.contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor result_of(const UpscalerFile& file, const at::Tensor& picture,
                     const UpscalerFile* weaker = nullptr, double share = 1) {
  const c10::InferenceMode inference;
  SmallNetworkWeights weights(file, at::kCPU);
  if (weaker != nullptr) weights.mix_with(*weaker, share);
  const auto network = load_upscale_network(file.config(), weights);
  const std::int64_t s = file.config().scale;
  return network->forward(cells(picture, file.config().unshuffle))
      .squeeze(0)
      .narrow(1, 0, picture.size(1) * s)
      .narrow(2, 0, picture.size(2) * s);
}

class Networks : public ::testing::Test {
 protected:
  // Of the cases whose names begin so: every file that holds the network.
  int each_file(const std::string& prefix) const {
    int count = 0;
    for (const FixtureCase& c : group_.cases) {
      if (!c.name.starts_with(prefix)) continue;
      for (const auto& name : c.params.at("files")) {
        SCOPED_TRACE(c.name + ", " + name.get<std::string>());
        const UpscalerFile file(test::upscaler_files() / name.get<std::string>());
        EXPECT_TRUE(test::within(result_of(file, c.inputs.at("picture")), c.outputs.at("result")));
        ++count;
      }
    }
    return count;
  }
  const test::FixtureGroup group_ = test::load_upscaler_group();
};

TEST_F(Networks, RrdbNetOfEveryLayoutComputesAsTheReference) { EXPECT_EQ(each_file("rrdb_"), 9); }

TEST_F(Networks, SrvggNetComputesAsTheReference) { EXPECT_EQ(each_file("srvgg_"), 6); }

TEST_F(Networks, MixedByShareComputeAsTheReference) {
  const FixtureCase& c = group_.at("denoise");
  const UpscalerFile clean(test::upscaler_files() / "realesr-general-x4v3.pth");
  const UpscalerFile weak(test::upscaler_files() / "realesr-general-wdn-x4v3.pth");
  const at::Tensor& picture = c.inputs.at("picture");
  const auto share = c.params.at("denoise").get<double>();
  EXPECT_TRUE(test::within(result_of(clean, picture, &weak, share), c.outputs.at("result")));
  EXPECT_FALSE(test::within(result_of(clean, picture, &weak, 1), c.outputs.at("result")));
  EXPECT_TRUE(test::same_bits(result_of(clean, picture, &weak, 1), result_of(clean, picture)));
}

TEST_F(Networks, AskBeforeEachStageWhetherToGoOn) {
  const c10::InferenceMode inference;
  const UpscalerFile file(test::upscaler_files() / "x4.safetensors");
  SmallNetworkWeights weights(file, at::kCPU);
  const auto network = load_upscale_network(file.config(), weights);
  const at::Tensor picture = cells(group_.at("rrdb_x4").inputs.at("picture"), 1);
  std::size_t asked = 0;
  static_cast<void>(network->forward(picture, [&] { ++asked; }));
  EXPECT_EQ(asked, network->stages().size());
  struct Stop {};
  EXPECT_THROW(static_cast<void>(network->forward(picture, [] { throw Stop(); })), Stop);
}

}  // namespace
}  // namespace headroom
