// LoRAs from the command line to the picture, with the starter model.
#include "headroom/image/image_reader.h"

#include "e2e/e2e_support.h"
#include "support/made_lora.h"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class Lora : public EndToEnd {
 protected:
  // One that is named by its path, and one that prompts find.
  Lora() {
    write_lora(kStarterModel / "transformer", make("ink.safetensors"), 3, 0.2F);
    write_lora(kStarterModel / "transformer",
               make("home/.local/share/headroom/loras/styles/chalk.safetensors"), 4, 0.2F);
  }
  fs::path make(const std::string& relative) {
    fs::create_directories((folder_ / relative).parent_path());
    keep(relative);
    return folder_ / relative;
  }
  // Pixels of the picture of a seed.
  std::vector<std::uint8_t> pixels(std::vector<std::string> more) const {
    const std::string name = "p" + std::to_string(++pictures_) + ".png";
    more.insert(more.end(), {"--seed", "7", "-o", name});
    const ProcessResult result = run(quick(more));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    return read_image(folder_ / name).rgb;
  }
  mutable int pictures_ = 0;
};

TEST_F(Lora, ChangesThePictureByItsStrength) {
  const auto plain = pixels({});
  const auto whole = pixels({"--lora", "ink.safetensors"});
  EXPECT_NE(whole, plain);
  EXPECT_EQ(pixels({"--lora", "ink.safetensors:1"}), whole);
  EXPECT_NE(pixels({"--lora", "ink.safetensors:0.5"}), whole);
  EXPECT_EQ(pixels({"--lora", "ink.safetensors:0"}), plain);
}

TEST_F(Lora, ATagInThePromptIsTheSameAsTheOption) {
  const auto expected = pixels({"--lora", "styles/chalk:0.5"});
  EXPECT_EQ(pixels({"-p", "a red apple <lora:chalk:0.5>"}), expected);
  EXPECT_EQ(pixels({"-p", "<lora:styles/chalk:0.5> a red apple"}), expected);
  const auto both = pixels({"--lora", "ink.safetensors:0.7", "-p", "a red apple <lora:chalk:0.5>"});
  EXPECT_NE(both, expected);
  EXPECT_EQ(pixels({"--lora", "chalk:0.5", "--lora", "ink.safetensors:0.7"}), both);
}

// Where other programs keep theirs, as for models.
TEST_F(Lora, ANameIsLookedUpInOtherProgramsFolders) {
  fs::copy_file(folder_ / "ink.safetensors", make("home/ComfyUI/models/loras/mine.safetensors"));
  fs::copy_file(folder_ / "ink.safetensors", make("disk/more/other.safetensors"));
  write("paths.yaml", "a:\n  base_path: disk\n  loras: more\n");
  write("c.yaml", "model:\n  folders: [paths.yaml]\n");
  keep("paths.yaml");
  keep("c.yaml");
  const auto whole = pixels({"--lora", "ink.safetensors"});
  EXPECT_EQ(pixels({"--lora", "mine"}), whole);
  EXPECT_EQ(pixels({"--lora", "other", "--config", "c.yaml"}), whole);
}

TEST_F(Lora, AColonInAPathIsNoStrength) {
  fs::copy_file(folder_ / "ink.safetensors", make("C:ink:2.safetensors"));
  fs::copy_file(folder_ / "ink.safetensors", make("ink:2"));
  const auto whole = pixels({"--lora", "ink.safetensors"});
  EXPECT_EQ(pixels({"--lora", "C:ink:2.safetensors"}), whole);
  EXPECT_EQ(pixels({"--lora", "ink:2"}), whole);  // the file's name as it is
  EXPECT_EQ(pixels({"--lora", "ink:2:0.5"}), pixels({"--lora", "ink.safetensors:0.5"}));
}

TEST_F(Lora, ThePictureSaysWhatItWasMadeWithAndIsMadeAgainFromThat) {
  const auto out =
      run_json(quick({"--lora", "styles/chalk:0.5", "--seed", "7", "--json", "-o", "a.png"}));
  ASSERT_EQ(out.size(), 1U);
  ASSERT_EQ(out[0]["loras"].size(), 1U);
  EXPECT_EQ(out[0]["loras"][0]["name"], "chalk");
  EXPECT_EQ(out[0]["loras"][0]["strength"], 0.5);
  const std::string hash = out[0]["loras"][0]["hash"];
  EXPECT_EQ(hash.size(), 12U);
  const json read = run_json({"inspect", "a.png", "--json"}).at(0);
  EXPECT_EQ(read["settings"]["prompt"], "a red apple <lora:chalk:0.5>");
  EXPECT_EQ(read["loras"], out[0]["loras"]);
  EXPECT_EQ(read["unknown"], json::object());
  EXPECT_NE(read_bytes(folder_ / "a.png").find("Lora hashes: \"chalk: " + hash + "\""),
            std::string::npos);
  EXPECT_EQ(pixels({"-p", read["settings"]["prompt"]}), read_image(folder_ / "a.png").rgb);
}

TEST_F(Lora, ThePlanCountsIt) {
  const json before = run_json({"plan", "--json", "-p", "a fox"}).at(0);
  const json after =
      run_json({"plan", "--json", "-p", "a fox", "--lora", "ink.safetensors:0.5"}).at(0);
  EXPECT_FALSE(before.contains("loras"));
  ASSERT_EQ(after["loras"].size(), 1U);
  EXPECT_EQ(after["loras"][0]["name"], "ink");
  EXPECT_EQ(after["loras"][0]["matched_keys"], after["loras"][0]["keys"]);
  const std::int64_t bytes = after["adapter_bytes"];
  EXPECT_GT(bytes, 0);
  const auto weights = [](const json& out) {
    return out["plan"]["stages"][2]["weights_bytes"].get<std::int64_t>();
  };
  EXPECT_EQ(weights(after), weights(before) + bytes);
  EXPECT_EQ(after["request"]["prompt"], "a fox <lora:ink:0.5>");
  const ProcessResult text = run({"plan", "--lora", "ink.safetensors:0.5"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_NE(text.out.find("<lora:ink:0.5>"), std::string::npos) << text.out;
  const ProcessResult map =
      run({"frontier", "--lora", "ink.safetensors", "--step", "256", "--max", "512"});
  EXPECT_EQ(map.exit_code, 0) << map.err;
}

TEST_F(Lora, WhatIsMadeIsWhatWasPlanned) {
  const json picture =
      run_json(quick({"--lora", "ink.safetensors", "--lora", "chalk:-0.5", "--json"})).at(0);
  EXPECT_EQ(picture["actual_peak_bytes"], picture["predicted_peak_bytes"]);
}

TEST_F(Lora, OneSentenceWhereItCannotBe) {
  expect_refused(quick({"-p", "a fox <lora:chalks:0.5>"}), 2,
                 {"\"chalks\"", "did you mean styles/chalk?"});
  expect_refused(quick({"--lora", "nowhere/ink.safetensors"}), 2, {"\"nowhere/ink\"", "is not in"});
  expect_refused(quick({"-p", "a fox <lora:ink"}), 2, {"write <lora:name:0.8>"});
  expect_refused(quick({"-p", "<lora:chalk:1>"}), 2, {"the prompt is empty"});
  expect_refused(quick({"--lora", "ink.safetensors:1000"}), 2, {"from -100 to 100"});
  expect_refused(quick({"--lora", ""}), 2, {"--lora is empty"});
  expect_refused(quick({"--lora", ":0.5"}), 2, {"--lora names no file"});
  expect_refused(quick({"--lora", (kFixtures / "tiny/lora/peft.safetensors").string()}), 3,
                 {"peft.safetensors", "of 20 keys", "made for this model"});
  expect_refused(
      quick({"--lora", (kStarterModel / "vae/diffusion_pytorch_model.safetensors").string()}), 3,
      {"is a VAE (autoencoder), where a LoRA is wanted"});
  expect_refused(quick({"--model", "ink.safetensors"}), 3, {"a LoRA", "is none"});
}

// Keys of other parts have no effect, which is said and no reason to stop.
TEST_F(Lora, WhatHasNoEffectIsSaid) {
  const std::vector<float> values(8, 1);
  const auto bytes = std::as_bytes(std::span(values));
  const fs::path starter = kStarterModel / "transformer";
  const TensorStore store(starter, "diffusion_pytorch_model");
  const std::int64_t width = store.at("layers.0.attention.to_q.weight").shape.at(1);
  const std::vector<float> row(static_cast<std::size_t>(width), 0.01F);
  const auto line = std::as_bytes(std::span(row));
  const std::vector<NamedTensor> tensors{
      {"lora_te_x.lora_down.weight", DType::kF32, {2, 4}, bytes},
      {"layers.0.attention.to_q.lora_A.weight", DType::kF32, {1, width}, line},
      {"layers.0.attention.to_q.lora_B.weight", DType::kF32, {width, 1}, line}};
  write_tensor_file(make("part.safetensors"), tensors);
  const ProcessResult result = run(quick({"--lora", "part.safetensors", "-o", "a.png"}));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.err.find("note: part.safetensors: 2 of 3 keys change this model"),
            std::string::npos)
      << result.err;
}

}  // namespace
}  // namespace headroom::test
