// Whatever fails on a card, the program ends by itself: with a picture, with a smaller plan, with a
// refusal or with an error that names what happened. Never by a signal.
#include "headroom/core/bytes.h"

#include "fake_card/card_program.h"

#include <algorithm>
#include <filesystem>

namespace headroom::test {
namespace fs = std::filesystem;
namespace {

constexpr int kMemory = 4;    // exit code: does not fit
constexpr int kInternal = 1;  // exit code: something else failed
constexpr int kRequest = 2;   // exit code: bad request

class FaultOnTheCard : public CardProgram {
 protected:
  FaultOnTheCard() { set_card_bytes(std::int64_t{6} << 30); }

  ProcessResult make_picture(const std::map<std::string, std::string>& fault) {
    const std::map<std::string, std::string> usual = environment_;
    for (const auto& [name, value] : fault) environment_[name] = value;
    ProcessResult result = run_process(options(quick({"-o", "a.png"})));
    environment_ = usual;
    made_ = std::filesystem::remove(folder_ / "a.png");
    return result;
  }

  // A picture, or the exit code with a sentence.
  void expect_end(const ProcessResult& result, int exit_code) {
    expect_lives(result);
    if (result.exit_code == 0) {
      EXPECT_TRUE(made_);
    } else {
      EXPECT_EQ(result.exit_code, exit_code) << result.err;
    }
  }

  // How many events of that name a run without faults has.
  std::int64_t count(const std::string& event) {
    expect_end(make_picture({}), 0);  // measures the card, where that was never done
    take_events();
    expect_end(make_picture({{"FAKE_KERNELS", "1"}}), 0);
    const std::vector<CardEvent> events = take_events();
    return std::count_if(events.begin(), events.end(),
                         [&](const CardEvent& e) { return e.name == event; });
  }

  // The first ones, and `parts` from there to the end.
  static std::vector<std::int64_t> some_of(std::int64_t count, std::int64_t parts = 24) {
    std::vector<std::int64_t> chosen;
    for (std::int64_t n = 1; n <= count;
         n += n < 6 ? 1 : std::max<std::int64_t>(1, count / parts)) {
      chosen.push_back(n);
    }
    return chosen;
  }

  bool made_ = false;
};

TEST_F(FaultOnTheCard, OfAnyRequestForMemory) {
  const std::int64_t requests = count("alloc");
  ASSERT_GT(requests, 0);
  for (std::int64_t n = 1; n <= requests; ++n) {
    SCOPED_TRACE(n);
    expect_end(make_picture({{"FAKE_FAIL_MALLOC", std::to_string(n)}}), kMemory);
  }
}

TEST_F(FaultOnTheCard, OfEveryRequestForMemoryFromOneOn) {
  for (const int n : {1, 3, 10}) {
    SCOPED_TRACE(n);
    expect_end(
        make_picture({{"FAKE_FAIL_MALLOC", std::to_string(n)}, {"FAKE_FAIL_TIMES", "100000"}}),
        kMemory);
  }
}

// CUDA loads a kernel when it is launched for the first time; that takes memory outside of every
// allocator.
TEST_F(FaultOnTheCard, OfALaunchThatFindsNoMemory) {
  for (const std::int64_t n : some_of(count("launch"))) {
    SCOPED_TRACE(n);
    const ProcessResult result =
        make_picture({{"FAKE_FAIL_LAUNCH", std::to_string(n)}, {"FAKE_LAUNCH_ERROR", "2"}});
    expect_end(result, kMemory);
  }
}

TEST_F(FaultOnTheCard, OfAProductThatFindsNoMemory) {
  for (const int n : {1, 2, 10, 40}) {
    SCOPED_TRACE(n);
    expect_end(make_picture({{"FAKE_FAIL_PRODUCT", std::to_string(n)}}), kMemory);
  }
}

// An illegal address, a launch that took too long, a laptop that slept: the context is dead.
TEST_F(FaultOnTheCard, ThatLeavesTheCardDeadIsNamed) {
  for (const std::int64_t n : some_of(count("launch"))) {
    for (const char* const code : {"700", "719"}) {
      SCOPED_TRACE(std::to_string(n) + " code " + code);
      const ProcessResult result =
          make_picture({{"FAKE_FAIL_LAUNCH", std::to_string(n)}, {"FAKE_LAUNCH_ERROR", code}});
      expect_lives(result);
      EXPECT_EQ(result.exit_code, kInternal);
      const std::string said = std::string("gave up (code ") + code;
      const std::size_t place = result.err.find(said);
      EXPECT_NE(place, std::string::npos) << result.err;
      EXPECT_EQ(result.err.find(said, place + 1), std::string::npos) << result.err;  // once
    }
  }
}

TEST_F(FaultOnTheCard, OfADriverThatIsTooOldIsNamed) {
  environment_["FAKE_DRIVER"] = "535.183.01";
  const ProcessResult devices = run({"devices"});
  EXPECT_EQ(devices.exit_code, 0) << devices.err;
  EXPECT_NE(devices.out.find("535.183.01 is too old"), std::string::npos) << devices.out;
  EXPECT_EQ(devices.out.find("no CUDA card"), std::string::npos) << devices.out;
  expect_refused(quick({"--device", "cuda", "-o", "a.png"}), kRequest,
                 {"535.183.01 is too old", "--device cpu"});
  const ProcessResult plan = run({"plan", "--size", "256x256"});  // the processor's
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_NE(plan.err.find("535.183.01 is too old"), std::string::npos) << plan.err;
}

// What is measured then is measured at a card's first plan.
TEST_F(FaultOnTheCard, ThatKillsItWhileItIsMeasuredIsNamedByAPlanToo) {
  environment_["FAKE_LAUNCH_ERROR"] = "700";
  for (const char* const launch : {"1", "5", "60"}) {
    SCOPED_TRACE(launch);
    use_own_cache();
    environment_["FAKE_FAIL_LAUNCH"] = launch;
    const ProcessResult plan = run({"plan", "--size", "256x256"});
    EXPECT_EQ(plan.exit_code, kInternal);
    EXPECT_TRUE(plan.out.empty()) << plan.out;
    EXPECT_EQ(lines(plan.err).size(), 1U) << plan.err;
    EXPECT_NE(plan.err.find("gave up (code 700)"), std::string::npos) << plan.err;
  }
}

// A command that measures a card which was never measured, and what it asks of it.
class FaultOfACommand : public FaultOnTheCard,
                        public ::testing::WithParamInterface<std::vector<std::string>> {
 protected:
  ProcessResult run_fresh(const std::map<std::string, std::string>& fault) {
    use_own_cache();
    fs::remove_all(folder_ / "cache");
    fs::remove_all(folder_ / "state");
    const std::map<std::string, std::string> usual = environment_;
    for (const auto& [name, value] : fault) environment_[name] = value;
    ProcessResult result = run_process(options(GetParam()));
    environment_ = usual;
    return result;
  }
  std::int64_t count_fresh(const std::string& event) {
    take_events();
    EXPECT_EQ(run_fresh({{"FAKE_KERNELS", "1"}}).exit_code, 0);
    return count_of(event);
  }
  std::int64_t count_of(const std::string& event) {
    const std::vector<CardEvent> events = take_events();
    return std::count_if(events.begin(), events.end(),
                         [&](const CardEvent& e) { return e.name == event; });
  }
};

TEST_P(FaultOfACommand, OfAnyRequestForMemoryLeavesItsAnswer) {
  const std::int64_t requests = count_fresh("alloc");
  ASSERT_GT(requests, 0);
  for (const std::int64_t n : some_of(requests, 6)) {
    SCOPED_TRACE(n);
    const ProcessResult result = run_fresh({{"FAKE_FAIL_MALLOC", std::to_string(n)}});
    expect_lives(result);
    EXPECT_TRUE(result.exit_code == 0 || result.exit_code == kMemory) << result.err;
  }
}

TEST_P(FaultOfACommand, OfALaunchThatFindsNoMemoryLeavesItsAnswer) {
  for (const std::int64_t n : some_of(count_fresh("launch"), 6)) {
    SCOPED_TRACE(n);
    const ProcessResult result =
        run_fresh({{"FAKE_FAIL_LAUNCH", std::to_string(n)}, {"FAKE_LAUNCH_ERROR", "2"}});
    expect_lives(result);
    EXPECT_TRUE(result.exit_code == 0 || result.exit_code == kMemory) << result.err;
  }
}

TEST_P(FaultOfACommand, ThatLeavesTheCardDeadIsNamed) {
  for (const std::int64_t n : some_of(count_fresh("launch"), 6)) {
    SCOPED_TRACE(n);
    take_events();
    const ProcessResult result =
        run_fresh({{"FAKE_FAIL_LAUNCH", std::to_string(n)}, {"FAKE_LAUNCH_ERROR", "700"}});
    expect_lives(result);
    // What measures for a time makes as many launches as come into it.
    if (count_of("launch_failed") == 0) continue;
    EXPECT_EQ(result.exit_code, kInternal);
    const std::string said = "gave up (code 700)";
    const std::size_t place = result.err.find(said);
    EXPECT_NE(place, std::string::npos) << result.err;
    EXPECT_EQ(result.err.find(said, place + 1), std::string::npos) << result.err;  // once
  }
}

INSTANTIATE_TEST_SUITE_P(ThatMeasuresTheCard, FaultOfACommand,
                         ::testing::Values(std::vector<std::string>{"plan", "--size", "256x256"},
                                           std::vector<std::string>{"frontier"},
                                           std::vector<std::string>{"models"},
                                           std::vector<std::string>{"calibrate"}),
                         [](const auto& command) { return command.param.front(); });

// Of what cuDNN takes nothing is known then, and it must not stay so.
TEST_F(FaultOnTheCard, OfMemoryWhileItIsCalibratedLeavesNothingBehind) {
  use_own_cache();
  const fs::path kept = folder_ / "state/headroom/calibration.json";
  environment_["FAKE_CUDNN_WS"] = std::to_string(300 * kMiB);
  environment_["FAKE_FAIL_MALLOC"] = "1";
  environment_["FAKE_FAIL_TIMES"] = "100000";
  expect_lives(run({"plan", "--preset", "512"}));
  EXPECT_FALSE(fs::exists(kept));
  environment_.erase("FAKE_FAIL_MALLOC");
  const json plan = run_json({"plan", "--json", "--preset", "512"}).at(0).at("plan");
  EXPECT_GE(plan.at("stages").at(3).at("workspace_bytes"), 300 * kMiB);
  EXPECT_TRUE(fs::exists(kept));
}

// cuDNN tries all its plans then, and says in the end that there was none.
TEST_F(FaultOnTheCard, OfMemoryForConvolutionsLeavesThemOutOfTheCalibration) {
  environment_["FAKE_USED"] = std::to_string(5 * kGiB + 512 * kMiB);
  environment_["FAKE_CUDNN_WS"] = std::to_string(600 * kMiB);
  const ProcessResult result = run({"calibrate"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("conv2d"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("left out, there is no memory for it"), std::string::npos);
  EXPECT_NE(result.err.find("is not stored"), std::string::npos) << result.err;
}

TEST_F(FaultOnTheCard, OfALibraryThatIsMissingStopsNothing) {
  leave_nvml_out();
  const ProcessResult result = make_picture({});
  expect_end(result, 0);
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

}  // namespace
}  // namespace headroom::test
