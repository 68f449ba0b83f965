// Weights that are kept in the number format of the card: the way that layers then take to it.
#include "headroom/core/bytes.h"

#include "fake_card/card_program.h"

namespace headroom::test {
namespace {

class KeptWeights : public CardProgram {
 protected:
  KeptWeights() {
    environment_["XDG_CACHE_HOME"] = (folder_ / "cache").string();
    keep("cache/headroom/rates.json");
    write("streams.yaml", "model:\n  offload_layers: [text_encoder.layers.*, layers.*]\n");
  }

  // The copies to the card of a run in which all layers are streamed: bytes by size.
  std::map<std::int64_t, int> copies_of_a_run() {
    static_cast<void>(take_events());
    static_cast<void>(run_json(quick({"--json", "--seed", "3", "--config", "streams.yaml"})));
    std::map<std::int64_t, int> copies;
    for (const CardEvent& event : take_events()) {
      if (event.name != "copy" || event.text("kind") != "h2d") continue;
      const std::int64_t bytes = event.number("bytes");
      EXPECT_TRUE(event.text("host") == "pinned" || bytes <= kMiB) << bytes << " B, pageable";
      ++copies[bytes];
    }
    return copies;
  }
  [[nodiscard]] std::size_t entries() const {
    return run_json({"cache", "--json"}).at(0).at("entries").size();
  }
};

TEST_F(KeptWeights, ReachTheCardAsThoseOfTheModelDo) {
  environment_["HEADROOM_MODEL_WEIGHT_CACHE"] = "false";
  static_cast<void>(run_json({"plan", "--json"}));  // what is measured at a card's first use
  const std::map<std::int64_t, int> without = copies_of_a_run();
  EXPECT_EQ(entries(), 0U);
  environment_.erase("HEADROOM_MODEL_WEIGHT_CACHE");
  EXPECT_EQ(copies_of_a_run(), without);  // while they are written
  EXPECT_EQ(entries(), 2U);
  EXPECT_EQ(copies_of_a_run(), without);  // and read from there
  EXPECT_FALSE(without.empty());
}

}  // namespace
}  // namespace headroom::test
