// Which cards are used, and what is said of those that cannot be.
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
  expect_refused({"plan", "--device", "cuda"}, 2, {"no CUDA card is usable here"});
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
