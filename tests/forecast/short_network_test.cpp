// The few layers that stand for all, beside all of them.

#include "short_network.h"

#include "headroom/core/bytes.h"
#include "headroom/pipeline/layer_streamer.h"

#include "request_costs.h"
#include "support/fixture.h"
#include "support/paths.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr WeightStorage kPlain = WeightStorage::kPlain;
constexpr WeightStorage kInt8 = WeightStorage::kInt8;

ShortNetwork shortened(const LayerStorage& storage, int layers, int streamed,
                       bool all_streamed = false) {
  return shorten(alike(storage, layers, /*packed=*/false), streamed, all_streamed);
}

bool has(const std::vector<int>& layers, int layer) {
  return std::find(layers.begin(), layers.end(), layer) != layers.end();
}

TEST(ShortNetwork, OfLikeLayersIsThree) {
  const LayerStorage plain;
  EXPECT_EQ(shortened(plain, 30, 0), (ShortNetwork{{0, 0, 0}, {}}));
  EXPECT_EQ(shortened(plain, 30, 1), (ShortNetwork{{0, 0}, {0}}));
  for (const int streamed : {2, 3, 17, 30}) {
    EXPECT_EQ(shortened(plain, 30, streamed), (ShortNetwork{{0}, {0, 0}})) << streamed;
  }
  EXPECT_EQ(shortened(plain, 30, 30, /*all_streamed=*/true), (ShortNetwork{{}, {0, 0, 0}}));
  EXPECT_EQ(shortened(plain, 1, 1), (ShortNetwork{{}, {0}}));
  EXPECT_EQ(shortened(plain, 2, 2), (ShortNetwork{{}, {0, 0}}));
  EXPECT_EQ(shortened(plain, 2, 0), (ShortNetwork{{0, 0}, {}}));
}

TEST(ShortNetwork, HasALayerOfEveryKindThatStaysAndOfEveryKindThatIsStreamed) {
  const LayerStorage mixed(kInt8, {{0, kPlain}, {29, kPlain}});
  for (int streamed = 0; streamed <= 30; ++streamed) {
    const ShortNetwork kept = shortened(mixed, 30, streamed);
    for (int i = 0; i < 30; ++i) {
      const bool is_wide = mixed.of(i) == kPlain;
      EXPECT_TRUE(has(is_streamed(i, 30, streamed) ? kept.streamed : kept.staying, is_wide ? 0 : 1))
          << i << " of " << streamed;
    }
    EXPECT_GE(kept.streamed_layers(), std::min(streamed, 2));
    EXPECT_LE(kept.layers(), 5);
  }
}

TEST(ShortNetwork, KeepsItsLayersAsItCountsThem) {
  const LayerStorage mixed(kInt8, {{0, kPlain}, {3, kPlain}, {29, kPlain}});
  for (int streamed = 0; streamed <= 30; ++streamed) {
    const ShortNetwork kept = shortened(mixed, 30, streamed);
    ShortNetwork counted;
    for (int i = 0; i < kept.layers(); ++i) {
      auto& layers = is_streamed(i, kept.layers(), kept.streamed_layers()) ? counted.streamed
                                                                           : counted.staying;
      layers.push_back(kept.storage(mixed).of(i) == kPlain ? 0 : 1);
    }
    EXPECT_EQ(counted, kept) << streamed;
  }
}

// Layers whose matrices a file stores otherwise than each other's are alike as long as they are not
// kept packed.
TEST(ShortNetwork, TellsPackedLayersApartByWhatTheyTake) {
  PackedMatrices packed;
  packed.row_bytes = {{"cap_embedder.1.weight", 10},
                      {"layers.0.w", 20},
                      {"layers.1.w", 30},
                      {"layers.2.w", 20},
                      {"layers.3.w", 30},
                      {"layers.3.v", 5}};
  packed.like = {0, 1, 0, 3};
  LayerStorage storage;
  storage.set_packed(std::make_shared<const PackedMatrices>(packed));
  EXPECT_EQ(alike(storage, 5, /*packed=*/false), (std::vector<int>{0, 0, 0, 0, 0}));
  EXPECT_EQ(alike(storage, 5, /*packed=*/true), (std::vector<int>{0, 1, 0, 3, 4}));
  const ShortNetwork kept = shorten(alike(storage, 4, /*packed=*/true), 2);
  EXPECT_EQ(kept, (ShortNetwork{{0}, {1, 3}}));  // 1 and 3 are streamed
  const LayerStorage short_storage = kept.storage(storage);
  const std::map<std::string, std::int64_t, std::less<>> expected{{"cap_embedder.1.weight", 10},
                                                                  {"layers.0.w", 20},
                                                                  {"layers.1.w", 30},
                                                                  {"layers.2.w", 30},
                                                                  {"layers.2.v", 5}};
  EXPECT_EQ(short_storage.packed()->row_bytes, expected);
}

TEST(ShortNetwork, LeavesOutWhatStaysAndIsNotItsOwn) {
  const LayerStorage mixed(kInt8, {{0, kPlain}});
  const std::vector<std::int64_t> layers{40, 10, 10, 10, 10, 10};
  // Layers 2 and 5 are streamed: 40 and three times 10 stay, of which 40 and 10 are there.
  EXPECT_EQ(left_out_bytes(shortened(mixed, 6, 2), 2, layers), 20);
  // All are streamed, one that stays makes up the number: there are both streamed kinds and it.
  const ShortNetwork all = shortened(mixed, 6, 6);
  EXPECT_EQ(left_out_bytes(all, 6, layers), all.layers() == 3 ? -40 : 0);
  EXPECT_EQ(left_out_bytes(shortened({}, 6, 0), 0, {10, 10, 10, 10, 10, 10}), 30);
}

// What a stage needs by the short network is what it needs by the whole one, however the layers
// are kept and however many are streamed.
TEST(ShortNetwork, NeedsWhatTheWholeNetworkNeeds) {
  const ModelFolder model =
      read_model_folder(test::source_folder() / "configs" / "models" / "z-image-turbo");
  const int last = model.transformer.n_layers - 1;
  RunFormats formats =
      choose_formats(NumberFormat::kBfloat16, pretended_device("cpu", 0, "a device"));
  for (const LayerStorage& storage :
       {LayerStorage{}, LayerStorage{WeightStorage::kQ4},
        LayerStorage{WeightStorage::kQ4, {{0, kPlain}, {last, kPlain}}},
        LayerStorage{WeightStorage::kQ4,
                     {{1, WeightStorage::kQ8_0}, {7, WeightStorage::kQ8_0}, {12, kPlain}}},
        LayerStorage{kPlain, {{last, WeightStorage::kQ8_0}}}}) {
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
