// Main memory that a card copies out of and into: declared to the byte, since what is page-locked
// is nobody else's.
#include "headroom/core/bytes.h"

#include "fake_card/card_program.h"

#include <utility>

namespace headroom::test {
namespace {

class PageLockedMemory : public CardProgram {
 protected:
  PageLockedMemory() { static_cast<void>(run_json({"plan", "--json"})); }  // measures the card

  // Makes a picture and expects its plan's column of main memory to be what was locked, and
  // `ordinary_bytes` that were not.
  json expect_declared(std::vector<std::string> more, std::int64_t ordinary_bytes) {
    more.insert(more.end(), {"--json", "-o", "."});
    take_events();
    const json plan = run_json(quick(std::move(more))).at(0).at("plan");
    EXPECT_EQ(most_locked(take_events()) + ordinary_bytes, plan.at("host_peak_bytes"));
    return plan;
  }
  // The largest of these that makes the plan decode in strips.
  std::string cap_for_strips(const std::string& size) {
    for (std::int64_t cap = 200 * kMiB; cap > 30 * kMiB; cap = cap * 9 / 10) {
      const std::string bytes = std::to_string(cap);
      const ProcessResult result =
          run({"plan", "--json", "--size", size, "--vram-cap", bytes, "--steps", "2"});
      if (result.exit_code == 0 && result.out.find("\"tile-decode:") != std::string::npos) {
        return bytes;
      }
    }
    ADD_FAILURE() << "no cap makes " << size << " decode in strips";
    return "600M";
  }
};

// Through buffers between the files and the card, which all networks share.
TEST_F(PageLockedMemory, OfWeightsIsDeclared) {
  write("streams.yaml", "model:\n  offload_layers: [text_encoder.layers.*, layers.*]\n");
  const json resident = expect_declared({}, 0);
  const json streamed = expect_declared({"--config", "streams.yaml"}, 0);
  EXPECT_GT(resident.at("host_peak_bytes"), 0);
  EXPECT_EQ(streamed.at("host_peak_bytes"), resident.at("host_peak_bytes"));
}

// Whole pictures between the decoder's layers; neither size is a power of two. The last one, in 8
// bits, lies in ordinary memory.
TEST_F(PageLockedMemory, OfDecodingInStripsIsDeclared) {
  for (const auto& [width, height] : {std::pair{640, 704}, {1024, 576}}) {
    const std::string size = std::to_string(width) + "x" + std::to_string(height);
    SCOPED_TRACE(size);
    const json plan = expect_declared({"--size", size, "--vram-cap", cap_for_strips(size)},
                                      std::int64_t{3} * width * height);
    const json& stages = plan.at("stages");
    EXPECT_GT(stages.at(3).at("host_bytes"), stages.at(2).at("host_bytes"));
  }
}

}  // namespace
}  // namespace headroom::test
