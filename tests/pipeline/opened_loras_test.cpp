// LoRAs beside the matrices of a transformer: the reference's results, and their memory.

#include "headroom/pipeline/opened_loras.h"

#include "headroom/core/run_record.h"
#include "headroom/pipeline/lora_updates.h"

#include "pipeline/run_support.h"
#include "support/made_lora.h"
#include "support/networks.h"
#include "support/temp_folder.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>

#include <ATen/ops/from_blob.h>
#include <ATen/ops/kron.h>
#include <ATen/ops/matmul.h>
#include <c10/core/InferenceMode.h>
#include <gmock/gmock.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::OpenModel;
using test::Runner;
using test::TempFolder;
using test::WholeTransformer;

fs::path fixtures() { return test::model_root("tiny").parent_path(); }

std::shared_ptr<const OpenedLoras> opened(const TransformerConfig& network,
                                          const std::vector<std::pair<fs::path, double>>& loras) {
  std::vector<AskedLora> asked;
  for (const auto& [file, strength] : loras) {
    asked.push_back({{file.stem().string(), strength}, file});
  }
  return std::make_shared<const OpenedLoras>(network, asked);
}

// What all cases of the fixtures have in common.
struct Inputs {
  at::Tensor latents, caption;
  float tau = 0.25F;

  Inputs() {
    const TensorFile file(fixtures() / "expected/lora.safetensors");
    const auto read = [&](const char* name) {
      const TensorView& view = file.tensors().at(name);
      return at::from_blob(const_cast<std::byte*>(view.data.data()), view.shape, at::kFloat)
          .clone();
    };
    latents = read("latents");
    caption = read("caption");
  }
  [[nodiscard]] at::Tensor run(const TransformerConfig& config, WeightSource& weights) const {
    const WholeTransformer transformer(config, weights);
    const CaptionTokens tokens =
        transformer.embed_caption(caption, latents.size(1), latents.size(2));
    return transformer.forward(latents, tau, tokens);
  }
};

at::Tensor run_beside(OpenModel& model, const OpenedLoras& opened_loras, const Inputs& inputs) {
  const LinearUpdates updates = load_updates(&opened_loras, model.transformer.options());
  UpdatedWeights weights(model.transformer, updates);
  return inputs.run(model.folder.transformer, weights);
}

TEST(LoraFixtures, TheTransformersOutputIsTheReferences) {
  const c10::InferenceMode inference;
  const test::FixtureGroup group = test::load_group("tiny", "lora");
  const Inputs inputs;
  OpenModel model("tiny");
  const at::Tensor plain = inputs.run(model.folder.transformer, model.transformer);
  ASSERT_EQ(group.cases.size(), 13U);
  for (const test::FixtureCase& c : group.cases) {
    const auto opened_loras =
        opened(model.folder.transformer, {{fixtures() / c.params.at("file").get<std::string>(),
                                           c.params.at("strength").get<double>()}});
    const at::Tensor out = run_beside(model, *opened_loras, inputs);
    EXPECT_TRUE(test::within(out, c.outputs.at("out"))) << c.name;
    EXPECT_FALSE(test::within(out, plain, 0.1)) << c.name;
  }
}

// A transformer's weights with updates added to the matrices themselves.
class MergedWeights final : public WeightSource {
 public:
  explicit MergedWeights(WeightSource& source) : source_(source) {}
  std::vector<LinearUpdates> updates;

  at::Tensor get(std::string_view name, at::IntArrayRef shape) override {
    at::Tensor values = source_.get(name, shape);
    for (const LinearUpdates& all : updates) {
      const auto found = all.by_matrix.find(name);
      if (found == all.by_matrix.end()) continue;
      const LinearUpdate& update = *found->second;
      if (update.down.defined()) values = values.add(at::matmul(update.up.t(), update.down));
      for (const auto& k : update.kroneckers) values = values.add(at::kron(k.first, k.second));
    }
    return values;
  }
  void read(std::string_view, const at::Tensor&) override {}
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override {
    return source_.gather_rows(name, ids, rows, width);
  }
  [[nodiscard]] at::TensorOptions options() const override { return source_.options(); }

 private:
  WeightSource& source_;
};

TEST(OpenedLoras, SeveralBesideAreTheirSumMerged) {
  const c10::InferenceMode inference;
  const Inputs inputs;
  OpenModel model("tiny");
  const TempFolder folder;
  std::vector<std::pair<fs::path, double>> loras{{fixtures() / "lora/peft.safetensors", 0.5},
                                                 {fixtures() / "lora/lokr.safetensors", -0.75},
                                                 {fixtures() / "lora/bare.safetensors", 0.0}};
  for (const unsigned seed : {1U, 2U}) {
    const fs::path file = folder.path() / (std::to_string(seed) + ".safetensors");
    test::write_lora(model.folder.parts.transformer, file, seed, 0.3F);
    loras.emplace_back(file, 1.25);
  }
  const at::Tensor beside = run_beside(model, *opened(model.folder.transformer, loras), inputs);
  MergedWeights merged(model.transformer);
  for (const auto& lora : loras) {
    const auto one = opened(model.folder.transformer, {lora});
    merged.updates.push_back(load_updates(one.get(), model.transformer.options()));
  }
  const at::Tensor expected = inputs.run(model.folder.transformer, merged);
  EXPECT_TRUE(test::within(beside, expected, 2e-5));
  EXPECT_FALSE(test::within(beside, inputs.run(model.folder.transformer, model.transformer), 0.1));
}

// Where it is less to keep all values of the change than its factors, or nothing else is possible.
TEST(OpenedLoras, ChangesThatCannotBeCutAreKeptWhole) {
  const c10::InferenceMode inference;
  OpenModel model("tiny");
  const TempFolder folder;
  const auto write =
      [&](const std::vector<std::pair<std::string, std::vector<std::int64_t>>>& all) {
        std::vector<std::vector<float>> values;
        std::vector<NamedTensor> tensors;
        for (const auto& [name, shape] : all) {
          auto& filled = values.emplace_back();
          for (std::int64_t i = 0; i < shape[0] * shape[1]; ++i) {
            filled.push_back(static_cast<float>((i * 7 + 3) % 11) / 11 - 0.5F);
          }
        }
        for (std::size_t i = 0; i < all.size(); ++i) {
          tensors.push_back({all[i].first, DType::kF32, all[i].second,
                             std::as_bytes(std::span<const float>(values[i]))});
        }
        const fs::path file = folder.path() / "whole.safetensors";
        write_tensor_file(file, tensors);
        return load_updates(opened(model.folder.transformer, {{file, 2.0}}).get(),
                            model.transformer.options());
      };
  const std::string block = "layers.0.attention.";
  // A rank of 8 * 8 is no saving for 64 rows and columns.
  const LinearUpdates hadamard = write({{block + "to_q.hada_w1_a", {64, 8}},
                                        {block + "to_q.hada_w1_b", {8, 64}},
                                        {block + "to_q.hada_w2_a", {64, 8}},
                                        {block + "to_q.hada_w2_b", {8, 64}}});
  const auto values = [](std::int64_t rows, std::int64_t columns) {
    std::vector<float> filled;
    for (std::int64_t i = 0; i < rows * columns; ++i) {
      filled.push_back(static_cast<float>((i * 7 + 3) % 11) / 11 - 0.5F);
    }
    return at::from_blob(filled.data(), {rows, columns}, at::kFloat).clone();
  };
  const at::Tensor product = at::matmul(values(64, 8), values(8, 64));
  const auto& q = *hadamard.by_matrix.at(block + "to_q.weight");
  EXPECT_FALSE(q.down.defined());
  ASSERT_EQ(q.kroneckers.size(), 1U);
  EXPECT_TRUE(test::within(q.kroneckers[0].second, product.mul(product).mul(2), 1e-5));
  // 192 fused rows of 12 * 16, of which each matrix has 4: those of 5 * ... cannot be cut.
  const LinearUpdates fused =
      write({{block + "qkv.lokr_w1", {2, 4}}, {block + "qkv.lokr_w2", {96, 16}}});
  const at::Tensor whole = at::kron(values(2, 4), values(96, 16)).mul(2);
  int part = 0;
  for (const char* const name : {"to_q.weight", "to_k.weight", "to_v.weight"}) {
    const auto& update = *fused.by_matrix.at(block + name);
    ASSERT_EQ(update.kroneckers.size(), 1U);
    EXPECT_EQ(update.kroneckers[0].first.numel(), 1);
    EXPECT_TRUE(test::within(update.kroneckers[0].second, whole.narrow(0, 64 * part++, 64), 1e-6));
  }
  const LinearUpdates cut =
      write({{block + "qkv.lokr_w1", {12, 4}}, {block + "qkv.lokr_w2", {16, 16}}});
  const at::Tensor all = at::kron(values(12, 4), values(16, 16)).mul(2);
  part = 0;
  for (const char* const name : {"to_q.weight", "to_k.weight", "to_v.weight"}) {
    const auto& k = cut.by_matrix.at(block + name)->kroneckers.at(0);
    EXPECT_EQ(k.first.sizes(), (at::IntArrayRef{4, 4}));
    EXPECT_TRUE(test::within(at::kron(k.first, k.second), all.narrow(0, 64 * part++, 64), 1e-6));
  }
}

// A model with LoRAs, and a request that asks for them.
struct WithLoras {
  TempFolder folder;
  std::shared_ptr<const OpenedLoras> opened_loras;
  GenerationRequest request;

  explicit WithLoras(const fs::path& root, const std::vector<unsigned>& seeds = {3, 4},
                     float size = 0.1F) {
    const ModelFolder model = read_model_folder(root);
    std::vector<std::pair<fs::path, double>> loras;
    for (const unsigned seed : seeds) {
      const fs::path file = folder.path() / ("made" + std::to_string(seed) + ".safetensors");
      test::write_lora(model.parts.transformer, file, seed, size);
      loras.emplace_back(file, 0.5);
    }
    opened_loras = opened(model.transformer, loras);
    request.prompt = "a red apple on a blue background";
    for (const LoraTag& tag : opened_loras->tags()) request.prompt += " " + write_lora_tag(tag);
    request.width = request.height = 256;
    request.steps = 3;
    request.guidance_scale = 2.0;
    request.seed = 5;
  }
  [[nodiscard]] std::function<void(PipelineOptions&)> options(const std::string& dtype,
                                                              std::int64_t cap = 0) const {
    return [=, this](PipelineOptions& options) {
      options.dtype = read_number_format(dtype);
      options.opened_loras = opened_loras;
      options.budget.reserve_bytes = 0;
      if (cap > 0) options.budget.vram_cap_bytes = cap;
    };
  }
};

// Layers that stay and layers that are streamed, chunks, strips, both sides of guidance: the
// predicted bytes are those that are taken, and the picture is the same.
TEST(OpenedLoras, EveryPlanMakesTheSamePictureInTheMemoryThatWasPredicted) {
  const WithLoras with(test::starter_model());
  for (const std::string dtype : {"fp32", "int8", "bf16"}) {
    std::vector<GeneratedImage> pictures;
    std::set<std::vector<std::string>> plans;
    const std::int64_t resident =
        Runner(test::starter_model(), with.options(dtype)).forecast(with.request).plan.peak_bytes;
    // int8 without VNNI needs more than two fifths.
    const std::int64_t least = Runner(test::starter_model(), with.options(dtype, 1))
                                   .forecast(with.request)
                                   .plan.peak_bytes;
    for (const std::int64_t cap : {resident, resident * 3 / 4, std::max(resident / 2, least),
                                   std::max(resident * 2 / 5, least)}) {
      SCOPED_TRACE(dtype + " " + std::to_string(cap));
      const Runner runner(test::starter_model(), with.options(dtype, cap));
      ASSERT_TRUE(runner.forecast(with.request).fits);
      pictures.push_back(runner.run(with.request).at(0));
      const RunRecord& run_record = pictures.back().run_record;
      EXPECT_EQ(run_record.plan.peak_bytes, run_record.actual_peak_bytes);
      for (const StagePlan& stage : run_record.plan.stages) {
        if (stage.stage == Stage::kLoad || stage.stage == Stage::kSave) continue;
        EXPECT_EQ(stage.peak_bytes,
                  run_record.stage_peak_bytes[static_cast<std::size_t>(stage.stage)])
            << stage_name(stage.stage);
      }
      plans.insert(run_record.plan.execution);
      if (dtype == "bf16") continue;  // other chunks are rounded otherwise
      EXPECT_EQ(pictures.back().image->rgb, pictures.front().image->rgb);
    }
    EXPECT_GE(plans.size(), 3U) << dtype;
  }
}

TEST(OpenedLoras, TheirBlockIsInThePlansWeightsToTheByte) {
  const WithLoras with(test::starter_model());
  GenerationRequest plain = with.request;
  plain.prompt = take_lora_tags(plain.prompt).words;
  for (const auto& [dtype, bytes_a_value] :
       std::map<std::string, std::int64_t>{{"fp32", 4}, {"int8", 4}, {"bf16", 2}}) {
    const Runner before(test::starter_model(),
                        [&](auto& options) { options.dtype = read_number_format(dtype); });
    const Runner after(test::starter_model(), with.options(dtype));
    const Plan a = before.forecast(plain).plan;
    const Plan b = after.forecast(with.request).plan;
    const std::int64_t bytes = bytes_a_value * with.opened_loras->values();
    EXPECT_EQ(lora_bytes(*with.opened_loras, read_number_format(dtype), after.options.device),
              bytes);
    EXPECT_GT(bytes, 0);
    for (std::size_t i = 0; i + 1 < a.stages.size(); ++i) {  // save holds nothing
      EXPECT_EQ(b.stages[i].weights_bytes, a.stages[i].weights_bytes + bytes) << dtype << i;
    }
  }
}

TEST(OpenedLoras, AStrengthOfZeroIsNone) {
  const TempFolder folder;
  const fs::path file = folder.path() / "a.safetensors";
  const ModelFolder model = read_model_folder(test::model_root("tiny"));
  test::write_lora(model.parts.transformer, file, 1);
  const auto opened_loras = opened(model.transformer, {{file, 0.0}});
  EXPECT_EQ(opened_loras->values(), 0);
  Runner plain(test::model_root("tiny"));
  GenerationRequest request = test::small_request(plain);
  const auto expected = plain.run(request).at(0).image->rgb;
  const Runner with(test::model_root("tiny"), [&](auto& o) { o.opened_loras = opened_loras; });
  request.prompt += " <lora:a:0>";
  const GeneratedImage picture = with.run(request).at(0);
  EXPECT_EQ(picture.image->rgb, expected);
  ASSERT_EQ(picture.loras.size(), 1U);
  EXPECT_EQ(picture.loras[0].name, "a");
  EXPECT_EQ(picture.loras[0].hash.size(), 12U);
}

TEST(OpenedLoras, APromptAsksForJustThose) {
  const WithLoras with(test::starter_model(), {3});
  const auto refused = [&](const std::string& prompt, bool has_loras, const std::string& words) {
    const Runner runner(test::starter_model(), [&](PipelineOptions& options) {
      if (has_loras) options.opened_loras = with.opened_loras;
    });
    GenerationRequest request = with.request;
    request.prompt = prompt;
    try {
      (void)runner.run(request);
      ADD_FAILURE() << prompt;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInvalidRequest);
      EXPECT_THAT(error.what(), ::testing::HasSubstr(words));
    }
  };
  refused("a fox <lora:made3:0.5>", false, "(<lora:made3:0.5>)");
  refused("a fox <lora:made3:0.75>", true, "(<lora:made3:0.75>)");
  refused("a fox", true, "(none)");
  refused("a fox <lora:made3:x>", true, "cannot be read");
}

TEST(OpenedLoras, DamagedValuesEndTheRunWithTheTensorsName) {
  const TempFolder folder;
  const fs::path file = folder.path() / "nan.safetensors";
  const std::vector<float> down(64, 1);
  const std::vector<float> up(64, 1);
  const std::vector<NamedTensor> tensors{{"layers.0.attention.to_q.lora_A.weight",
                                          DType::kF32,
                                          {1, 64},
                                          std::as_bytes(std::span(down))},
                                         {"layers.0.attention.to_q.lora_B.weight",
                                          DType::kF32,
                                          {64, 1},
                                          std::as_bytes(std::span(up))}};
  write_tensor_file(file, tensors);
  const ModelFolder model = read_model_folder(test::model_root("tiny"));
  const Runner runner(test::model_root("tiny"), [&](PipelineOptions& options) {
    options.opened_loras = opened(model.transformer, {{file, 1.0}});
  });
  // Damaged after it was opened, where damage is told; its values are the file's last 512 bytes.
  const std::vector<float> damage(64, NAN);
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary)
      .seekp(-512, std::ios::end)
      .write(reinterpret_cast<const char*>(damage.data()), 256);
  GenerationRequest request = test::small_request(runner);
  request.prompt += " <lora:nan:1>";
  try {
    (void)runner.run(request);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModelFile);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("layers.0.attention.to_q.lora_A.weight"));
  }
}

TEST(OpenedLoras, AStrengthHasLimits) {
  const ModelFolder model = read_model_folder(test::model_root("tiny"));
  for (const double strength : {std::nan(""), 101.0, -1e9}) {
    EXPECT_THROW(
        (void)opened(model.transformer, {{fixtures() / "lora/peft.safetensors", strength}}), Error);
  }
}

}  // namespace
}  // namespace headroom
