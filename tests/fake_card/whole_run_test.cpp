// Z-Image-Turbo itself, by names, shapes and number formats, on cards of the usual sizes; its
// weights are holes in files.
#include "headroom/core/bytes.h"

#include "fake_card/card_program.h"
#include "support/paths.h"

#include <chrono>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace headroom::test {
namespace {

class WholeRun : public CardProgram, public ::testing::WithParamInterface<double> {
 protected:
  // The transformer is published in float32 with 30 layers of one kind.
  json make_model(const std::vector<std::string>& options) {
    ProcessOptions make;
    make.program = HEADROOM_PYTHON;
    make.arguments = {test::source_folder() / "tools/real-size/make_model.py", model()};
    make.arguments.insert(make.arguments.end(), options.begin(), options.end());
    const ProcessResult result = run_process(make);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    keep("model");
    return json::parse(result.out);
  }
  [[nodiscard]] std::string model() const { return (folder_ / "model").string(); }

  // A card that gives programs so much, and was measured.
  void set_card(double gib) {
    card_bytes_ = std::llround(gib * kGiB);
    set_card_bytes(card_bytes_);
    environment_["HEADROOM_MODEL_CHECK_WEIGHTS"] = "false";  // they are holes
    use_own_cache();
    // CUDA loads some 225 MiB of code while a first run goes on, if 5 MiB each.
    environment_["FAKE_MODULE_BYTES"] = std::to_string(5 * kMiB);
    environment_["FAKE_COPY_LIMIT"] = "65536";  // what the card would hold is not looked at
    const ProcessOptions plan = options({"plan", "--model", model(), "--size", "512x512"});
    ASSERT_EQ(run_process(plan, std::chrono::minutes(5)).exit_code, 0);
    take_events();  // the measuring of the card, which copies too
    set_rates();
  }

  // Makes a picture and expects it to have kept its plan. Returns the copies to the card, by bytes.
  std::map<std::int64_t, int> expect_picture(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"generate", "--json",    "--model", model(),
                                       "--size",   "512x512",   "--steps", "2",
                                       "-p",       "a red fox", "-o",      "."};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProcessResult result = run_process(options(arguments), std::chrono::minutes(9));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    if (result.exit_code != 0) return {};
    expect_lives(result);
    EXPECT_EQ(result.err.find("other programs took memory"), std::string::npos) << result.err;
    said_ = result.err;
    const json picture = json::parse(lines(result.out).at(0));
    EXPECT_LE(picture.at("actual_peak_bytes"), picture.at("predicted_peak_bytes"));
    EXPECT_EQ(picture.at("actual_in_use_bytes"), picture.at("predicted_in_use_bytes"));
    const json run_record =
        json::parse(lines(read_bytes(folder_ / "state/headroom/receipts.jsonl")).back());
    EXPECT_TRUE(run_record.at("plan_changes").empty()) << run_record.at("plan_changes");
    const std::vector<CardEvent> events = take_events();
    EXPECT_EQ(requests_after_the_first_weight(events), 0);
    // A picture that is decoded in strips lies, in 8 bits, in ordinary memory.
    const json& plan = picture.at("plan");
    rungs_ = plan.at("rungs").dump();
    const bool has_strips = rungs_.find("tile-decode") != std::string::npos;
    const std::int64_t ordinary = has_strips ? 3 * 512 * 512 : 0;
    EXPECT_EQ(most_locked(events) + ordinary, plan.at("host_peak_bytes")) << plan.at("rungs");
    return expect_copies(events);
  }

  // Of the last picture.
  std::string said_;  // on stderr
  std::string rungs_;

 private:
  std::map<std::int64_t, int> expect_copies(const std::vector<CardEvent>& events) const {
    std::map<std::int64_t, int> copies;
    std::int64_t most = 0;
    bool copied_beside = false;  // on another stream than the one that computes
    for (const CardEvent& event : events) {
      if (event.name == "alloc") most = std::max(most, event.number("taken"));
      if (event.name != "copy") continue;
      const std::int64_t bytes = event.number("bytes");
      if (event.text("kind") == "h2d") ++copies[bytes];
      copied_beside |= bytes > kMiB && event.text("stream") != "0";
      // Weights and planes go through page-locked memory; only the picture may not.
      const bool pinned = event.text("host") == "pinned";
      EXPECT_TRUE(pinned || bytes <= kMiB) << event.text("kind") << " of " << bytes << " B";
    }
    EXPECT_LE(most, card_bytes_);
    EXPECT_TRUE(copied_beside);  // no such card holds everything, so layers are streamed
    return copies;
  }

  std::int64_t card_bytes_ = 0;
};

// The transformer in bfloat16, half as much to read on a machine that may have two cores.
TEST_P(WholeRun, MakesAPictureWithinItsPlan) {
  const json made = make_model({"--transformer", "BF16"});
  // Tensors and bytes as the published files have them.
  EXPECT_EQ(made.at("text_encoder"), json({398, 8'044'936'192}));
  EXPECT_EQ(made.at("transformer"), json({521, 12'309'817'472}));
  EXPECT_EQ(made.at("vae").at(0), 244);
  set_card(GetParam());  // one of 6 GB has 5.8 GiB to give
  expect_picture();
}

// Where the last megabytes decide, what needs most is an attention of few queries, whose kernels
// take several blocks for themselves.
TEST_F(WholeRun, InStripsAndPiecesStaysWithinItsPlanToo) {
  make_model({"--transformer", "BF16"});
  set_card(5.8);
  expect_picture({"--vram-cap", "5240M"});
  EXPECT_NE(rungs_.find("tile-decode"), std::string::npos) << rungs_;
  EXPECT_NE(rungs_.find("chunk-tokens:64"), std::string::npos) << rungs_;
}

// In the format that it is published in, but with 2 of 30 layers, 12 of 30 heads and a tenth of the
// text encoder: what a first load converts and keeps is 0.4 GB in place of 12.3.
TEST_F(WholeRun, OfFloat32IsConvertedAndKeptByTheFirstLoadAndReadFromThereByTheNext) {
  const json made = make_model({"--layers", "2", "--heads", "12", "--encoder-layers", "4"});
  const auto kept = made.at("transformer").at(1).get<std::int64_t>() / 2;  // in 16 bits
  write("streams.yaml", "model:\n  offload_layers: [text_encoder.layers.*, layers.*]\n");
  set_card(3.8);
  const auto first = expect_picture({"--config", "streams.yaml"});
  EXPECT_NE(said_.find("are written to"), std::string::npos) << said_;
  const json entries = run_json({"cache", "--json"}).at(0).at("entries");
  ASSERT_EQ(entries.size(), 1U);  // the text encoder is published as it is computed in
  EXPECT_EQ(entries.at(0).at("format"), "BF16");
  const auto header = entries.at(0).at("bytes").get<std::int64_t>() - kept;
  EXPECT_GT(header, 0);
  EXPECT_LT(header, kMiB);
  EXPECT_EQ(expect_picture({"--config", "streams.yaml"}), first);
  EXPECT_EQ(said_.find("are written to"), std::string::npos) << said_;
}

INSTANTIATE_TEST_SUITE_P(OnACardWith, WholeRun, ::testing::Values(3.8, 5.8, 7.8),
                         [](const auto& size) {
                           return std::to_string(static_cast<int>(std::lround(size.param * 10))) +
                                  "_tenths_of_a_GiB";
                         });

}  // namespace
}  // namespace headroom::test
