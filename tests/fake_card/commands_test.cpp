// Every command on cards of every generation that libtorch's wheel has kernels for.
#include "headroom/core/bytes.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/png_writer.h"

#include "fake_card/card_program.h"
#include "support/paths.h"

#include <algorithm>

namespace headroom::test {
namespace {

class EveryCard : public CardProgram, public ::testing::WithParamInterface<std::string> {
 protected:
  EveryCard() { set_capability(GetParam()); }
};

TEST_P(EveryCard, IsListedWithItsMemory) {
  environment_["FAKE_USED"] = std::to_string(kGiB);
  const json out = run_json({"devices", "--json"}).at(0);
  EXPECT_TRUE(out["torch_has_cuda"]);
  ASSERT_EQ(out.at("devices").size(), 2U);
  const json& card = out.at("devices").at(0);
  EXPECT_EQ(card["id"], "cuda:0");
  EXPECT_EQ(card["name"], "Stand-in card");
  EXPECT_EQ(card["total_bytes"], 6 * kGiB);
  EXPECT_EQ(card["free_bytes"], 5 * kGiB);
  EXPECT_EQ(card["used_by_others_bytes"], kGiB);
  EXPECT_EQ(out.at("devices").at(1)["id"], "cpu");
}

TEST_P(EveryCard, IsPlannedForAndSizesAreOffered) {
  const json plan = run_json({"plan", "--json", "--size", "512x512"}).at(0);
  EXPECT_EQ(plan.at("budget").at("source"), "CUDA: Stand-in card");
  EXPECT_EQ(plan.at("budget").at("total_bytes"), 6 * kGiB);
  EXPECT_TRUE(plan.at("fits"));
  EXPECT_GT(plan.at("plan").at("peak_bytes"), 0);
  const json sizes = run_json({"frontier", "--json"}).at(0);
  EXPECT_EQ(sizes.at("cells").at(0).at("state"), "fits");
}

TEST_P(EveryCard, MakesAPictureAndTheReportCountsIt) {
  const auto out = run_json(quick({"--json", "-o", "a.png"}));
  ASSERT_FALSE(out.empty());
  const Image image = read_image(folder_ / "a.png");
  EXPECT_EQ(image.width, 128);
  EXPECT_EQ(image.height, 64);
  const ProcessResult report = run({"report"});
  EXPECT_EQ(report.exit_code, 0) << report.err;
  EXPECT_NE(report.out.find("Stand-in card"), std::string::npos) << report.out;
}

// At once and in pieces.
TEST_P(EveryCard, EnlargesAPictureWithinItsPlan) {
  const Image image{384, 256, std::vector<std::uint8_t>(std::size_t{3} * 384 * 256, 90)};
  write("from.png", encode_png(image, {}));
  const std::string network = (test::data_folder() / "upscalers/x4.pth").string();
  std::int64_t whole = 0;
  for (const char* const name : {"whole.png", "pieces.png"}) {
    std::vector<std::string> call{"upscale", "from.png", "--model", network, "--json", "-o", name};
    if (whole > 0) {
      call.emplace_back("--vram-cap");
      call.push_back(std::to_string(whole - 1));
    }
    const json out = run_json(call).at(0);
    EXPECT_EQ(out["width"], 1536);
    EXPECT_EQ(out["pieces"] == 1, whole == 0) << out;
    EXPECT_LE(out["actual_peak_bytes"], out["predicted_peak_bytes"]) << out;
    EXPECT_EQ(out["actual_in_use_bytes"], out["predicted_in_use_bytes"]) << out;
    whole = out["predicted_peak_bytes"];
  }
  EXPECT_GT(take_events().size(), 0U) << "the card did it";
}

// From the reservation on, the driver is asked for nothing: not in the first picture, and not in
// the second.
TEST_P(EveryCard, IsAskedForMemoryBeforeTheWeightsComeOnly) {
  for (const bool grows : {true, false}) {
    SCOPED_TRACE(grows ? "segments that grow" : "segments that do not");
    if (!grows) leave_nvml_out();
    run_json(quick({"--json", "-o", "."}));  // measures the card
    take_events();
    EXPECT_EQ(run_json(quick({"--json", "--count", "2", "-o", "."})).size(), 2U);
    const std::vector<CardEvent> events = take_events();
    EXPECT_EQ(requests_after_the_first_weight(events), 0);
  }
  for (const std::string& line : lines(read_bytes(folder_ / "state/headroom/receipts.jsonl"))) {
    EXPECT_EQ(json::parse(line).at("driver_allocations"), 0);
  }
}

// A card takes the plan's peak beforehand: what was in use of it is the measurement.
TEST_P(EveryCard, ComparesWhatWasPredictedWithTheSameQuantity) {
  const json picture = run_json(quick({"--json", "--size", "256x256", "-o", "a.png"})).at(0);
  const auto bytes = [&](const char* name) { return picture.at(name).get<std::int64_t>(); };
  EXPECT_EQ(bytes("actual_peak_bytes"), bytes("predicted_peak_bytes"));
  EXPECT_LE(bytes("actual_in_use_bytes"), bytes("predicted_in_use_bytes"));
  EXPECT_GT(bytes("actual_in_use_bytes"), bytes("predicted_in_use_bytes") * 95 / 100);
  EXPECT_LT(bytes("predicted_in_use_bytes"), bytes("predicted_peak_bytes"));
}

// But for what cuBLAS keeps until the process ends, in whole pages. Page-locked memory of the
// machine too.
TEST_P(EveryCard, HasEverythingBackInTheEnd) {
  run_json(quick({"--json", "-o", "a.png"}));
  std::int64_t locked = 0;
  std::int64_t taken = 0;
  std::int64_t freed = 0;
  for (const CardEvent& event : take_events()) {
    locked += int{event.name == "host_alloc"} - int{event.name == "host_free"};
    if (event.name == "alloc") taken += event.number("bytes");
    if (event.name == "free") {
      taken -= event.number("bytes");
      ++freed;
    }
  }
  EXPECT_GT(freed, 0);
  EXPECT_EQ(locked, 0);
  EXPECT_LE(taken, 40 * kMiB);
}

// Code of kernels, which CUDA loads outside of every allocator. More is kept free for it until one
// run has told how much it is.
TEST_P(EveryCard, IsFoundOutWhatThisProgramTakesBesideItsTensors) {
  use_own_cache();
  environment_["FAKE_MODULE_BYTES"] = std::to_string(3 * kMiB);
  const std::int64_t context = 100 * kMiB;
  environment_["FAKE_CONTEXT_BYTES"] = std::to_string(context);
  const auto card = [&] { return run_json({"devices", "--json"}).at(0).at("devices").at(0); };
  EXPECT_EQ(card().at("budget_bytes"), 6 * kGiB - 512 * kMiB - context);
  run_json(quick({"--json", "-o", "a.png"}));
  const json known = json::parse(read_bytes(folder_ / "cache/headroom/cards.json"));
  const std::int64_t overhead = known.at("cards").at(0).at("loaded_bytes");
  EXPECT_EQ(known.at("cards").at(0).at("context_bytes"), context);
  EXPECT_GT(overhead, 60 * kMiB);
  EXPECT_EQ(overhead % (3 * kMiB), 0);
  const json after = card();
  EXPECT_EQ(after.at("budget_bytes"), 6 * kGiB - overhead - 256 * kMiB - context);
  EXPECT_EQ(after.at("used_by_others_bytes"), 0);
}

// A context keeps a laptop's second card awake, and takes half a second: none is made to look, once
// it is known how much one takes.
TEST_P(EveryCard, IsLookedAtWithoutAContext) {
  use_own_cache();
  environment_["FAKE_CONTEXT_BYTES"] = std::to_string(100 * kMiB);
  environment_["FAKE_DRIVER_KEEPS"] = std::to_string(200 * kMiB);
  environment_["FAKE_USED"] = std::to_string(kGiB);
  const auto contexts = [&] {
    const auto events = take_events();
    return std::count_if(events.begin(), events.end(),
                         [](const CardEvent& e) { return e.name == "context"; });
  };
  const auto card = [&] { return run_json({"devices", "--json"}).at(0).at("devices").at(0); };
  run_json(quick({"--json", "-o", "a.png"}));
  EXPECT_EQ(contexts(), 1);
  const json from_outside = card();
  EXPECT_EQ(run_json({"plan", "--json", "--size", "256x256"}).at(0).at("fits"), true);
  EXPECT_EQ(run({"frontier"}).exit_code, 0);
  EXPECT_EQ(contexts(), 0);
  std::filesystem::remove(folder_ / "cache/headroom/cards.json");
  const json with_context = card();
  EXPECT_EQ(contexts(), 1);
  EXPECT_EQ(with_context.at("free_bytes"), 5 * kGiB - 100 * kMiB);
  EXPECT_EQ(from_outside.at("free_bytes"), with_context.at("free_bytes"));
  EXPECT_EQ(from_outside.at("total_bytes"), with_context.at("total_bytes"));
}

// By itself, at the first plan: what cuDNN's convolutions take cannot be known otherwise.
TEST_P(EveryCard, IsCalibratedAtItsFirstUseAndThenNoMore) {
  environment_["FAKE_CUDNN_WS"] = std::to_string(50 * kMiB);
  const auto plan = [&] { return run_json({"plan", "--json", "--size", "256x256"}).at(0); };
  const json decode = plan().at("plan").at("stages").at(3);
  EXPECT_EQ(decode.at("name"), "decode");
  EXPECT_GE(decode.at("workspace_bytes"), 50 * kMiB);
  const auto requests = [&] {
    const auto events = take_events();
    return std::count_if(events.begin(), events.end(),
                         [](const CardEvent& e) { return e.name == "alloc"; });
  };
  EXPECT_GT(requests(), 0);
  EXPECT_EQ(plan().at("plan").at("stages").at(3), decode);
  EXPECT_EQ(requests(), 0);
  environment_["FAKE_DRIVER"] = "590.10";  // another driver may take other kernels
  plan();
  EXPECT_GT(requests(), 0);
}

TEST_P(EveryCard, IsCalibrated) {
  environment_["FAKE_CUDNN_WS"] = std::to_string(5 * kMiB);
  const json out = run_json({"calibrate", "--json"}).at(0);
  EXPECT_EQ(out["device"], "Stand-in card");
  // What cuBLAS takes at its first product and keeps: 8,320 KiB, and 32 MiB from sm_90 on.
  const bool hopper_or_newer = GetParam() == "9.0" || GetParam() == "12.0";
  EXPECT_EQ(out.at("added")["kept_bytes"], hopper_or_newer ? 33'554'432 : 8'519'680);
  // The stand-in's convolutions all take the same workspace.
  EXPECT_EQ(out.at("added")["conv2d"]["constant_bytes"], 5 * kMiB);
}

using SeveralCards = CardProgram;

// CUDA counts from the fastest card on, the driver's management library by the place on the bus.
TEST_F(SeveralCards, KeepTheirOwnNamesAndMemory) {
  environment_["FAKE_COUNT"] = "2";
  environment_["FAKE_BUS"] = "5,2";
  environment_["FAKE_NAME"] = "Stand-in A,Stand-in B";
  environment_["FAKE_TOTAL"] = std::to_string(8 * kGiB) + "," + std::to_string(4 * kGiB);
  environment_["FAKE_USED"] = "0," + std::to_string(kGiB);
  const json out = run_json({"devices", "--json"}).at(0);
  ASSERT_EQ(out.at("devices").size(), 3U);
  const json& first = out.at("devices").at(0);
  const json& second = out.at("devices").at(1);
  EXPECT_EQ(first.at("name"), "Stand-in A");
  EXPECT_EQ(first.at("free_bytes"), 8 * kGiB);
  EXPECT_EQ(second.at("name"), "Stand-in B");
  EXPECT_EQ(second.at("total_bytes"), 4 * kGiB);
  EXPECT_EQ(second.at("free_bytes"), 3 * kGiB);
}

INSTANTIATE_TEST_SUITE_P(OfTheStandIn, EveryCard, ::testing::ValuesIn(kCapabilities),
                         [](const auto& card) {
                           std::string name = "sm_" + card.param;
                           std::erase(name, '.');
                           return name;
                         });

}  // namespace
}  // namespace headroom::test
