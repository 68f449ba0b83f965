// Z-Image-Turbo itself, by names, shapes and number formats, on cards of the usual sizes; its
// weights are holes in files.
#include "headroom/core/bytes.h"

#include "fake_card/card_program.h"

#include <cmath>

namespace headroom::test {
namespace {

class WholeRun : public CardProgram, public ::testing::WithParamInterface<double> {
 protected:
  // The transformer is published in float32; bfloat16 is half as much to read on a machine that may
  // have two cores.
  void make_model() {
    ProcessOptions make;
    make.program = HEADROOM_PYTHON;
    make.arguments = {HEADROOM_SOURCE_DIR "/tools/real-size/make_model.py",
                      (folder_ / "model").string(), "--transformer", "BF16"};
    const ProcessResult result = run_process(make);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    keep("model");
    // Tensors and bytes as the published files have them.
    const json made = json::parse(result.out);
    EXPECT_EQ(made.at("text_encoder"), json({398, 8'044'936'192}));
    EXPECT_EQ(made.at("transformer"), json({521, 12'309'817'472}));
    EXPECT_EQ(made.at("vae").at(0), 244);
  }
};

TEST_P(WholeRun, MakesAPictureWithinItsPlan) {
  make_model();
  // A card of 6 GB has 5.8 GiB to give.
  set_card_bytes(std::llround(GetParam() * kGiB));
  environment_["HEADROOM_MODEL_CHECK_WEIGHTS"] = "false";  // they are holes
  use_own_cache();
  // CUDA loads some 225 MiB of code while a first run goes on, if 5 MiB each.
  environment_["FAKE_MODULE_BYTES"] = std::to_string(5 * kMiB);
  environment_["FAKE_COPY_LIMIT"] = "65536";  // what the card would hold is not looked at
  const std::string model = (folder_ / "model").string();
  ASSERT_EQ(run({"plan", "--model", model, "--size", "512x512"}).exit_code, 0);
  take_events();  // the measuring of the card, which copies too
  ProcessOptions process = options({"generate", "--json", "--model", model, "--size", "512x512",
                                    "--steps", "2", "-p", "a red fox", "-o", "a.png"});
  const ProcessResult result = run_process(process, std::chrono::minutes(9));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  expect_lives(result);
  EXPECT_EQ(result.err.find("other programs took memory"), std::string::npos) << result.err;
  const json picture = json::parse(lines(result.out).at(0));
  EXPECT_LE(picture.at("actual_peak_bytes"), picture.at("predicted_peak_bytes"));
  EXPECT_LE(picture.at("actual_in_use_bytes"), picture.at("predicted_in_use_bytes"));
  const json receipt =
      json::parse(lines(read_bytes(folder_ / "state/headroom/receipts.jsonl")).at(0));
  EXPECT_TRUE(receipt.at("plan_changes").empty()) << receipt.at("plan_changes");
  std::int64_t most = 0;
  bool copied_beside = false;  // on another stream than the one that computes
  const std::vector<CardEvent> events = take_events();
  EXPECT_EQ(requests_after_the_first_weight(events), 0);
  EXPECT_EQ(most_locked(events), picture.at("plan").at("host_peak_bytes"));
  for (const CardEvent& event : events) {
    if (event.name == "alloc") most = std::max(most, event.number("taken"));
    if (event.name != "copy") continue;
    copied_beside |= event.number("bytes") > kMiB && event.text("stream") != "0";
    // Weights and planes go through page-locked memory; only the picture may not.
    const bool pinned = event.text("host") == "pinned";
    ASSERT_TRUE(pinned || event.number("bytes") <= kMiB)
        << event.text("kind") << " of " << event.number("bytes") << " B";
  }
  EXPECT_LE(most, std::llround(GetParam() * kGiB));
  EXPECT_TRUE(copied_beside);  // no such card holds everything, so layers are streamed
}

INSTANTIATE_TEST_SUITE_P(OnACardWith, WholeRun, ::testing::Values(3.8, 5.8, 7.8),
                         [](const auto& size) {
                           return std::to_string(static_cast<int>(std::lround(size.param * 10))) +
                                  "_tenths_of_a_GiB";
                         });

}  // namespace
}  // namespace headroom::test
