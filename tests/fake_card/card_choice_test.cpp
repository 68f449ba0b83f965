// Which cards are used, and what is said of those that cannot be.
#include "headroom/core/bytes.h"

#include "fake_card/card_program.h"

namespace headroom::test {
namespace {

class CardChoice : public CardProgram {};

TEST_F(CardChoice, ACardThatTheLibrariesHaveNoKernelsForIsNamedAndNotUsed) {
  set_capability("6.1");
  const json out = run_json({"devices", "--json"}).at(0);
  ASSERT_EQ(out.at("devices").size(), 1U);
  EXPECT_EQ(out.at("devices").at(0)["id"], "cpu");
  ASSERT_EQ(out.at("notes").size(), 1U);
  const std::string note = out.at("notes").at(0);
  EXPECT_NE(note.find("Stand-in card"), std::string::npos) << note;
  EXPECT_NE(note.find("6.1"), std::string::npos) << note;
  EXPECT_NE(note.find("7.5"), std::string::npos) << note;
  expect_refused({"plan", "--device", "cuda"}, 2, {"Stand-in card", "6.1", "use --device cpu"});
  const ProcessResult devices = run({"devices"});
  EXPECT_EQ(devices.out.find("no CUDA card"), std::string::npos) << devices.out;
  const ProcessResult plan = run({"plan"});  // the processor's, and it says why
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_NE(plan.err.find("Stand-in card cannot be used"), std::string::npos) << plan.err;
}

class TwoCards : public CardProgram {
 protected:
  void set_capabilities(const std::string& first, const std::string& second) {
    environment_["FAKE_COUNT"] = "2";
    environment_["FAKE_NAME"] = "Stand-in A,Stand-in B";
    environment_["FAKE_TOTAL"] = std::to_string(6 * kGiB) + "," + std::to_string(8 * kGiB);
    environment_["FAKE_MAJOR"] =
        first.substr(0, first.find('.')) + "," + second.substr(0, second.find('.'));
    environment_["FAKE_MINOR"] =
        first.substr(first.find('.') + 1) + "," + second.substr(second.find('.') + 1);
  }
  // With layers that a thread of their own brings.
  void expect_picture_on(const std::string& device, int card) {
    write("streams.yaml", "model:\n  offload_layers: [text_encoder.layers.*, layers.*]\n");
    take_events();
    const ProcessResult result =
        run(quick({"--device", device, "--config", "streams.yaml", "-o", "a.png"}));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::filesystem::remove(folder_ / "a.png");
    int requests = 0;
    for (const CardEvent& event : take_events()) {
      if (event.name != "alloc" && event.name != "context") continue;
      EXPECT_EQ(event.number("card"), card) << event.name;
      ++requests;
    }
    EXPECT_GT(requests, 0);
  }
};

// libtorch chooses kernels by the card that is the thread's own, not by where tensors are.
TEST_F(TwoCards, OfDifferentGenerationsAreUsedAsEachIs) {
  const std::pair<const char*, const char*> cards[] = {{"7.5", "8.6"}, {"8.6", "7.5"}};
  for (const auto& [first, second] : cards) {
    SCOPED_TRACE(std::string(first) + " and " + second);
    set_capabilities(first, second);
    expect_picture_on("cuda:0", 0);
    expect_picture_on("cuda:1", 1);
  }
}

TEST_F(TwoCards, OfWhichTheFirstCannotBeUsed) {
  set_capabilities("6.1", "8.6");
  expect_picture_on("auto", 1);
  expect_picture_on("cuda", 1);
}

// In a container the driver's list has this process under another number than its own.
TEST_F(CardChoice, ThisProgramIsNotAnotherOne) {
  environment_["FAKE_USED"] = std::to_string(kGiB);
  for (const char* const pid : {"", "424242"}) {
    if (*pid != '\0') environment_["FAKE_PID"] = pid;
    const json card = run_json({"devices", "--json"}).at(0).at("devices").at(0);
    ASSERT_EQ(card.at("other_programs").size(), 1U) << card;
    EXPECT_EQ(card.at("other_programs").at(0).at("bytes"), kGiB);
  }
}

// 64 MiB as the person wants it, beside 128 KiB.
TEST_F(CardChoice, WhatCublasKeepsIsPlannedForBeforeAnythingWasMeasured) {
  const auto peak = [&](const char* workspace) {
    environment_["CUBLAS_WORKSPACE_CONFIG"] = workspace;
    const json plan = run_json({"plan", "--json", "--size", "512x512"}).at(0);
    return plan.at("plan").at("peak_bytes").get<std::int64_t>();
  };
  EXPECT_GT(peak(":65536:1"), peak(":16:8"));
}

}  // namespace
}  // namespace headroom::test
