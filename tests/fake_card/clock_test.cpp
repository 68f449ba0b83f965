// A card works on after everything was queued: whoever reads a clock must have waited for it.
#include "fake_card/card_program.h"

#include <chrono>

namespace headroom::test {
namespace {

using Clocks = CardProgram;

TEST_F(Clocks, OfStagesWaitUntilTheCardIsDone) {
  use_own_cache();
  ASSERT_EQ(run({"plan"}).exit_code, 0);  // measures the card
  set_rates();
  take_events();
  constexpr std::chrono::microseconds kEach{1000};
  environment_["FAKE_KERNEL_MICROSECONDS"] = std::to_string(kEach.count());
  environment_["FAKE_KERNELS"] = "1";
  const json picture = run_json(quick({"--json", "-p", "a fox", "--steps", "3"})).at(0);

  // The end of each stage waits for all of the card, and nothing else does. The weights are copied
  // without kernels.
  std::vector<int> launches(1);
  for (const CardEvent& event : take_events()) {
    if (event.name == "wait" && event.text("for") == "card") launches.push_back(0);
    launches.back() += static_cast<int>(event.name == "launch");
  }
  const std::vector<std::string> stages{"load", "encode", "denoise", "decode"};
  ASSERT_EQ(launches.size(), stages.size() + 1);
  for (std::size_t i = 1; i < stages.size(); ++i) {
    EXPECT_GT(launches[i], 50) << stages[i];
    EXPECT_GE(picture.at("seconds").at(stages[i]).get<double>(),
              launches[i] * std::chrono::duration<double>(kEach).count())
        << stages[i];
  }
}

}  // namespace
}  // namespace headroom::test
