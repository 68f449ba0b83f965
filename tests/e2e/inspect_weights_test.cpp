// inspect of weight files, and weight files in the place of a model.
#include "e2e/e2e_support.h"
#include "support/paths.h"

#include <algorithm>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

const fs::path kQuant = test::quant_folder();
const fs::path kUpscalers = test::data_folder() / "upscalers";

using InspectWeights = EndToEnd;

json expected_case(const char* group, const std::string& file) {
  const json cases = json::parse(read_bytes(kQuant / "expected" / group)).at("cases");
  for (const json& entry : cases) {
    if (entry["params"].value("file", "") == file) return entry;
  }
  throw std::runtime_error("no case for " + file);
}

std::int64_t parameters(const json& tensors) {
  std::int64_t sum = 0;
  for (const json& tensor : tensors) {
    std::int64_t values = 1;
    for (const json& extent : tensor.at("shape")) values *= extent.get<std::int64_t>();
    sum += values;
  }
  return sum;
}

TEST_F(InspectWeights, OfAGgufFile) {
  const json entry = expected_case("gguf.json", "gguf/z_image-Q4_K_M.gguf");
  const fs::path file = kQuant / "models/gguf/z_image-Q4_K_M.gguf";
  const json out = run_json({"inspect", file.string(), "--json"}).at(0);
  EXPECT_EQ(out["kind"], "gguf");
  EXPECT_EQ(out["contents"], "a Z-Image transformer, fused names (GGUF)");
  std::map<std::string, int> formats;
  for (const json& type : entry["types"]) ++formats[type[0].get<std::string>()];
  EXPECT_EQ(out["formats"], json(formats));
  EXPECT_EQ(out["parameters"], parameters(entry["tensors"]));
  EXPECT_EQ(out["tensors"].size(), formats.empty() ? 0 : entry["tensors"].size());
  const ProcessResult text = run({"inspect", file.string()});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_NE(text.out.find("Q6_K: "), std::string::npos) << text.out;
}

TEST_F(InspectWeights, OfAFileInComfysFormats) {
  const json entry = expected_case("comfy.json", "comfy/qwen_3_4b_mixed.safetensors");
  const fs::path file = kQuant / "models/comfy/qwen_3_4b_mixed.safetensors";
  const json out = run_json({"inspect", file.string(), "--json"}).at(0);
  EXPECT_EQ(out["kind"], "safetensors");
  EXPECT_EQ(out["contents"], "a Qwen3 text encoder");
  EXPECT_EQ(out["parameters"], parameters(entry["tensors"]));
  std::size_t counted = 0;
  for (const json& count : out["formats"]) counted += count.get<std::size_t>();
  EXPECT_EQ(counted, entry["tensors"].size());
  for (const char* const format : {"nvfp4", "mxfp8", "F8_E4M3, scaled", "BF16"}) {
    EXPECT_GT(out["formats"].value(format, 0), 0) << format;
  }
  const json& matrix = out["tensors"]["model.layers.0.mlp.down_proj.weight"];
  EXPECT_EQ(matrix, (json{{"dtype", "U8"}, {"shape", {256, 256}}, {"format", "nvfp4"}}));
}

TEST_F(InspectWeights, OfALora) {
  const fs::path file = kQuant / "foreign/lora.safetensors";
  EXPECT_EQ(run_json({"inspect", file.string(), "--json"}).at(0)["contents"], "a LoRA");
}

// The same network in both formats of PyTorch, whose sizes are those of its drawing:
// 4x3x3x3 + 4, 4 slopes, and 12x4x3x3 + 12 for twice the size.
TEST_F(InspectWeights, OfUpscalersOfPyTorch) {
  for (const char* const name : {"fine.pth", "before_1_6.pth"}) {
    const fs::path file = kUpscalers / "hostile" / name;
    const json out = run_json({"inspect", file.string(), "--json"}).at(0);
    EXPECT_EQ(out["kind"], "upscaler") << name;
    EXPECT_EQ(out["network"], "SRVGGNetCompact");
    EXPECT_EQ(out["contents"], "SRVGGNet of 2 layers, 4 channels");
    EXPECT_EQ(out["container"], "pytorch");
    EXPECT_EQ(out["scale"], 2);
    EXPECT_EQ(out["blocks"], 0);
    EXPECT_EQ(out["channels"], 4);
    EXPECT_EQ(out["formats"], (json{{"F32", 5}}));
    EXPECT_EQ(out["parameters"], 108 + 4 + 4 + 432 + 12);
    EXPECT_EQ(out["tensor_bytes"], 4 * (108 + 4 + 4 + 432 + 12));
    EXPECT_EQ(out["memory"]["picture"], "512×512");
    EXPECT_GE(out["memory"]["weights_bytes"], 2240);
    // Its features alone are four planes of float32.
    EXPECT_GT(out["memory"]["peak_bytes"], 4 * 4 * 512 * 512);
  }
}

TEST_F(InspectWeights, OfAnUpscalerOfSafetensors) {
  const fs::path file = kUpscalers / "x4.safetensors";
  const json out = run_json({"inspect", file.string(), "--json"}).at(0);
  EXPECT_EQ(out["kind"], "upscaler");
  EXPECT_EQ(out["container"], "safetensors");
  EXPECT_EQ(out["network"], "RRDBNet");
  EXPECT_EQ(out["scale"], 4);
  EXPECT_TRUE(out.contains("growth"));
  const ProcessResult text = run({"inspect", file.string()});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_NE(text.out.find("scale: 4"), std::string::npos) << text.out;
}

TEST_F(InspectWeights, UpscalersThatCannotBeUsedSayWhy) {
  const auto hostile = [](const char* name) { return (kUpscalers / "hostile" / name).string(); };
  expect_refused({"inspect", hostile("system.pth")}, 3, {hostile("system.pth"), "system"});
  expect_refused({"inspect", hostile("no_upscaler.pth")}, 3, {"no upscaler that is known"});
  expect_refused({"inspect", hostile("not_finite.safetensors")}, 3,
                 {"body.0.weight", "not finite"});
  expect_refused({"inspect", hostile("cut.pth")}, 3, {"cut.pth", "directory"});
}

TEST_F(InspectWeights, NamesTheLayerThatCannotBeUnderstood) {
  const fs::path file = kQuant / "hostile/format_unknown.safetensors";
  expect_refused({"inspect", file.string()}, 3, {file.string(), "\"m\"", "choose"});
}

// Every third of the files that the room's tests refuse, through the program's two doors.
TEST_F(InspectWeights, ForeignFilesAreNamedAtBothDoors) {
  const json manifest = json::parse(read_bytes(kQuant / "foreign/manifest.json"));
  const auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), ::tolower);
    return text;
  };
  int count = 0;
  for (const json& entry : manifest["files"]) {
    if (++count % 3 != 0) continue;
    const std::string path = (kQuant / "foreign" / entry["path"].get<std::string>()).string();
    const auto says = [&](const std::string& output) {
      std::string rest = lower(output);
      for (std::size_t at = 0; (at = rest.find(lower(path))) != std::string::npos;) {
        rest.erase(at, path.size());
      }
      const std::vector<std::string> words = entry["words"];
      return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return rest.find(lower(word)) != std::string::npos;
      });
    };
    const ProcessResult shown = run({"inspect", path});
    EXPECT_TRUE(shown.exit_code == 0 || shown.exit_code == 3) << path;
    EXPECT_TRUE(says(shown.out + shown.err)) << shown.out << shown.err;
    const ProcessResult model = run(quick({"-p", "a cat", "--model", path}));
    EXPECT_EQ(model.exit_code, 3) << path;
    EXPECT_TRUE(says(model.err)) << model.err;
    expect_refused(model, 3, {path});
  }
  EXPECT_GT(count, 30);
}

}  // namespace
}  // namespace headroom::test
