// What is said of memory before a run, and the promise kept.
#include "e2e/e2e_support.h"

#include <set>

namespace headroom::test {
namespace {

class PlanCommand : public EndToEnd {
 protected:
  json plan(std::vector<std::string> more, int exit_code) const {
    more.insert(more.begin(), {"plan", "--json"});
    const ProcessResult result = run(std::move(more));
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_EQ(result.err, "");
    return json::parse(result.out, nullptr, /*allow_exceptions=*/false);
  }
};

std::string size_text(const json& size) {
  return std::to_string(size["width"].get<int>()) + "x" + std::to_string(size["height"].get<int>());
}

TEST_F(PlanCommand, JsonHasTheDocumentedFields) {
  const json out =
      plan({"-p", "a cat", "--preset", "16:9", "--pretend-vram", "6G", "--seed", "4"}, 0);
  EXPECT_EQ(out["request"]["prompt"], "a cat");
  EXPECT_EQ(out["request"]["width"], 1024);
  EXPECT_EQ(out["request"]["height"], 576);
  EXPECT_EQ(out["request"]["seed"], 4);
  EXPECT_EQ(out["budget"]["total_bytes"], 6LL << 30);
  EXPECT_EQ(out["budget"]["free_bytes"], 6LL << 30);
  // Left free by default: 3 %, but at least 256 MiB.
  EXPECT_EQ(out["budget"]["budget_bytes"], (6LL << 30) - (256LL << 20));
  EXPECT_EQ(out["budget"]["source"], "CPU budget");
  EXPECT_EQ(out["fits"], true);
  EXPECT_EQ(out["shortfall_bytes"], 0);
  EXPECT_TRUE(out["suggestion"].is_null());
  EXPECT_EQ(out["plan"]["rungs"], json({"resident"}));
  EXPECT_GT(out["plan"]["seconds"], 0);
  std::vector<std::string> names;
  std::int64_t largest = 0;
  for (const json& stage : out["plan"]["stages"]) {
    names.push_back(stage["name"]);
    for (const char* const key :
         {"weights_bytes", "activation_bytes", "workspace_bytes", "peak_bytes"}) {
      EXPECT_GE(stage[key], 0) << key;
    }
    EXPECT_TRUE(stage.contains("seconds"));
    largest = std::max(largest, stage["peak_bytes"].get<std::int64_t>());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"load", "encode", "denoise", "decode", "save"}));
  EXPECT_EQ(out["plan"]["peak_bytes"], largest);
  EXPECT_EQ(files(), std::vector<std::string>());
}

TEST_F(PlanCommand, NeedsNoPrompt) {
  EXPECT_EQ(plan({"--size", "64x64"}, 0)["request"]["prompt"], "");
}

// The real model on cards that are not there, from its configs alone.
TEST_F(PlanCommand, AnswersForTheRealModelWithoutItsWeights) {
  const json small =
      plan({"--model", "z-image-turbo", "--device", "cuda", "--pretend-vram", "6G"}, 0);
  EXPECT_EQ(small["fits"], true);
  EXPECT_NE(small["plan"]["rungs"], json::array({"resident"}));
  EXPECT_LE(small["plan"]["peak_bytes"].get<double>(),
            small["budget"]["budget_bytes"].get<double>());
  // Without the options it does not fit in this way: some of them save memory.
  std::int64_t saved = 0;
  ASSERT_EQ(small["plan"]["rung_effects"].size(), small["plan"]["rungs"].size());
  for (const json& effect : small["plan"]["rung_effects"]) {
    saved = std::max(saved, effect["saved_bytes"].get<std::int64_t>());
  }
  EXPECT_GT(saved, 0);
  // Nobody knows how fast a pretended card is.
  EXPECT_TRUE(small["plan"]["seconds"].is_null());
  EXPECT_TRUE(small["plan"]["seconds_are_estimated"].is_null());
  EXPECT_TRUE(small["plan"]["stages"][2]["seconds"].is_null());
  EXPECT_TRUE(small["plan"]["rung_effects"][0]["seconds"].is_null());
  const json large =
      plan({"--model", "z-image-turbo", "--device", "cuda", "--pretend-vram", "32G"}, 0);
  EXPECT_EQ(large["plan"]["rungs"], json::array({"resident"}));
  EXPECT_EQ(large["plan"]["rung_effects"], json::array());
  // 7.07 GB of text encoder, 12.31 GB of transformer in bf16, 0.20 GB of decoder in float32, and
  // what a card's allocator rounds up: at most 2 MiB for each of some 500 large tensors
  EXPECT_NEAR(large["plan"]["stages"][1]["weights_bytes"].get<double>(), 19.57e9, 0.6e9);
  const ProcessResult refused = run({"generate", "-p", "a cat", "--model", "z-image-turbo"});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_NE(refused.err.find("text_encoder"), std::string::npos) << refused.err;
}

TEST_F(PlanCommand, AnswersForWeightsOfEightAndFourBits) {
  std::int64_t before = 0;
  for (const char* dtype : {"q4", "int8", "bf16"}) {
    const json out = plan({"--model", "z-image-turbo", "--device", "cuda", "--dtype", dtype,
                           "--pretend-vram", "24G", "--preset", "1024"},
                          0);
    EXPECT_GT(out["plan"]["peak_bytes"], before) << dtype;
    before = out["plan"]["peak_bytes"];
  }
  const auto frontier =
      run_json({"frontier", "--model", "z-image-turbo", "--device", "cuda", "--dtype", "q4",
                "--pretend-vram", "6G", "--step", "512", "--max", "1024", "--json"});
  EXPECT_EQ(frontier.at(0)["cells"].size(), 4U);
  expect_refused(quick({"--dtype", "q4"}), 2,
                 {"\"q4\" can be planned for CPU budget already", "headroom plan",
                  "not run on it yet", "fp32, bf16 or fp16"});
  expect_refused({"--dtype", "q4"}, 2, {"not run on it yet"});  // the window
}

// The names in a list of layers, from the file to the plan.
TEST_F(PlanCommand, OffloadedLayersAreStreamedWhateverFits) {
  const auto file = write("my.yaml", "model:\n  offload_layers: [layers.0-2, text_encoder]\n");
  keep("my.yaml");
  const json out = plan({"--config", file.string(), "--size", "128x128"}, 0);
  EXPECT_EQ(out["plan"]["rungs"].dump().find("resident"), std::string::npos);
  int streamed = 0;
  bool leaves = false;
  for (const json& option : out["plan"]["rungs"]) {
    const std::string name = option;
    if (name.starts_with("stream-blocks:")) streamed = std::stoi(name.substr(14));
    leaves = leaves || name == "evict-encoder" || name == "stream-encoder";
  }
  EXPECT_GE(streamed, 3);
  EXPECT_TRUE(leaves);
  const auto made =
      run_json(quick({"--config", file.string(), "--size", "128x128", "--json", "-o", "a.png"}));
  EXPECT_EQ(made.at(0)["plan"]["rungs"], out["plan"]["rungs"]);
}

TEST_F(PlanCommand, OffloadedLayersThatAreNotThereAreNamedWithTheirLine) {
  const auto file = write("my.yaml", "model:\n  threads: 1\n  offload_layers: [unet]\n");
  keep("my.yaml");
  expect_refused({"plan", "--config", file.string()}, 2,
                 {"my.yaml:3: model.offload_layers: \"unet\"", "layers.0 to layers.5"});
  environment_["HEADROOM_MODEL_OFFLOAD_LAYERS"] = "vae,layers.6";
  expect_refused({"plan"}, 2, {"HEADROOM_MODEL_OFFLOAD_LAYERS: \"layers.6\"", "layers.5"});
}

TEST_F(PlanCommand, PartsOfOtherModelsAreNotedInTheLog) {
  environment_["HEADROOM_MODEL_OFFLOAD_LAYERS"] = "down_blocks,mid_block";
  const auto log = folder_ / "log";
  environment_["HEADROOM_LOG_FOLDER"] = log.string();
  keep("log/headroom.log");
  const json out = plan({"--size", "128x128"}, 0);
  EXPECT_NE(out["plan"]["rungs"].dump().find("stream-blocks:"), std::string::npos);
  const std::string text = read_bytes(log / "headroom.log");
  EXPECT_NE(text.find("down_blocks is a part of other models"), std::string::npos) << text;
  EXPECT_NE(text.find("mid_block is a part of other models"), std::string::npos) << text;
}

TEST_F(PlanCommand, FrontierIsMonotoneAndNamesTheCriticalPoint) {
  const auto out =
      run_json({"frontier", "--step", "256", "--max", "1024", "--vram-cap", "60M", "--json"});
  ASSERT_EQ(out.size(), 1U);
  const json& cells = out[0]["cells"];
  ASSERT_EQ(cells.size(), 16U);
  for (const json& a : cells) {
    for (const json& b : cells) {
      if (a["width"] <= b["width"] && a["height"] <= b["height"] && b["state"] != "no") {
        EXPECT_NE(a["state"], "no");
      }
    }
  }
  EXPECT_TRUE(out[0]["critical_point"].is_object());
  EXPECT_EQ(run({"frontier", "--step", "30"}).exit_code, 2);
}

TEST_F(PlanCommand, TextSaysWhetherItFits) {
  const ProcessResult fits = run({"plan", "--preset", "512", "--pretend-vram", "6G"});
  EXPECT_EQ(fits.exit_code, 0);
  EXPECT_NE(fits.out.find("512×512, 1 picture: fits\n"), std::string::npos) << fits.out;
  EXPECT_NE(fits.out.find("5.8 GB of 6.0 GB (CPU budget)"), std::string::npos) << fits.out;
  EXPECT_NE(fits.out.find("resident"), std::string::npos);
  const ProcessResult refused = run({"plan", "--preset", "1024", "--vram-cap", "18.8M"});
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_NE(refused.out.find("1024×1024 needs "), std::string::npos) << refused.out;
  EXPECT_NE(refused.out.find(" fits"), std::string::npos) << refused.out;
}

TEST_F(PlanCommand, SizesThatDoNotFitComeWithOneThatDoes) {
  for (const std::vector<std::string>& limit :
       {std::vector<std::string>{"--vram-cap", "18.8M"},
        std::vector<std::string>{"--pretend-vram", "20.9M"},
        std::vector<std::string>{"--pretend-vram", "28.8M", "--vram-reserve", "10M"}}) {
    std::vector<std::string> wanted{"--preset", "1024"};
    wanted.insert(wanted.end(), limit.begin(), limit.end());
    const json out = plan(wanted, 4);
    EXPECT_EQ(out["fits"], false);
    // A tenth of 20.9 MiB is kept free, which leaves 18.81.
    EXPECT_NEAR(out["budget"]["budget_bytes"].get<double>(), 18.8 * 1024 * 1024,
                0.011 * 1024 * 1024);
    EXPECT_EQ(out["shortfall_bytes"].get<std::int64_t>(),
              out["plan"]["peak_bytes"].get<std::int64_t>() -
                  out["budget"]["budget_bytes"].get<std::int64_t>());
    ASSERT_TRUE(out["suggestion"].is_object());

    std::vector<std::string> refused = quick({"--preset", "1024"});
    refused.insert(refused.end(), limit.begin(), limit.end());
    const int width = out["suggestion"]["width"];
    expect_refused(refused, 4, {"1024×1024 needs", std::to_string(width) + "×", "fits"});
  }
}

TEST_F(PlanCommand, TheSuggestedSizeWorksWithinTheLimit) {
  const json out = plan({"--preset", "1024", "--vram-cap", "18.8M"}, 4);
  const auto made = run_json(quick(
      {"--size", size_text(out["suggestion"]), "--vram-cap", "18.8M", "--json", "-o", "a.png"}));
  ASSERT_EQ(made.size(), 1U);
  EXPECT_LE(made[0]["actual_peak_bytes"].get<double>(), 18.8 * 1024 * 1024);
}

TEST_F(PlanCommand, AModelThatDoesNotFitAtAllIsRefusedWithTheWayOut) {
  const json out = plan({"--size", "64x64", "--vram-cap", "5M"}, 4);
  EXPECT_TRUE(out["suggestion"].is_null());
  expect_refused(quick({"--vram-cap", "5M"}), 4, {"no size fits", "raise --vram-cap (5 MB now)"});
}

TEST_F(PlanCommand, WhatIsPlannedIsWhatGenerateReports) {
  const json planned = plan({"-p", "a red apple", "--size", "192x128"}, 0);
  const auto made = run_json(quick({"--size", "192x128", "--json", "-o", "a.png"}));
  EXPECT_EQ(made.at(0)["predicted_peak_bytes"], planned["plan"]["peak_bytes"]);
}

TEST_F(PlanCommand, RefusesWhatGenerateRefuses) {
  expect_refused({"plan", "--size", "37x37"}, 2, {"37×37", "64×64"});
  expect_refused({"plan", "-p", "  "}, 2, {"prompt is empty"});
  expect_refused({"plan", "--model", "nowhere"}, 3, {"nowhere"});
}

}  // namespace
}  // namespace headroom::test
