// Every weight file of the fixtures through the real networks, beside what the reference computes
// with the values that the formats' own tools read in it.
#include "headroom/diffusion/noise.h"
#include "headroom/model/vae_encoder.h"
#include "headroom/model_files/open_model.h"

#include "pipeline/run_support.h"
#include "support/networks.h"

#include <algorithm>

#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::FixtureCase;
using test::FixtureGroup;
using test::OpenModel;
using test::quant_models;
using test::Runner;
using test::WholeTextEncoder;
using test::WholeTransformer;

// The small model with this file as its transformer, or as its text encoder.
ModelPlaces model_with(const std::string& component, const fs::path& file) {
  const fs::path model = quant_models() / "model";
  if (component == "text_encoder") return {model.string(), file, {}, {}, {}};
  return {file.string(), model / "text_encoder", model / "vae", model / "tokenizer", {}};
}

// By value: what stays would count as memory of later runs.
FixtureCase base_case() { return test::load_quant_group("base").at("model"); }

at::Tensor transform(OpenModel& model, const FixtureCase& inputs, float tau) {
  const WholeTransformer transformer(model.folder.transformer, model.transformer);
  const at::Tensor& latents = inputs.inputs.at("latents");
  const CaptionTokens caption =
      transformer.embed_caption(inputs.inputs.at("caption"), latents.size(1), latents.size(2));
  return transformer.forward(latents, tau, caption);
}

at::Tensor encode(OpenModel& model, const FixtureCase& inputs) {
  const WholeTextEncoder encoder(model.folder.text_encoder, model.text_encoder);
  return encoder.forward(test::token_ids(inputs.inputs.at("ids")), model.text_encoder);
}

constexpr float kTau = 0.3F;

struct StoredCase {
  std::string group;
  FixtureCase expected;
};

std::vector<StoredCase> stored_cases() {
  std::vector<StoredCase> cases;
  for (const char* const group : {"comfy", "gguf"}) {
    for (const FixtureCase& c : test::load_quant_group(group).cases) cases.push_back({group, c});
  }
  return cases;
}

class StoredFormat : public testing::TestWithParam<StoredCase> {};
INSTANTIATE_TEST_SUITE_P(Fixtures, StoredFormat, testing::ValuesIn(stored_cases()),
                         [](const auto& test) {
                           std::string name = test.param.expected.name;
                           for (char& c : name) {
                             if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
                           }
                           return name;
                         });

TEST_P(StoredFormat, ComputesWhatTheReferenceComputesWithItsValues) {
  const c10::InferenceMode inference;
  const FixtureCase& c = GetParam().expected;
  const auto component = c.params.at("component").get<std::string>();
  const fs::path file = quant_models() / c.params.at("file").get<std::string>();
  OpenModel model(open_model(model_with(component, file)));
  if (component == "transformer") {
    EXPECT_EQ(model.folder.transformer.ffn_dim(), 512);  // the usual rule would say 682
    EXPECT_TRUE(test::within(transform(model, base_case(), kTau), c.outputs.at("out")));
    return;
  }
  const test::Expected& features = c.outputs.at("features");
  const at::Tensor all = encode(model, base_case());
  const std::int64_t rows = features.value.size(0);
  EXPECT_TRUE(test::within(all.narrow(0, all.size(0) - rows, rows), features));
}

// In the format of a card as in float32: the values are the same, rounded once.
TEST(StoredFormats, AreRoundedOnceToTheFormatOfTheComputation) {
  const c10::InferenceMode inference;
  for (const char* const name : {"comfy/z_image_nvfp4.safetensors", "gguf/z_image-Q4_K_M.gguf",
                                 "comfy/z_image_int8_convrot64_ctq.safetensors"}) {
    SCOPED_TRACE(name);
    const ModelFolder folder = open_model(model_with("transformer", quant_models() / name));
    OpenModel wide(folder);
    OpenModel narrow(folder, at::kBFloat16);
    for (const char* const tensor :
         {"layers.0.attention.to_k.weight", "layers.1.attention.to_v.weight"}) {
      EXPECT_TRUE(test::same_bits(narrow.transformer.get(tensor, {256, 256}),
                                  wide.transformer.get(tensor, {256, 256}).to(at::kBFloat16)));
    }
  }
}

TEST(StoredFormats, OfABfloat16ModelGiveTheSameNumbersInEveryFile) {
  const c10::InferenceMode inference;
  const FixtureCase c = base_case();
  for (const char* const file : {"model", "single/z_image.safetensors",
                                 "single/z_image_prefixed.safetensors", "single/aio.safetensors"}) {
    SCOPED_TRACE(file);
    OpenModel model(open_model(model_with("transformer", quant_models() / file)));
    EXPECT_TRUE(test::within(transform(model, c, kTau), c.outputs.at("out")));
  }
  for (const char* const file :
       {"model/text_encoder", "single/qwen_3_4b.safetensors", "single/aio.safetensors"}) {
    SCOPED_TRACE(file);
    OpenModel model(open_model(model_with("text_encoder", quant_models() / file)));
    EXPECT_TRUE(test::within(encode(model, c), c.outputs.at("features")));
  }
}

TEST(StoredFormats, OfACheckpointInFp8GiveTheReferencesNumbers) {
  const c10::InferenceMode inference;
  const FixtureGroup base = test::load_quant_group("base");
  const FixtureCase& c = base.at("aio_fp8");
  OpenModel model(open_model({(quant_models() / "single/aio_fp8.safetensors").string(),
                              {},
                              {},
                              quant_models() / "model/tokenizer",
                              {}}));
  EXPECT_TRUE(test::within(transform(model, base.at("model"), kTau), c.outputs.at("out")));
  EXPECT_TRUE(test::within(encode(model, base.at("model")), c.outputs.at("features")));
}

GenerationRequest picture_request(const FixtureCase& c) {
  GenerationRequest request = test::request_of(c);
  request.prompt = c.params.at("prompt").get<std::string>();
  return request;
}

void expect_picture(const Runner& runner, const FixtureCase& c) {
  const auto pictures = runner.run(picture_request(c));
  ASSERT_EQ(pictures.size(), 1U);
  const test::Expected& u8 = c.outputs.at("u8");
  ASSERT_EQ(static_cast<std::int64_t>(pictures[0].image->rgb.size()), u8.value.numel());
  EXPECT_TRUE(test::within_one_level(pictures[0].image->rgb.data(),
                                     u8.value.const_data_ptr<std::uint8_t>(),
                                     pictures[0].image->rgb.size(), u8.fraction_allowed));
}

ModelPlaces places(const char* model, const char* text_encoder = "", const char* vae = "") {
  const auto at = [](const char* file) {
    return *file == '\0' ? fs::path() : quant_models() / file;
  };
  return {at(model).string(),
          at(text_encoder),
          at(vae),
          std::string_view(model) == "model" ? fs::path() : quant_models() / "model/tokenizer",
          {}};
}

// The same picture from the model's folder, from single files, and from all of it in one.
TEST(WholeModels, DrawTheReferencesPictureHoweverTheyAreStored) {
  const FixtureCase c = base_case();
  expect_picture(Runner(places("model")), c);
  expect_picture(Runner(places("single/z_image.safetensors", "single/qwen_3_4b.safetensors",
                               "single/ae.safetensors")),
                 c);
  expect_picture(Runner(places("single/aio.safetensors")), c);
  expect_picture(Runner(places("model", "single/qwen_3_4b.safetensors", "single/ae.safetensors")),
                 c);
  expect_picture(Runner(places("single/aio_fp8.safetensors")),
                 test::load_quant_group("base").at("aio_fp8"));
}

// The VAE's other half, by each way in which files name its tensors.
TEST(WholeModels, EncodeAPictureHoweverTheyAreStored) {
  const c10::InferenceMode inference;
  const VaeConfig config = read_model_folder(quant_models() / "model").vae;
  const at::Tensor image = draw_noise(3, {3, 2 * config.scale(), 3 * config.scale()}).clamp_(-1, 1);
  const auto moments = [&](const char* place) {
    const NetworkTensors tensors(quant_models() / place, Network::kVae);
    FileWeights weights(tensors, at::TensorOptions(at::kFloat));
    return VaeEncoder(config, weights).forward(image);
  };
  const at::Tensor expected = moments("model/vae");
  for (const char* const place : {"single/ae.safetensors", "single/aio.safetensors"}) {
    EXPECT_TRUE(test::same_bits(moments(place), expected)) << place;
  }
}

// Streamed from files that are unpacked layer by layer: the forecast is that of plain weights, to
// the byte, or below it where the plan keeps them packed; and so is what the run takes.
TEST(WholeModels, InQuantizedFilesTakeTheMemoryThatWasPredicted) {
  for (const char* const file :
       {"gguf/z_image-Q4_K_M.gguf", "comfy/z_image_nvfp4.safetensors", "model"}) {
    SCOPED_TRACE(file);
    const Runner runner(places(file, "gguf/qwen3-Q4_K_M.gguf", "single/ae.safetensors"),
                        [](PipelineOptions& options) {
                          options.floor.stream_blocks = 1;
                          options.floor.stream_encoder = true;
                        });
    const GenerationRequest request = picture_request(base_case());
    const Plan plan = runner.forecast(request).plan;
    const Runner plain(places("model"), [](PipelineOptions& options) {
      options.floor.stream_blocks = 1;
      options.floor.stream_encoder = true;
    });
    const std::int64_t plain_bytes = plain.forecast(request).plan.peak_bytes;
    if (std::ranges::count(plan.execution, "packed-weights") > 0) {
      EXPECT_LT(plan.peak_bytes, plain_bytes);
    } else {
      EXPECT_EQ(plan.peak_bytes, plain_bytes);
    }
    const auto pictures = runner.run(request);
    ASSERT_EQ(pictures.size(), 1U);
    EXPECT_EQ(pictures[0].run_record.actual_peak_bytes, plan.peak_bytes);
    EXPECT_EQ(pictures[0].run_record.plan.execution, plan.execution);
  }
}

// What a streamed layer reads of its file is what the file stores: a plan says so.
TEST(WholeModels, WantOfThePageCacheWhatTheirFilesStore) {
  const GenerationRequest request = picture_request(base_case());
  const auto streamed = [&](const char* file) {
    const Runner runner(places(file, "model/text_encoder", "model/vae"),
                        [](PipelineOptions& options) { options.floor.stream_blocks = 2; });
    return runner.forecast(request).plan.page_cache_bytes;
  };
  const auto layers_of = [](const char* file) {
    const NetworkTensors tensors(quant_models() / file, Network::kTransformer);
    return tensors.stored_bytes("layers.");
  };
  for (const char* const file : {"single/z_image.safetensors", "gguf/z_image-Q8_0.gguf",
                                 "gguf/z_image-Q4_K_M.gguf", "single/aio.safetensors"}) {
    EXPECT_NEAR(static_cast<double>(streamed(file)), static_cast<double>(layers_of(file)), 2)
        << file;
  }
  // Bytes a value: 2, and 34 for 32.
  EXPECT_NEAR(static_cast<double>(streamed("gguf/z_image-Q8_0.gguf")) /
                  static_cast<double>(streamed("single/z_image.safetensors")),
              34.0 / 64, 0.02);
}

// The other fixtures' files: rotary axes of a narrower head, [1, D] pad tokens, a stray tensor.
TEST(TinyFiles, ComputeWhatTheReferenceComputes) {
  const c10::InferenceMode inference;
  const fs::path tiny = test::model_root("tiny").parent_path();
  const auto transformer = [&](const char* file, const char* group) {
    OpenModel model(open_model({(tiny / file).string(),
                                tiny / "model/text_encoder",
                                tiny / "model/vae",
                                tiny / "model/tokenizer",
                                {}}));
    const FixtureGroup fixtures = test::load_group("tiny", group);
    const FixtureCase& c = fixtures.at("transformer");
    EXPECT_TRUE(
        test::within(transform(model, c, c.params.at("tau").get<float>()), c.outputs.at("out")))
        << file;
  };
  transformer("single_file/transformer.safetensors", "single_file");
  transformer("gguf/transformer.gguf", "gguf");
  OpenModel model(
      open_model({(tiny / "model").string(), tiny / "gguf/text_encoder.gguf", {}, {}, {}}));
  const FixtureGroup gguf = test::load_group("tiny", "gguf");
  EXPECT_TRUE(test::within(encode(model, gguf.at("text_encoder")),
                           gguf.at("text_encoder").outputs.at("features")));
}

}  // namespace
}  // namespace headroom
