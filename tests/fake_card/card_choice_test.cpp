// Which cards are used, and what is said of those that cannot be.
#include "headroom/core/bytes.h"

#include "fake_card/card_program.h"

#include <filesystem>
#include <string>
#include <tuple>

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

// Of the libraries' own list; they have code for 7.5, 8.0, 8.6, 9.0, 10.0 and 12.0.
TEST_F(CardChoice, ACardBetweenOrBeyondThoseThatTheLibrariesHaveCodeForIsNamedAndNotUsed) {
  for (const char* const capability : {"11.0", "13.0"}) {
    SCOPED_TRACE(capability);
    set_capability(capability);
    const json out = run_json({"devices", "--json"}).at(0);
    EXPECT_EQ(out.at("devices").size(), 1U);
    expect_refused({"plan", "--device", "cuda"}, 2,
                   {"Stand-in card", capability, "8.6, 9.0", "use --device cpu"});
    const ProcessResult plan = run({"plan"});
    EXPECT_EQ(plan.exit_code, 0) << plan.err;
    EXPECT_NE(plan.err.find("Stand-in card cannot be used"), std::string::npos) << plan.err;
  }
  for (const char* const capability : {"8.0", "8.9", "10.0", "12.1"}) {
    SCOPED_TRACE(capability);
    set_capability(capability);
    EXPECT_EQ(run_json({"devices", "--json"}).at(0).at("devices").at(0)["id"], "cuda:0");
  }
}

// The one thing that is left without the driver's management library is the CUDA that it serves.
TEST_F(CardChoice, ADriverThatIsTooOldIsNamedWithoutNvmlToo) {
  environment_["FAKE_DRIVER"] = "550.12";
  leave_nvml_out();
  const ProcessResult devices = run({"devices"});
  EXPECT_EQ(devices.exit_code, 0) << devices.err;
  EXPECT_NE(devices.out.find("it serves CUDA 12.4"), std::string::npos) << devices.out;
  EXPECT_NE(devices.out.find("CUDA 13.0"), std::string::npos) << devices.out;
  EXPECT_EQ(devices.out.find("no NVIDIA driver"), std::string::npos) << devices.out;
  expect_refused({"plan", "--device", "cuda"}, 2, {"too old", "12.4", "580", "use --device cpu"});
}

TEST_F(CardChoice, CalibrationSaysWhichCardItPassesOver) {
  environment_["FAKE_DRIVER"] = "550.12";
  const ProcessResult result = run({"calibrate"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("550.12 is too old"), std::string::npos) << result.err;
}

TEST_F(CardChoice, NumberFormatsThatTheCardCannotComputeInAreNotOffered) {
  set_capability("7.5");
  const ProcessResult turing = run({"generate", "-p", "a fox", "--dtype", "int8"});
  EXPECT_EQ(turing.exit_code, 2);
  EXPECT_NE(turing.err.find("run with auto, fp32 or fp16\n"), std::string::npos) << turing.err;
  set_capability("8.6");
  expect_refused({"generate", "-p", "a fox", "--dtype", "int8"}, 2,
                 {"run with auto, fp32, bf16 or fp16"});
}

// Every request would go to the driver, and no plan would hold.
TEST_F(CardChoice, LibtorchsAllocatorIsNotSwitchedOff) {
  environment_["PYTORCH_NO_CUDA_MEMORY_CACHING"] = "1";
  const ProcessResult result = run(quick({"-o", "a.png"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("PYTORCH_NO_CUDA_MEMORY_CACHING is not used"), std::string::npos)
      << result.err;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a.png"));
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

// By its own name, and beside a card that can be used.
TEST_F(TwoCards, OfWhichOneCannotBeUsedAreNamedWhenTheyAreAskedFor) {
  const std::tuple<const char*, const char*, const char*, const char*> cases[] = {
      {"6.1", "8.6", "cuda:0", "cuda:1"},
      {"8.6", "6.1", "cuda:1", "cuda:0"},
      {"7.5", "7.0", "cuda:1", "cuda:0"}};
  for (const auto& [first, second, wanted, other] : cases) {
    SCOPED_TRACE(std::string(first) + " and " + second);
    set_capabilities(first, second);
    const bool is_first = std::string(wanted) == "cuda:0";
    expect_refused(
        {"plan", "--device", wanted}, 2,
        {is_first ? "Stand-in A cannot be used" : "Stand-in B cannot be used",
         is_first ? first : second, "7.5 or newer", std::string("use --device ") + other});
    expect_refused({"plan", "--device", "cuda:2"}, 2, {"this machine has 2 CUDA card(s)"});
  }
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
