#include "headroom/memory/offload_floor.h"

#include "headroom/core/error.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using testing::HasSubstr;
using Names = std::vector<std::string>;

constexpr const char* kWhere = "my.yaml:3: model.offload_layers";

// The real model: 30 main layers, 36 of the text encoder.
PlanFloor floor_of(const Names& names) { return offload_floor(names, 30, 36, kWhere).floor; }

PlanFloor only_when_used(const IdSet<NetworkId>& networks) { return {.only_when_used = networks}; }
constexpr IdSet<NetworkId> kVae{NetworkId::kImageEncoder, NetworkId::kDecoder};

int blocks(const Names& names) {
  const PlanFloor floor = floor_of(names);
  EXPECT_EQ(floor, PlanFloor{.stream_blocks = floor.stream_blocks});
  return floor.stream_blocks;
}

TEST(OffloadFloor, NothingNamedIsNothing) { EXPECT_EQ(floor_of({}), PlanFloor{}); }

TEST(OffloadFloor, CountsMainLayers) {
  EXPECT_EQ(blocks({"layers.0"}), 1);
  EXPECT_EQ(blocks({"layers.29"}), 1);
  EXPECT_EQ(blocks({"layers.0-9"}), 10);
  EXPECT_EQ(blocks({"layers.5-5"}), 1);
  EXPECT_EQ(blocks({"layers.*"}), 30);
  EXPECT_EQ(blocks({"layers.1*"}), 11);  // 1, 10 to 19
  EXPECT_EQ(blocks({"layers.0-9", "layers.5-14", "layers.3"}), 15);
}

TEST(OffloadFloor, NetworksStayForTheirTurnOnly) {
  EXPECT_EQ(floor_of({"text_encoder"}), only_when_used({NetworkId::kTextEncoder}));
  EXPECT_EQ(floor_of({"transformer"}), only_when_used({NetworkId::kTransformer}));
  EXPECT_EQ(floor_of({"vae"}), only_when_used(kVae));
  EXPECT_EQ(floor_of({"text_encoder.layers.0", "text_encoder.layers.35"}),
            PlanFloor{.stream_encoder = true});
  EXPECT_EQ(floor_of({"text_encoder.*"}), PlanFloor{.stream_encoder = true});
  EXPECT_EQ(floor_of({"*"}), (PlanFloor{30,
                                        true,
                                        {NetworkId::kTextEncoder, NetworkId::kImageEncoder,
                                         NetworkId::kTransformer, NetworkId::kDecoder}}));
}

TEST(OffloadFloor, PartsOfUNetsAreThirdsAndNoted) {
  EXPECT_EQ(blocks({"down_blocks"}), 10);
  EXPECT_EQ(blocks({"mid_block"}), 10);
  EXPECT_EQ(blocks({"up_blocks"}), 10);
  EXPECT_EQ(blocks({"down_blocks", "mid_block"}), 20);
  EXPECT_EQ(blocks({"down_blocks", "layers.0-9"}), 10);  // the first third
  EXPECT_EQ(blocks({"mid_block", "layers.10-19"}), 10);  // the second
  EXPECT_EQ(blocks({"up_blocks", "layers.20-29"}), 10);  // the last
  EXPECT_EQ(
      offload_floor({"down_blocks", "mid_block", "up_blocks"}, 7, 3, kWhere).floor.stream_blocks,
      7);
  EXPECT_EQ(offload_floor({"down_blocks"}, 1, 3, kWhere).floor.stream_blocks, 0);
  const OffloadFloor noted = offload_floor({"vae", "mid_block"}, 30, 36, kWhere);
  ASSERT_EQ(noted.notes.size(), 1U);
  EXPECT_THAT(noted.notes[0], testing::StartsWith(kWhere));
  EXPECT_THAT(noted.notes[0], HasSubstr("mid_block is a part of other models"));
  EXPECT_TRUE(offload_floor({"layers.*", "vae"}, 30, 36, kWhere).notes.empty());
}

TEST(OffloadFloor, RefusesWhatIsNoPartOfTheModel) {
  for (const char* name :
       {"", "layer.0", "layers.30", "layers.-1", "layers.x", "layers.", "layers", "layers.9-5",
        "layers.0-30", "layers.0-", "layers.0-9x", "layers.-1-3", "layers.99999999999-3", "unet",
        "text_encoder.layers.36", "vae.*", "LAYERS.0", "down_blocks.0"}) {
    try {
      static_cast<void>(floor_of({"vae", name}));
      ADD_FAILURE() << name << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kConfig);
      EXPECT_THAT(error.what(), testing::StartsWith(std::string(kWhere) + ": \"" + name + "\""));
      EXPECT_THAT(error.what(), HasSubstr("text_encoder, transformer, vae, layers.0 to layers.29"));
      EXPECT_THAT(error.what(), HasSubstr("text_encoder.layers.0 to text_encoder.layers.35"));
    }
  }
}

}  // namespace
}  // namespace headroom
