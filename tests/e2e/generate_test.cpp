// Pictures through the command line, with the starter model.
#include "headroom/image/image_reader.h"
#include "headroom/weights/tensor_file.h"

#include "e2e/e2e_support.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <thread>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

using Generate = EndToEnd;

std::set<std::string> keys(const json& object) {
  std::set<std::string> names;
  for (const auto& [key, value] : object.items()) names.insert(key);
  return names;
}

// The largest difference of two pictures of one size, in levels of 0..255.
int largest_difference(const Image& a, const Image& b) {
  if (a.rgb.size() != b.rgb.size()) return 256;
  int largest = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i)
    largest = std::max(largest, std::abs(a.rgb[i] - b.rgb[i]));
  return largest;
}

// A picture that is more than one flat colour.
bool has_contrast(const Image& image) {
  const auto [low, high] = std::minmax_element(image.rgb.begin(), image.rgb.end());
  return *high - *low > 40;
}

TEST_F(Generate, SavesUnderTheDefaultNameAndPrintsIt) {
  const ProcessResult result = run(quick({}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  const std::vector<std::string> written = files();
  ASSERT_EQ(written.size(), 1U);
  EXPECT_TRUE(
      std::regex_match(written[0], std::regex("home/Pictures/Headroom/outputs_[0-9]{14}\\.png")))
      << written[0];
  EXPECT_EQ(result.out, (folder_ / written[0]).string() + "\n");
  const Image image = read_image(folder_ / written[0]);
  EXPECT_EQ(image.width, 128);
  EXPECT_EQ(image.height, 64);
}

TEST_F(Generate, JsonHasTheDocumentedFields) {
  const auto out = run_json(
      quick({"--json", "--seed", "18446744073709551615", "--guidance", "1.5", "-o", "a.png"}));
  ASSERT_EQ(out.size(), 1U);
  const json& picture = out[0];
  EXPECT_EQ(keys(picture),
            (std::set<std::string>{"file", "seed", "width", "height", "steps", "guidance", "plan",
                                   "predicted_peak_bytes", "actual_peak_bytes",
                                   "predicted_in_use_bytes", "actual_in_use_bytes", "seconds"}));
  EXPECT_EQ(keys(picture["seconds"]),
            (std::set<std::string>{"load", "encode", "denoise", "decode", "save"}));
  EXPECT_EQ(picture["file"], "a.png");
  EXPECT_EQ(picture["seed"], 18446744073709551615U);
  EXPECT_EQ(picture["width"], 128);
  EXPECT_EQ(picture["height"], 64);
  EXPECT_EQ(picture["steps"], 2);
  EXPECT_EQ(picture["guidance"], 1.5);
  EXPECT_EQ(picture["plan"]["rungs"], json({"resident"}));
  EXPECT_EQ(picture["plan"]["peak_bytes"], picture["predicted_peak_bytes"]);
  for (const auto& [stage, seconds] : picture["seconds"].items()) EXPECT_GT(seconds, 0) << stage;
  // The prediction: at most 2 % off.
  EXPECT_NEAR(
      picture["actual_peak_bytes"].get<double>() / picture["predicted_peak_bytes"].get<double>(),
      1.0, 0.02);
}

TEST_F(Generate, TheSettingsInsideThePictureAreTheOnesAskedFor) {
  const std::string prompt = "一只猫，坐在窗台上；\n“阳光”洒进来！";
  const std::string negative = "低质量，模糊";
  run_json(quick({"-p", prompt, "-n", negative, "--seed", "7", "--guidance", "2.5", "--steps", "3",
                  "--shift", "4", "--cfg-normalization", "1.5", "--cfg-truncation", "0.9", "--json",
                  "-o", "a.png"}));
  const auto out = run_json({"inspect", "a.png", "--json"});
  ASSERT_EQ(out.size(), 1U);
  const json expected{{"prompt", prompt},
                      {"negative_prompt", negative},
                      {"width", 128},
                      {"height", 64},
                      {"steps", 3},
                      {"guidance", 2.5},
                      {"seed", 7},
                      {"count", 1},
                      {"shift", 4.0},
                      {"cfg_normalization", 1.5},
                      {"cfg_truncation", 0.9}};
  EXPECT_EQ(out[0]["settings"], expected);
  EXPECT_EQ(out[0]["source"], "headroom");
  EXPECT_EQ(out[0]["kind"], "picture");
  EXPECT_EQ(out[0]["width"], 128);
  EXPECT_EQ(out[0]["height"], 64);
  EXPECT_EQ(out[0]["unknown"], json::object());
  EXPECT_EQ(out[0]["receipt"]["model"], "starter-model");
  EXPECT_EQ(out[0]["receipt"]["dtype"], "fp32");
  EXPECT_EQ(out[0]["plan"]["peak_bytes"], out[0]["receipt"]["predicted_peak_bytes"]);
}

TEST_F(Generate, WhatIsNotTypedComesFromTheModel) {
  const auto out =
      run_json({"generate", "-p", "a red apple", "--size", "64x64", "--json", "-o", "a.png"});
  ASSERT_EQ(out.size(), 1U);
  const json defaults = json::parse(read_bytes(kStarterModel / "generation_defaults.json"));
  EXPECT_EQ(out[0]["steps"], defaults["num_inference_steps"]);
  EXPECT_EQ(out[0]["guidance"], defaults["guidance_scale"]);
}

TEST_F(Generate, SeveralPicturesHaveConsecutiveSeedsAndOneNameEach) {
  const auto out = run_json(quick({"--count", "3", "--seed", "41", "--json", "-o", "many.png"}));
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(out[0]["seed"], 41);
  EXPECT_EQ(out[1]["seed"], 42);
  EXPECT_EQ(out[2]["seed"], 43);
  EXPECT_EQ(files(), (std::vector<std::string>{"many.png", "many_2.png", "many_3.png"}));
  // Each one is what its seed gives alone.
  run_json(quick({"--seed", "43", "--json", "-o", "alone.png"}));
  EXPECT_EQ(read_image(folder_ / "many_3.png").rgb, read_image(folder_ / "alone.png").rgb);
  EXPECT_NE(read_image(folder_ / "many.png").rgb, read_image(folder_ / "alone.png").rgb);
  const auto settings = run_json({"inspect", "many_3.png", "--json"});
  EXPECT_EQ(settings.at(0)["settings"]["seed"], 43);
}

TEST_F(Generate, WithoutASeedEachRunChoosesOneAndSaysWhich) {
  const auto first = run_json(quick({"--json", "-o", "1.png"}));
  const auto second = run_json(quick({"--json", "-o", "2.png"}));
  const std::uint64_t seed = first.at(0)["seed"];
  EXPECT_NE(seed, second.at(0)["seed"].get<std::uint64_t>());
  run_json(quick({"--json", "-o", "again.png", "--seed", std::to_string(seed)}));
  EXPECT_EQ(read_image(folder_ / "1.png").rgb, read_image(folder_ / "again.png").rgb);
}

TEST_F(Generate, AFolderIsCreatedAndNamesNeverCollide) {
  const auto out = run_json(quick({"--count", "2", "--json", "-o", "new/folder"}));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_NE(out[0]["file"], out[1]["file"]);
  for (const json& picture : out) {
    EXPECT_TRUE(std::regex_match(picture["file"].get<std::string>(),
                                 std::regex("new/folder/outputs_[0-9]{14}(_2)?\\.png")));
  }
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(Generate, TheConfiguredFolderIsUsed) {
  write("config/headroom/config.yaml", "output:\n  folder: " + (folder_ / "mine").string() + "\n");
  EXPECT_EQ(run(quick({})).exit_code, 0);
  ASSERT_EQ(files().size(), 1U);
  EXPECT_TRUE(files()[0].starts_with("mine/outputs_"));
}

TEST_F(Generate, TheSameSeedGivesTheSamePixelsWithAnyNumberOfThreads) {
  run_json(
      quick({"--size", "256x256", "--seed", "5", "--threads", "1", "--json", "-o", "one.png"}));
  run_json(
      quick({"--size", "256x256", "--seed", "5", "--threads", "1", "--json", "-o", "again.png"}));
  run_json(
      quick({"--size", "256x256", "--seed", "5", "--threads", "2", "--json", "-o", "two.png"}));
  const Image one = read_image(folder_ / "one.png");
  EXPECT_EQ(one.rgb, read_image(folder_ / "again.png").rgb);
  EXPECT_LE(largest_difference(one, read_image(folder_ / "two.png")), 1);
}

TEST_F(Generate, APromptFromAWebPageWorksEndToEnd) {
  const auto out =
      run_json({"generate", "-p",
                "一只可爱的橘色猫咪，坐在窗台上，阳光洒进来，高清照片风格，毛发细节清晰，浅景深",
                "-n", "低质量，模糊，扭曲，多余手指", "--size", "768x768", "--seed", "1", "--json",
                "-o", "cat.png"});
  ASSERT_EQ(out.size(), 1U);
  const Image image = read_image(folder_ / "cat.png");
  EXPECT_EQ(image.width, 768);
  EXPECT_EQ(image.height, 768);
  EXPECT_TRUE(has_contrast(image));
  const auto read = run_json({"inspect", "cat.png", "--json"});
  EXPECT_EQ(read.at(0)["settings"]["prompt"],
            "一只可爱的橘色猫咪，坐在窗台上，阳光洒进来，高清照片风格，毛发细节清晰，浅景深");
  EXPECT_EQ(read.at(0)["settings"]["negative_prompt"], "低质量，模糊，扭曲，多余手指");
}

TEST_F(Generate, TheNegativePromptChangesThePictureOnlyWhenGuided) {
  run_json(quick({"--seed", "3", "--json", "-o", "guided.png"}));
  run_json(quick({"--seed", "3", "-n", "red", "--json", "-o", "guided_without_red.png"}));
  EXPECT_NE(read_image(folder_ / "guided.png").rgb,
            read_image(folder_ / "guided_without_red.png").rgb);

  run_json(quick({"--seed", "3", "--guidance", "0", "--json", "-o", "free.png"}));
  const ProcessResult result =
      run(quick({"--seed", "3", "--guidance", "0", "-n", "red", "-o", "free_without_red.png"}));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.err.find("the negative prompt is not used"), std::string::npos) << result.err;
  EXPECT_EQ(read_image(folder_ / "free.png").rgb, read_image(folder_ / "free_without_red.png").rgb);
}

TEST_F(Generate, APromptBeyondTheModelsTokensIsCutWithAWord) {
  std::string prompt;
  for (int i = 0; i < 700; ++i) prompt += "cat ";
  const ProcessResult result = run(quick({"-p", prompt, "-o", "a.png"}));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.err.find("reads the first 512"), std::string::npos) << result.err;
}

TEST_F(Generate, PromptsThatLookLikeOptionsAreTakenAsTheyAre) {
  for (const std::string prompt : {"--seed", "plan", "[a, b]", "\"quoted\", 100%\ta"}) {
    run_json(quick({"--size", "64x64", "-p", prompt, "--json", "-o", "a.png"}));
    const auto read = run_json({"inspect", "a.png", "--json"});
    EXPECT_EQ(read.at(0)["settings"]["prompt"], prompt);
    fs::remove(folder_ / "a.png");
  }
}

TEST_F(Generate, ALongThinPictureIsAsGoodAsAnyOther) {
  const auto out = run_json({"generate", "-p", "a road", "--size", "4096x64", "--steps", "1",
                             "--json", "-o", "long.png"});
  ASSERT_EQ(out.size(), 1U);
  const Image image = read_image(folder_ / "long.png");
  EXPECT_EQ(image.width, 4096);
  EXPECT_EQ(image.height, 64);
}

TEST_F(Generate, TheDumpHoldsEveryIntermediateResult) {
  run_json(
      quick({"--json", "-n", "grey", "--count", "2", "--dump", "all.safetensors", "-o", "a.png"}));
  const TensorFile dump(folder_ / "all.safetensors");
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const auto& [name, view] : dump.tensors()) {
    EXPECT_EQ(view.dtype, DType::kF32) << name;
    shapes[name] = view.shape;
  }
  const auto tokens = run_json({"tokenize"},
                               "{\"text\": \"a red apple\", \"template\": true}\n"
                               "{\"text\": \"grey\", \"template\": true}\n");
  ASSERT_EQ(tokens.size(), 2U);
  const auto length = [&](std::size_t i) {
    return static_cast<std::int64_t>(tokens[i]["ids"].size());
  };
  const json encoder = json::parse(read_bytes(kStarterModel / "text_encoder" / "config.json"));
  const std::int64_t width = encoder["hidden_size"];
  // 128x64 px at a VAE scale of 32.
  const std::map<std::string, std::vector<std::int64_t>> expected{
      {"noise", {1, 16, 2, 4}},     {"cond", {length(0), width}}, {"uncond", {length(1), width}},
      {"latents.0", {16, 2, 4}},    {"latents.1", {16, 2, 4}},    {"latents.2", {16, 2, 4}},
      {"decoded", {1, 3, 64, 128}},
  };
  EXPECT_EQ(shapes, expected);
}

TEST_F(Generate, WithoutGuidanceTheDumpHasNoUncond) {
  run_json(quick({"--json", "--guidance", "0", "--dump", "d.safetensors", "-o", "a.png"}));
  const TensorFile dump(folder_ / "d.safetensors");
  EXPECT_TRUE(dump.tensors().contains("cond"));
  EXPECT_FALSE(dump.tensors().contains("uncond"));
}

TEST_F(Generate, FivePicturesInARowPeakAlike) {
  const auto out = run_json(quick({"--size", "256x256", "--count", "5", "--json", "-o", "many"}));
  ASSERT_EQ(out.size(), 5U);
  for (const json& picture : out) {
    EXPECT_EQ(picture["actual_peak_bytes"], out[0]["actual_peak_bytes"]);
    EXPECT_EQ(picture["predicted_peak_bytes"], out[0]["predicted_peak_bytes"]);
  }
}

// The plan that holds least, whose peak is in a norm of a few tokens.
TEST_F(Generate, UnderTheSmallestPlanThePeakIsThePredictedOne) {
  const json made = run_json({"generate", "-p", "a red fox", "--size", "1024x576", "--steps", "1",
                              "--vram-cap", "19M", "--json", "-o", "a.png"})
                        .at(0);
  const std::vector<std::string> execution = made["plan"]["rungs"];
  EXPECT_NE(std::find(execution.begin(), execution.end(), "chunk-tokens:64"), execution.end());
  EXPECT_EQ(made["predicted_peak_bytes"], made["actual_peak_bytes"]);
}

// Another program takes all but nothing in the middle of a run: what is held goes on being used.
TEST_F(Generate, ARunUnderTheSmallestPlanEndsWithAPicture) {
  write("others", "10M blender");
  keep("others");
  std::thread taker([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(2500));
    std::ofstream(folder_ / "others") << "560M blender";
  });
  const ProcessResult made =
      run({"generate", "-p", "a red fox", "--size", "1024x576", "--steps", "10", "--pretend-vram",
           "600M", "--pretend-others", "others", "-o", "a.png"});
  taker.join();
  EXPECT_EQ(made.exit_code, 0) << made.err;
  keep("a.png");
}

// oneDNN convolves bfloat16 on every processor with this; on some others the decoder is in float32.
bool surely_convolves_bfloat16() {
  std::ifstream in("/proc/cpuinfo");
  const std::string all(std::istreambuf_iterator<char>(in), {});
  return all.find(" avx512bw") != std::string::npos;
}

TEST_F(Generate, OtherNumberFormatsWork) {
  for (const char* const dtype : {"fp32", "bf16"}) {
    const std::string file = std::string(dtype) + ".png";
    run_json(quick({"--dtype", dtype, "--json", "-o", file}));
    const auto read = run_json({"inspect", file, "--json"});
    const std::string made_in = read.at(0)["receipt"]["dtype"];
    const bool may_be_mixed = std::string(dtype) == "bf16" && !surely_convolves_bfloat16();
    EXPECT_TRUE(made_in == dtype || (may_be_mixed && made_in == "bf16+vae32")) << made_in;
  }
}

}  // namespace
}  // namespace headroom::test
