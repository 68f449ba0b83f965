// Models in the files that people have, through the program itself: generate, plan, frontier and
// inspect say the same of them.
#include "headroom/image/image_reader.h"
#include "headroom/weights/tensor_file.h"

#include "e2e/e2e_support.h"
#include "support/paths.h"

#include <cstdlib>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

const fs::path kModels = test::quant_folder() / "models";

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class ModelFiles : public EndToEnd {
 protected:
  static std::string at(const char* place) { return (kModels / place).string(); }
  // What the fixtures' picture was made with.
  static Words asked() {
    return {"-p", "a red fox, 雪", "--size", "96x64", "--steps", "4", "--seed", "5"};
  }
  static Words parts(const char* text_encoder) {
    return {"--text-encoder", at(text_encoder),     "--vae", at("single/ae.safetensors"),
            "--tokenizer",    at("model/tokenizer")};
  }
  // The picture of that file and the fixtures' agree but for roundings.
  static void expect_picture(const fs::path& file, const char* recorded) {
    const Image image = read_image(file);
    const TensorFile values(test::quant_folder() / "expected/base.safetensors");
    const TensorView& expected = values.tensors().at(recorded);
    ASSERT_EQ(image.rgb.size(), expected.data.size());
    int different = 0;
    for (std::size_t i = 0; i < image.rgb.size(); ++i) {
      const int levels = std::abs(image.rgb[i] - std::to_integer<int>(expected.data[i]));
      ASSERT_LE(levels, 1) << i;
      different += levels;
    }
    EXPECT_LE(different, 0.002 * static_cast<double>(image.rgb.size()));
  }
  void link(const std::string& place, const fs::path& what) {
    fs::create_directories((folder_ / place).parent_path());
    fs::create_symlink(what, folder_ / place);
    keep(place);
  }
  void expect_same_refusal(const Words& model, const Words& words) {
    Words sentences;
    for (const Words& call : {Words{"plan"}, Words{"frontier", "--step", "512"},
                              Words{"generate", "-p", "a", "--size", "64x64", "--steps", "1"}}) {
      const ProcessResult result = run(call + model);
      expect_refused(result, 3, words);
      sentences.push_back(result.err);
    }
    for (const std::string& sentence : sentences) EXPECT_EQ(sentence, sentences.front());
  }
};

TEST_F(ModelFiles, MakeTheReferencesPicture) {
  struct Case {
    const char* file;
    Words model;
    const char* recorded;
  };
  for (const auto& [file, model, recorded] :
       {Case{"single.png",
             Words{"--model", at("single/z_image.safetensors")} +
                 parts("single/qwen_3_4b.safetensors"),
             "model/out/u8"},
        Case{"checkpoint.png",
             {"--model", at("single/aio.safetensors"), "--tokenizer", at("model/tokenizer")},
             "model/out/u8"},
        Case{"fp8.png",
             {"--model", at("single/aio_fp8.safetensors"), "--tokenizer", at("model/tokenizer")},
             "aio_fp8/out/u8"}}) {
    SCOPED_TRACE(file);
    const ProcessResult result = run(Words{"generate", "-o", file} + asked() + model);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    expect_picture(folder_ / file, recorded);
    keep(file);
  }
}

// Four bits for both networks, streamed: predicted and used to the byte.
TEST_F(ModelFiles, InFourBitsRunWithinTheirPlan) {
  const Words model =
      Words{"--model", at("gguf/z_image-Q4_K_M.gguf")} + parts("comfy/qwen_3_4b_nvfp4.safetensors");
  const Words low{"--low-vram"};
  const json plan = run_json(Words{"plan", "--json"} + asked() + model + low).at(0);
  const json made =
      run_json(Words{"generate", "--json", "-o", "a.png"} + asked() + model + low).at(0);
  keep("a.png");
  EXPECT_EQ(made["predicted_peak_bytes"], made["actual_peak_bytes"]);
  EXPECT_EQ(made["plan"]["peak_bytes"], plan["plan"]["peak_bytes"]);
  const ProcessResult picture = run({"inspect", "a.png", "--json"});
  EXPECT_NE(picture.out.find("z_image-Q4_K_M"),
            std::string::npos);  // the run record names the model
}

TEST_F(ModelFiles, AreFoundInComfyUisFolders) {
  link("ComfyUI/models/unet/z_image_turbo-Q8_0.gguf", kModels / "gguf/z_image-Q8_0.gguf");
  link("ComfyUI/models/clip/qwen3.gguf", kModels / "gguf/qwen3-Q8_0.gguf");
  link("ComfyUI/models/vae/ae.safetensors", kModels / "single/ae.safetensors");
  link("ComfyUI/models/tokenizer", kModels / "model/tokenizer");
  for (const char* const model : {"ComfyUI", "ComfyUI/models/unet/z_image_turbo-Q8_0.gguf"}) {
    const ProcessResult result = run(
        Words{"generate", "-o", std::string(model == std::string("ComfyUI") ? "a" : "b") + ".png",
              "--model", model} +
        asked());
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.err.find("qwen3.gguf"), std::string::npos) << result.err;  // it says so
  }
  EXPECT_EQ(read_image(folder_ / "a.png").rgb, read_image(folder_ / "b.png").rgb);
  keep("a.png");
  keep("b.png");
  const json inspected = run_json({"inspect", "ComfyUI", "--json"}).at(0);
  EXPECT_EQ(inspected["kind"], "model");
  EXPECT_EQ(inspected["name"], "z_image_turbo-Q8_0");
  EXPECT_GT(inspected["transformer"]["weights"]["formats"]["Q8_0"], 10);
  const std::string place = inspected["text_encoder"]["weights"]["place"];
  EXPECT_TRUE(place.ends_with("ComfyUI/models/clip/qwen3.gguf")) << place;
}

TEST_F(ModelFiles, AreOpenedFromTheHuggingFaceCacheByName) {
  const std::string root = "hf/hub/models--Tongyi-MAI--Z-Image-Turbo/snapshots/0123abcd";
  link(root, kModels / "model");
  environment_["HF_HOME"] = (folder_ / "hf").string();
  const Words model{"--model", "Tongyi-MAI/Z-Image-Turbo"};
  const ProcessResult result = run(Words{"generate", "-o", "a.png"} + asked() + model);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  keep("a.png");
  expect_picture(folder_ / "a.png", "model/out/u8");
  EXPECT_EQ(run_json({"inspect", "Tongyi-MAI/Z-Image-Turbo", "--json"}).at(0)["name"],
            "Z-Image-Turbo");
  // What a single file lacks is found there too.
  const ProcessResult single = run(Words{"generate", "-o", "b.png"} + asked() +
                                   Words{"--model", at("single/z_image_prefixed.safetensors")});
  ASSERT_EQ(single.exit_code, 0) << single.err;
  keep("b.png");
  expect_picture(folder_ / "b.png", "model/out/u8");
  expect_same_refusal({"--model", "Tongyi-MAI/Z-Image"},
                      {"no repository of that name", "hf download Tongyi-MAI/Z-Image"});
}

TEST_F(ModelFiles, SayWhatIsMissingOrInTheWrongPlace) {
  link("alone/turbo.gguf", kModels / "gguf/z_image-Q5_0.gguf");
  expect_same_refusal({"--model", "alone/turbo.gguf", "--vae", at("single/ae.safetensors"),
                       "--tokenizer", at("model/tokenizer")},
                      {"turbo.gguf", "the text encoder;", "--text-encoder FILE"});
  expect_same_refusal({"--model", "alone/turbo.gguf"},
                      {"the text encoder, the VAE, the tokenizer", "hf download"});
  expect_same_refusal({"--model", at("single/qwen_3_4b.safetensors")},
                      {"a Qwen3 text encoder", "--text-encoder"});
  expect_same_refusal(
      Words{"--model", at("gguf/z_image-Q5_0.gguf")} + parts("single/ae.safetensors"),
      {"ae.safetensors", "a VAE", "text encoder is wanted"});
}

TEST_F(ModelFiles, AreNamedInTheConfigurationToo) {
  write("parts.yaml",
        "model:\n  path: " + at("comfy/z_image_int8_convrot.safetensors") +
            "\n  text_encoder: " + at("comfy/qwen_3_4b_int8_convrot64_ctq.safetensors") +
            "\n  vae: " + at("single/ae.safetensors") +
            "\n  tokenizer: " + at("model/tokenizer/tokenizer.json") + "\n");
  keep("parts.yaml");
  const ProcessResult result =
      run(Words{"generate", "-o", "a.png", "--config", "parts.yaml"} + asked());
  EXPECT_EQ(result.exit_code, 0) << result.err;
  keep("a.png");
  const auto ids =
      run_json({"tokenize", "--config", "parts.yaml"}, "{\"text\": \"a\", \"template\": true}\n");
  EXPECT_EQ(ids, run_json({"tokenize", "--model", at("model")},
                          "{\"text\": \"a\", \"template\": true}\n"));
}

}  // namespace
}  // namespace headroom::test
