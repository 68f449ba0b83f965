// headroom quantize, and pictures from what it wrote.
#include "headroom/image/image_reader.h"

#include "e2e/e2e_support.h"
#include "support/paths.h"

#include <cstdlib>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

const fs::path kModels = test::quant_folder() / "models";

class Quantize : public EndToEnd {
 protected:
  static std::string at(const char* place) { return (kModels / place).string(); }
  Image picture_of(Words model, const char* file) {
    const Words asked{"generate", "-p",     "a red fox", "--size", "96x64", "--steps",
                      "4",        "--seed", "5",         "-o",     file};
    model.insert(model.begin(), asked.begin(), asked.end());
    const ProcessResult result = run(model);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    keep(file);
    return read_image(folder_ / file);
  }
  // Of 255 levels, on average.
  static double difference(const Image& a, const Image& b) {
    EXPECT_EQ(a.rgb.size(), b.rgb.size());
    double sum = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) sum += std::abs(a.rgb[i] - b.rgb[i]);
    return sum / static_cast<double>(a.rgb.size());
  }
};

TEST_F(Quantize, WritesFilesThatMakeThePicture) {
  const Image whole = picture_of({"--model", at("model")}, "whole.png");
  const auto out = run_json({"quantize", "--model", at("model"), "--to", "int8", "-o",
                             "a.safetensors", "--json"})
                       .front();
  EXPECT_EQ(out.at("formats").at("int8_tensorwise, rotated by 256"), 20);
  keep("a.safetensors");
  const ProcessResult text = run({"quantize", "--model", at("model"), "--to", "q8_0", "--network",
                                  "text-encoder", "-o", "text.gguf"});
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_TRUE(text.out.starts_with("text.gguf\n")) << text.out;
  EXPECT_NE(text.out.find("in Q8_0"), std::string::npos) << text.out;
  keep("text.gguf");
  const Image made = picture_of({"--model", "a.safetensors", "--text-encoder", "text.gguf", "--vae",
                                 at("single/ae.safetensors"), "--tokenizer", at("model/tokenizer")},
                                "made.png");
  EXPECT_LT(difference(made, whole), 8.0);
}

TEST_F(Quantize, RefusesWhatItCannotWriteInOneSentence) {
  const Words model{"quantize", "--model", at("model")};
  const auto refused = [&](Words more, int code, const Words& words) {
    more.insert(more.begin(), model.begin(), model.end());
    expect_refused(more, code, words);
  };
  refused({}, 2, {"--to int8, q8_0 or q4_k"});
  refused({"--to", "q8_0"}, 2, {"-o FILE"});
  refused({"--to", "q3", "-o", "a.gguf"}, 2, {"\"q3\"", "q4_k"});
  refused({"--to", "q8_0", "-o", "a.safetensors"}, 2, {".gguf"});
  refused({"--to", "int8", "-o", "a.gguf"}, 2, {".safetensors"});
  refused({"--to", "q8_0", "-o", "a.gguf", "--network", "vae"}, 2, {"\"vae\"", "text-encoder"});
  refused({"--to", "q8_0", "-o", "nowhere/a.gguf"}, 3, {"nowhere/a.gguf", "folder"});
  expect_refused({"quantize", "--model", "nowhere", "--to", "q8_0", "-o", "a.gguf"}, 3,
                 {"nowhere"});
  EXPECT_FALSE(fs::exists(folder_ / "a.gguf"));
}

}  // namespace
}  // namespace headroom::test
