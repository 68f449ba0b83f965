// What a few replays tell of all others, beside the others themselves.

#include "trace_extrapolation.h"

#include "headroom/core/size.h"
#include "headroom/device/workspace.h"
#include "headroom/pipeline/run_formats.h"

#include "pipeline/run_support.h"
#include "support/paths.h"

#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

using Row = std::tuple<std::string, std::string, bool>;  // model, number format, on a card
class TracesOfAllSizes : public testing::TestWithParam<Row> {};

TEST_P(TracesOfAllSizes, AreWhatAReplayRecords) {
  const auto& [name, dtype, card] = GetParam();
  const ModelFolder model =
      read_model_folder(name == "starter" ? test::starter_model()
                                          : test::source_folder() / "configs" / "models" / name);
  const Device device = pretended_device(card ? "cuda" : "cpu", 0, "a device");
  const RunFormats formats = choose_formats(read_number_format(dtype), device);
  std::mt19937 random(7);
  const auto draw = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  const auto draw_side = [&] {  // small ones more often: what is cut in pieces differs most there
    const int unit = model.info.size_unit;
    const int most = 2048 / unit;
    return unit * draw(1, draw(0, 1) == 0 ? std::max(1, most / 4) : most);
  };

  std::map<std::vector<std::int64_t>, TraceExtrapolation> families;
  constexpr int kRequests = 1800;
  int answered = 0;
  for (int i = 0; i < kRequests; ++i) {
    DryRunRequest what;
    what.kernels.card = card;
    if (card) what.kernels.calibrated.multiprocessors = 128;  // attention that splits keys, or not
    RunShape& shape = what.shape;
    shape.steps = 8;
    shape.width = draw_side();
    shape.height = draw(0, 7) == 0 ? shape.width : draw_side();
    shape.prompt_tokens = draw(8, 140);
    if (draw(0, 1) == 0) {
      shape.negative_tokens = draw(8, 70);
      shape.guided_steps = 8;
    }
    shape.start = static_cast<StartFrom>(draw(0, 2));
    const std::vector<Stage> stages{Stage::kDenoise, Stage::kDecode, Stage::kEncodeImage};
    const Stage stage =
        stages.at(static_cast<std::size_t>(draw(0, has_stage(shape, Stage::kEncodeImage) ? 2 : 1)));
    if (stage == Stage::kDenoise) {
      what.execution.sequential_guidance = draw(0, 1) == 0;
      what.execution.chunk_tokens = std::vector<int>{0, 0, 64, 256, 1024}.at(draw(0, 4));
      what.execution.stream_blocks = draw(0, std::min(3, model.transformer.n_layers));
    } else {
      what.execution.tile_latent = std::vector<int>{0, 0, 1, 2, 4, 8, 16, 32, 64}.at(draw(0, 8));
      what.execution.cpu_decode = what.execution.tile_latent == 0 && draw(0, 3) == 0;
    }

    const AllocationTrace replayed = dry_run_short_stage(stage, model, formats, what);
    const TraceShape asked = trace_shape(stage, model, formats, what);
    TraceExtrapolation& family = families[asked.kind];
    const std::optional<AllocationTrace> known =
        family.at(asked.position, [&](const AllocationTrace::Operation& op) {
          return workspace::block_bytes(op, what.kernels);
        });
    if (!known) {
      family.add(asked.position, replayed);
      continue;
    }
    ++answered;
    ASSERT_TRUE(*known == replayed)
        << shape.width << "x" << shape.height << ", tokens " << shape.prompt_tokens << " and "
        << shape.negative_tokens << ", " << testing::PrintToString(option_names(what.execution));
  }
  EXPECT_GT(answered, kRequests / 4);
}

INSTANTIATE_TEST_SUITE_P(Models, TracesOfAllSizes,
                         testing::Combine(testing::Values("starter", "z-image-turbo"),
                                          testing::Values("fp32", "bf16", "q4"), testing::Bool()),
                         [](const auto& p) {
                           std::string text = std::get<0>(p.param) + "_" + std::get<1>(p.param) +
                                              (std::get<2>(p.param) ? "_card" : "_cpu");
                           std::replace(text.begin(), text.end(), '-', '_');
                           return text;
                         });

// Two blocks: one of 10 + 3x bytes, one that an operation of x rows takes.
AllocationTrace made_trace(std::int64_t x, std::int64_t taken) {
  AllocationTrace allocations;
  allocations.entries = {{.id = 0, .bytes = 10 + 3 * x},
                         {.tag = MemoryTag::kWorkspace, .id = 1, .bytes = taken},
                         {.kind = AllocationTrace::Kind::kFree, .id = 1}};
  allocations.operations = {{1, {.law = 0, .dtype = 0, .sizes = {x}}}};
  return allocations;
}
std::int64_t square_law(const AllocationTrace::Operation& op) {
  return op.sizes[0] > 100 ? 0 : op.sizes[0] * op.sizes[0];
}

TEST(TraceExtrapolation, AnswersOnlyWhatTheKnownTracesDetermine) {
  TraceExtrapolation family;
  EXPECT_FALSE(family.at({1, 4, 9}, square_law));
  family.add({1, 4, 9}, made_trace(4, 16));
  EXPECT_FALSE(family.at({1, 5, 9}, square_law));
  EXPECT_EQ(family.at({1, 4, 9}, square_law), made_trace(4, 16));
  family.add({1, 6, 9}, made_trace(6, 36));
  EXPECT_EQ(family.at({1, 11, 9}, square_law), made_trace(11, 121));  // by the law, no line
  EXPECT_EQ(family.at({1, 101, 9}, square_law), made_trace(101, 0));  // nothing any more
  EXPECT_FALSE(family.at({1, 11, 8}, square_law));
}

TEST(TraceExtrapolation, AsksForAReplayWhereASizeWouldBeNone) {
  TraceExtrapolation family;
  family.add({1, 4}, made_trace(4, 16));
  family.add({1, 6}, made_trace(6, 36));
  EXPECT_FALSE(family.at({1, -5}, square_law));  // fewer bytes than none
}

TEST(TraceExtrapolation, SizesThatAreNotAffineAreNoAnswer) {
  TraceExtrapolation family;
  AllocationTrace second = made_trace(6, 36);
  ++second.entries[0].bytes;
  family.add({1, 4}, made_trace(4, 16));
  family.add({1, 6}, second);
  EXPECT_FALSE(family.at({1, 5}, square_law));  // half a byte
}

TEST(TraceExtrapolation, TracesOfOtherFormEndIt) {
  TraceExtrapolation family;
  AllocationTrace other = made_trace(6, 36);
  other.entries.pop_back();
  family.add({1, 4}, made_trace(4, 16));
  family.add({1, 6}, other);
  EXPECT_FALSE(family.at({1, 4}, square_law));
}

}  // namespace
}  // namespace headroom
