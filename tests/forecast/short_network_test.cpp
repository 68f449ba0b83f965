// The few layers that stand for all, beside all of them.

#include "short_network.h"

#include "headroom/core/bytes.h"
#include "headroom/pipeline/layer_streamer.h"

#include "request_costs.h"
#include "support/fixture.h"

#include <array>
#include <filesystem>
#include <map>

#include <gtest/gtest.h>

namespace headroom {
namespace {

using Counts = std::array<int, kWeightStorages>;

constexpr WeightStorage kPlain = WeightStorage::kPlain;
constexpr WeightStorage kEight = WeightStorage::kEightBits;

TEST(ShortNetwork, OfLikeLayersIsThree) {
  const LayerStorage plain;
  EXPECT_EQ(shorten(plain, 30, 0), (ShortNetwork{{3}, {}}));
  EXPECT_EQ(shorten(plain, 30, 1), (ShortNetwork{{2}, {1}}));
  for (const int streamed : {2, 3, 17, 30}) {
    EXPECT_EQ(shorten(plain, 30, streamed), (ShortNetwork{{1}, {2}})) << streamed;
  }
  EXPECT_EQ(shorten(plain, 30, 30, /*all_streamed=*/true), (ShortNetwork{{}, {3}}));
  EXPECT_EQ(shorten(plain, 1, 1), (ShortNetwork{{}, {1}}));
  EXPECT_EQ(shorten(plain, 2, 2), (ShortNetwork{{}, {2}}));
  EXPECT_EQ(shorten(plain, 2, 0), (ShortNetwork{{2}, {}}));
}

TEST(ShortNetwork, HasALayerOfEveryKindThatStaysAndOfEveryKindThatIsStreamed) {
  const LayerStorage mixed(kEight, {{0, kPlain}, {29, kPlain}});
  for (int streamed = 0; streamed <= 30; ++streamed) {
    const ShortNetwork kept = shorten(mixed, 30, streamed);
    for (int i = 0; i < 30; ++i) {
      const Counts& counts = is_streamed(i, 30, streamed) ? kept.streamed : kept.staying;
      EXPECT_GT(counts[static_cast<std::size_t>(mixed.of(i))], 0) << i << " of " << streamed;
    }
    EXPECT_GE(kept.streamed_layers(), std::min(streamed, 2));
    EXPECT_LE(kept.layers(), 5);
  }
}

TEST(ShortNetwork, KeepsItsLayersAsItCountsThem) {
  const LayerStorage mixed(kEight, {{0, kPlain}, {3, kPlain}, {29, kPlain}});
  for (int streamed = 0; streamed <= 30; ++streamed) {
    const ShortNetwork kept = shorten(mixed, 30, streamed);
    ShortNetwork counted;
    for (int i = 0; i < kept.layers(); ++i) {
      auto& counts = is_streamed(i, kept.layers(), kept.streamed_layers()) ? counted.streamed
                                                                           : counted.staying;
      ++counts[static_cast<std::size_t>(kept.storage().of(i))];
    }
    EXPECT_EQ(counted, kept) << streamed;
  }
}

TEST(ShortNetwork, LeavesOutWhatStaysAndIsNotItsOwn) {
  const LayerStorage mixed(kEight, {{0, kPlain}});
  const std::vector<std::int64_t> layers{40, 10, 10, 10, 10, 10};
  // Layers 2 and 5 are streamed: 40 and three times 10 stay, of which 40 and 10 are there.
  EXPECT_EQ(left_out_bytes(shorten(mixed, 6, 2), mixed, 2, layers), 20);
  // All are streamed, one that stays makes up the number: there are both streamed kinds and it.
  const ShortNetwork all = shorten(mixed, 6, 6);
  EXPECT_EQ(left_out_bytes(all, mixed, 6, layers), all.layers() == 3 ? -40 : 0);
  EXPECT_EQ(left_out_bytes(shorten({}, 6, 0), {}, 0, {10, 10, 10, 10, 10, 10}), 30);
}

// What a stage needs by the short network is what it needs by the whole one, however the layers
// are kept and however many are streamed.
TEST(ShortNetwork, NeedsWhatTheWholeNetworkNeeds) {
  const ModelFolder model = read_model_folder(std::filesystem::path(HEADROOM_SOURCE_DIR) /
                                              "configs" / "models" / "z-image-turbo");
  const int last = model.transformer.n_layers - 1;
  NumberFormats formats = choose_formats("bf16", pretended_device("cpu", 0, "a device"));
  for (const LayerStorage& storage :
       {LayerStorage{}, LayerStorage{WeightStorage::kQ4},
        LayerStorage{WeightStorage::kQ4, {{0, kPlain}, {last, kPlain}}},
        LayerStorage{WeightStorage::kQ4,
                     {{1, WeightStorage::kInt8}, {7, WeightStorage::kInt8}, {12, kPlain}}},
        LayerStorage{kPlain, {{last, WeightStorage::kInt8}}}}) {
    formats.transformer = formats.text_encoder = storage;
    RequestCosts costs(model, formats, AllocatorModel{});
    const RunShape shape{512, 512, 4, 4, 40, 20};
    const TimeModel times;
    RequestCosts::ForShape of_shape(costs, shape, times);
    const auto expect_equal = [&](Stage stage, const ExecutionOptions& execution) {
      DryRunRequest what;
      what.shape = shape;
      what.execution = execution;
      const AllocationTrace whole = dry_run_stage(stage, model, formats, what);
      EXPECT_EQ(of_shape.need(stage, execution).peak_bytes,
                replay_cpu_budget(whole).stages[static_cast<std::size_t>(stage)].peak_bytes)
          << stage_name(stage) << ", " << execution.stream_blocks << " streamed";
    };
    for (int streamed = 0; streamed <= model.transformer.n_layers; ++streamed) {
      expect_equal(Stage::kDenoise, {.stream_blocks = streamed});
    }
    expect_equal(Stage::kEncode, {});
    expect_equal(Stage::kEncode, {.stream_encoder = true});
  }
}

}  // namespace
}  // namespace headroom
