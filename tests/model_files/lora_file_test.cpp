#include "headroom/model_files/lora_file.h"

#include "weights/quant_test_support.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <random>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::floats_of;
using test::TemporaryFolder;

// Of the small reference model's transformer, as diffusers names them.
const std::vector<NamedMatrix>& network() {
  static const std::vector<NamedMatrix> matrices = [] {
    std::vector<NamedMatrix> found;
    const TensorStore store(test::zimage_folder() / "tiny/model/transformer",
                            "diffusion_pytorch_model");
    for (const auto& [name, view] : store.views()) {
      if (view.shape.size() == 2) found.push_back({name, view.shape[0], view.shape[1]});
    }
    // q, k and v in the order of their fused rows
    std::stable_sort(found.begin(), found.end(), [](const NamedMatrix& a, const NamedMatrix& b) {
      const auto place = [](const std::string& name) {
        return name.find("to_k") != name.npos ? 1 : name.find("to_v") != name.npos ? 2 : 0;
      };
      return place(a.name) < place(b.name);
    });
    return found;
  }();
  return matrices;
}

using Values = std::vector<double>;  // row by row

Values values_of(const LoraFile& file, const LoraFactor& factor) {
  const auto read = [&](const LoraMatrix& matrix) {
    std::vector<float> values(static_cast<std::size_t>(matrix.rows * matrix.columns));
    file.read(matrix, 0, matrix.rows, values);
    return values;
  };
  const std::vector<float> left = read(factor.left);
  if (!factor.right) return {left.begin(), left.end()};
  const std::vector<float> right = read(*factor.right);
  const auto rows = static_cast<std::size_t>(factor.rows());
  const auto columns = static_cast<std::size_t>(factor.columns());
  const auto rank = static_cast<std::size_t>(factor.rank());
  Values product(rows * columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t k = 0; k < rank; ++k) {
      for (std::size_t j = 0; j < columns; ++j) {
        product[i * columns + j] += double{left[i * rank + k]} * right[k * columns + j];
      }
    }
  }
  return product;
}

// What is added to the matrix.
Values delta_of(const LoraFile& file, const MatrixChange& change) {
  const Values first = values_of(file, change.first);
  const auto columns = static_cast<std::size_t>(change.columns);
  Values whole = first;
  if (change.form == MatrixChange::Form::kHadamard) {
    const Values second = values_of(file, *change.second);
    for (std::size_t i = 0; i < whole.size(); ++i) whole[i] *= second[i];
  } else if (change.form == MatrixChange::Form::kKronecker) {
    const Values second = values_of(file, *change.second);
    const auto rows2 = static_cast<std::size_t>(change.second->rows());
    const auto columns2 = static_cast<std::size_t>(change.second->columns());
    const std::size_t columns1 = columns / columns2;
    whole.assign(first.size() * second.size(), 0);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const std::size_t row = i / columns;
      const std::size_t column = i % columns;
      whole[i] = first[row / rows2 * columns1 + column / columns2] *
                 second[row % rows2 * columns2 + column % columns2];
    }
  }
  const auto begin = whole.begin() + change.first_row * change.columns;
  Values part(begin, begin + change.rows * change.columns);
  for (double& value : part) value *= change.scale;
  return part;
}

std::map<std::string, Values> deltas_of(const LoraFile& file) {
  std::map<std::string, Values> all;
  for (const MatrixChange& change : file.changes()) {
    EXPECT_TRUE(all.emplace(change.matrix, delta_of(file, change)).second) << change.matrix;
  }
  return all;
}

// Every file of the fixtures, merged, is what the reference merges.
TEST(LoraFixtures, EverySpellingGivesTheReferencesMatrices) {
  const nlohmann::json manifest =
      test::read_json(test::zimage_folder() / "tiny/expected/lora.json");
  const TensorFile expected(test::zimage_folder() / "tiny/expected/lora.safetensors");
  const TensorStore base(test::zimage_folder() / "tiny/model/transformer",
                         "diffusion_pytorch_model");
  ASSERT_EQ(manifest["cases"].size(), 13U);
  for (const auto& c : manifest["cases"]) {
    const std::string file_name = c["params"]["file"];
    SCOPED_TRACE(file_name);
    const LoraFile file(test::zimage_folder() / "tiny" / file_name, network());
    EXPECT_EQ(file.matched_keys(), file.keys());
    EXPECT_TRUE(file.notes().empty());
    const auto deltas = deltas_of(file);
    std::vector<std::string> changed;
    for (const auto& [name, delta] : deltas) {
      changed.push_back(name.substr(0, name.size() - std::string(".weight").size()));
    }
    EXPECT_EQ(changed, c["changed_modules"].get<std::vector<std::string>>());
    for (const auto& [module, output] : c["outputs"].items()) {
      if (module == "out") continue;
      const std::vector<float> merged =
          floats_of(expected.tensors().at(output["tensor"].get<std::string>()));
      const std::vector<float> before = floats_of(base.at(module + ".weight"));
      const Values& delta = deltas.at(module + ".weight");
      ASSERT_EQ(delta.size(), merged.size());
      double worst = 0;
      for (std::size_t i = 0; i < merged.size(); ++i) {
        const double value = before[i] + c["params"]["strength"].get<double>() * delta[i];
        worst = std::max(worst, std::abs(value - merged[i]));
      }
      EXPECT_LE(worst, output["atol"].get<double>()) << module;
    }
  }
}

// Files made here.
struct Tensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values{};  // empty: random
};

class OpenedLoras : public ::testing::Test {
 protected:
  fs::path write(const std::vector<Tensor>& tensors,
                 const std::map<std::string, std::string>& metadata = {}) {
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    std::vector<std::vector<float>> values;
    std::vector<NamedTensor> named;
    for (const Tensor& tensor : tensors) {
      std::size_t count = 1;
      for (const std::int64_t n : tensor.shape) count *= static_cast<std::size_t>(n);
      std::vector<float>& filled = values.emplace_back(tensor.values);
      while (filled.size() < count) filled.push_back(normal(random));
    }
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      named.push_back({tensors[i].name, DType::kF32, tensors[i].shape,
                       std::as_bytes(std::span<const float>(values[i]))});
    }
    const fs::path file = folder_ / ("a" + std::to_string(++files_) + ".safetensors");
    write_tensor_file(file, named, metadata);
    return file;
  }
  LoraFile open(const std::vector<Tensor>& tensors,
                const std::map<std::string, std::string>& metadata = {}) {
    return LoraFile(write(tensors, metadata), network());
  }
  void refused(const std::vector<Tensor>& tensors, std::vector<std::string> words,
               const std::map<std::string, std::string>& metadata = {}) {
    const fs::path file = write(tensors, metadata);
    words.push_back(file.string());
    expect_error(ErrorKind::kModelFile, words, [&] {
      const LoraFile opened(file, network());
      for (const MatrixChange& change : opened.changes()) (void)delta_of(opened, change);
    });
  }

  TemporaryFolder folder_;
  int files_ = 0;
};

constexpr const char* kQ = "layers.0.attention.to_q";  // [64, 64]

// Beyond those of the fixtures.
TEST_F(OpenedLoras, AreKnownByEveryPrefixAndEnding) {
  const auto pair = [](const std::string& module, const char* down, const char* up) {
    return std::vector<Tensor>{{module + down, {2, 64}}, {module + up, {64, 2}}};
  };
  const std::string q = kQ;
  const std::string flat = "layers_0_attention_to_q";
  const auto expected = deltas_of(open(pair(q, ".lora_A.weight", ".lora_B.weight")));
  ASSERT_EQ(expected.size(), 1U);
  ASSERT_EQ(expected.begin()->first, q + ".weight");
  for (const auto& tensors :
       {pair("base_model.model." + q, ".lora_A.weight", ".lora_B.weight"),
        pair("base_model.model.transformer." + q, ".lora_A.default.weight",
             ".lora_B.default.weight"),
        pair("model.diffusion_model." + q, ".lora_A", ".lora_B"),
        pair("transformer." + q, ".lora_down.weight", ".lora_up.weight"),
        pair("transformer." + q, ".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight"),
        pair("diffusion_model.layers.0.attention.to.q", ".lora.down.weight", ".lora.up.weight"),
        pair("lycoris_" + flat, ".lora_down.weight", ".lora_up.weight"),
        pair("lora_unet_" + flat, ".lora_A.weight", ".lora_B.weight")}) {
    SCOPED_TRACE(tensors.front().name);
    EXPECT_EQ(deltas_of(open(tensors)), expected);
  }
}

TEST_F(OpenedLoras, NamesOfSingleFilesAndOfTheEndsAreKnown) {
  const auto changed = [&](const std::string& module, std::int64_t rows, std::int64_t columns) {
    const LoraFile file = open(
        {{module + ".lora_down.weight", {2, columns}}, {module + ".lora_up.weight", {rows, 2}}});
    return file.changes().at(0).matrix;
  };
  EXPECT_EQ(changed("lora_unet_final_layer_linear", 64, 64), "all_final_layer.2-1.linear.weight");
  EXPECT_EQ(changed("lora_unet_all_final_layer_2-1_linear", 64, 64),
            "all_final_layer.2-1.linear.weight");
  EXPECT_EQ(changed("diffusion_model.x_embedder", 64, 64), "all_x_embedder.2-1.weight");
  EXPECT_EQ(changed("lora_unet_cap_embedder_1", 64, 48), "cap_embedder.1.weight");
  EXPECT_EQ(changed("lora_unet_t_embedder_mlp_0", 1024, 256), "t_embedder.mlp.0.weight");
}

TEST_F(OpenedLoras, ScalesComeFromAlphaThenFromTheMetadata) {
  const std::string q = kQ;
  const std::vector<Tensor> plain{{q + ".lora_A.weight", {4, 64}}, {q + ".lora_B.weight", {64, 4}}};
  std::vector<Tensor> own = plain;
  own.push_back({q + ".alpha", {}, {2}});
  const auto scale = [](const LoraFile& file) { return file.changes().at(0).scale; };
  const auto metadata = [](const std::string& json) {
    return std::map<std::string, std::string>{{"lora_adapter_metadata", json}};
  };
  EXPECT_EQ(scale(open(plain)), 1.0);
  EXPECT_EQ(scale(open(own)), 0.5);
  EXPECT_EQ(scale(open(plain, metadata(R"({"transformer.lora_alpha": 10})"))), 2.5);
  EXPECT_EQ(scale(open(own, metadata(R"({"transformer.lora_alpha": 10})"))), 0.5);
  EXPECT_EQ(scale(open(plain, metadata(R"({"transformer.lora_alpha": 10,
                       "transformer.use_rslora": true})"))),
            5.0);
  EXPECT_EQ(scale(open(plain, metadata(R"({"transformer.lora_alpha": 10,
                       "transformer.alpha_pattern": {"attention.to_q": 1}})"))),
            0.25);
  EXPECT_EQ(scale(open(plain, metadata(R"({"text_encoder.lora_alpha": 10})"))), 1.0);
  for (const char* const broken :
       {"[", "7", R"({"transformer.lora_alpha": "10"})", R"({"transformer.alpha_pattern": 3})",
        R"({"transformer.alpha_pattern": {"to_q": null}})"}) {
    refused(plain, {"lora_adapter_metadata", "download it again"}, metadata(broken));
  }
}

// By hand: ([1, 2] x [3, 4]) ∘ ([5, 6] x [7, 8]) and so on, in a corner of zeros.
TEST_F(OpenedLoras, LoHaMultipliesTwoProductsElementByElement) {
  const std::string q = std::string("lycoris_") + "layers_0_attention_to_q";
  const auto column = [](float a, float b) {
    std::vector<float> values(64);
    values[0] = a, values[1] = b;
    return values;
  };
  const LoraFile file = open({{q + ".hada_w1_a", {64, 1}, column(1, 2)},
                              {q + ".hada_w1_b", {1, 64}, column(3, 4)},
                              {q + ".hada_w2_a", {64, 1}, column(5, 6)},
                              {q + ".hada_w2_b", {1, 64}, column(7, 8)},
                              {q + ".alpha", {1}, {0.5F}}});
  const Values delta = deltas_of(file).at(std::string(kQ) + ".weight");
  // rows: (1*3)(5*7), (1*4)(5*8); (2*3)(6*7), (2*4)(6*8); times 0.5 / 1
  EXPECT_EQ(delta[0], 52.5);
  EXPECT_EQ(delta[1], 80);
  EXPECT_EQ(delta[64], 126);
  EXPECT_EQ(delta[65], 192);
  EXPECT_EQ(std::count(delta.begin(), delta.end(), 0.0), 64 * 64 - 4);
}

TEST_F(OpenedLoras, ALoKrsScaleCountsForProductsOnly) {
  const std::string q = kQ;
  const Tensor alpha{q + ".alpha", {}, {6}};
  const auto scale = [&](const std::vector<Tensor>& tensors) {
    return open(tensors).changes().at(0).scale;
  };
  EXPECT_EQ(scale({{q + ".lokr_w1", {8, 8}}, {q + ".lokr_w2", {8, 8}}, alpha}), 1);
  EXPECT_EQ(scale({{q + ".lokr_w1_a", {8, 2}},
                   {q + ".lokr_w1_b", {2, 8}},
                   {q + ".lokr_w2", {8, 8}},
                   alpha}),
            3);
  EXPECT_EQ(scale({{q + ".lokr_w1_a", {8, 2}},
                   {q + ".lokr_w1_b", {2, 8}},
                   {q + ".lokr_w2_a", {8, 3}},
                   {q + ".lokr_w2_b", {3, 8}},
                   alpha}),
            2);
}

TEST_F(OpenedLoras, FusedRowsAreCutInThree) {
  const std::string qkv = "diffusion_model.layers.1.attention.qkv";
  for (const auto& tensors : std::vector<std::vector<Tensor>>{
           {{qkv + ".lora_A.weight", {2, 64}}, {qkv + ".lora_B.weight", {192, 2}}},
           {{qkv + ".lokr_w1", {16, 8}}, {qkv + ".lokr_w2", {12, 8}}}}) {
    const LoraFile file = open(tensors);
    ASSERT_EQ(file.changes().size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      const MatrixChange& change = file.changes()[i];
      const std::string name = std::vector<std::string>{"to_q", "to_k", "to_v"}[i];
      EXPECT_EQ(change.matrix, "layers.1.attention." + name + ".weight");
      EXPECT_EQ(change.first_row, static_cast<std::int64_t>(64 * i));
      EXPECT_EQ(change.rows, 64);  // of the 192 of q, k and v
    }
  }
}

TEST_F(OpenedLoras, WhatHasNoEffectIsTold) {
  const std::string q = kQ;
  const LoraFile file = open({{q + ".lora_A.weight", {2, 64}},
                              {q + ".lora_B.weight", {64, 2}},
                              {q + ".dora_scale", {64, 1}},
                              {"lora_te_layers_0.lora_up.weight", {2, 2}},
                              {"layers.9.attention.to_q.lora_A.weight", {2, 64}}});
  EXPECT_EQ(file.keys(), 5);
  EXPECT_EQ(file.matched_keys(), 3);
  ASSERT_EQ(file.notes().size(), 2U);
  EXPECT_THAT(file.notes()[0].english(), ::testing::HasSubstr("DoRA"));
  EXPECT_THAT(file.notes()[1].english(), ::testing::HasSubstr("3 of 5 keys"));
}

TEST_F(OpenedLoras, AFileForAnotherModelIsRefusedWithTheCountOfItsKeys) {
  const std::string q = kQ;
  refused({{"double_blocks.0.img_attn.qkv.lora_A.weight", {2, 64}},
           {"double_blocks.0.img_attn.qkv.lora_B.weight", {64, 2}}},
          {"none of its 2 keys", "double_blocks.0", "made for this model"});
  refused({{q + ".lora_A.weight", {2, 3840}},
           {q + ".lora_B.weight", {3840, 2}},
           {"x.lora_A.weight", {2, 2}}},
          {"[3840, 3840]", "layers.0.attention.to_q.weight of [64, 64]", "2 of 3 keys"});
  refused({{q + ".lokr_w1", {16, 16}}, {q + ".lokr_w2", {240, 240}}}, {"[16, 16], [240, 240]"});
}

TEST_F(OpenedLoras, OneSentenceForEverythingThatIsWrong) {
  const std::string q = kQ;
  const Tensor down{q + ".lora_A.weight", {2, 64}};
  const Tensor up{q + ".lora_B.weight", {64, 2}};
  const Tensor other{"layers.1.attention.to_q.lora_A.weight", {2, 64}};
  refused({down}, {"has lora_A (lora_down) but no lora_B (lora_up)", "incomplete"});
  refused({down, up, other}, {"layers.1.attention.to_q has lora_A", "no lora_B"});
  refused({{q + ".alpha", {}, {1}}}, {"has alpha but no lora_B"});
  refused({{q + ".lokr_w1", {8, 8}}}, {"has lokr_w1 but no lokr_w2"});
  refused({{q + ".hada_w1_a", {64, 2}}, {q + ".hada_w1_b", {2, 64}}}, {"no hada_w2_a"});
  refused({down, {q + ".lora_B.weight", {64, 3}}}, {"lora_A.weight has shape [2, 64]"});
  refused({{q + ".lora_A.weight", {128}}, up}, {"has shape [128]"});
  refused({{q + ".lora_A.weight", {2, 64, 3, 3}}, up}, {"has shape [2, 64, 3, 3]"});
  refused({{q + ".lora_A.weight", {0, 64}}, {q + ".lora_B.weight", {64, 0}}}, {"has shape"});
  refused({{q + ".lora_A.weight", {65, 64}}, {q + ".lora_B.weight", {64, 65}}},
          {"has the rank 65", "64 at most"});
  refused({down, up, {q + ".alpha", {}, {NAN}}}, {"alpha is not one finite number"});
  refused({down, up, {q + ".alpha", {2}}}, {"alpha is not one finite number"});
  refused({down, up, {q + ".lokr_w1", {8, 8}}}, {"does not go with the other tensors"});
  refused({{q + ".oft_blocks", {4, 4}}}, {"a kind of adapter that cannot be applied here"});
  refused({down, up, {"transformer." + q + ".lora_A.weight", {2, 64}}},
          {"transformer.layers.0.attention.to_q", "change the same matrix"});
  refused({{q + ".lora_A.weight", {2, 64}, std::vector<float>(128, NAN)}, up},
          {"not finite", "download it again"});
  refused({{q + ".lora_A.weight", {2, 64}, std::vector<float>(128)}, up}, {"hole of zeros"});
  std::vector<float> hole(170 * 64);
  hole.front() = hole.back() = 1;
  const std::string w1 = "layers.0.feed_forward.w1";
  refused({{w1 + ".lora_A.weight", {64, 64}}, {w1 + ".lora_B.weight", {170, 64}, hole}},
          {"lora_B.weight", "hole of zeros"});
}

// So that a list, a plan and a run say the same.
TEST_F(OpenedLoras, DamagedValuesAreToldWhenTheFileIsOpened) {
  const std::string q = kQ;
  const Tensor down{q + ".lora_A.weight", {64, 64}};
  std::vector<float> broken(64 * 64, 1);
  broken[32 * 64] = NAN;  // in the middle
  const fs::path middle = write({down, {q + ".lora_B.weight", {64, 64}, broken}}, {});
  expect_error(ErrorKind::kModelFile, {"lora_B.weight", "not finite"},
               [&] { (void)LoraFile(middle, network()); });
  const fs::path zero = write({{q + ".lora_A.weight", {64, 64}, std::vector<float>(64 * 64)},
                               {q + ".lora_B.weight", {64, 64}}},
                              {});
  expect_error(ErrorKind::kModelFile, {"lora_A.weight", "hole of zeros"},
               [&] { (void)LoraFile(zero, network()); });
}

TEST_F(OpenedLoras, DamageBetweenTheSamplesIsToldWhenItIsRead) {
  const std::string q = kQ;
  const std::vector<NamedMatrix> wide{{q + ".weight", 4096, 64}};
  std::vector<float> broken(4096 * 64, 1);
  broken[1000 * 64] = NAN;  // samples are of 256 rows
  const LoraFile file(
      write({{q + ".lora_A.weight", {64, 64}}, {q + ".lora_B.weight", {4096, 64}, broken}}, {}),
      wide);
  expect_error(ErrorKind::kModelFile, {"lora_B.weight", "not finite"},
               [&] { (void)delta_of(file, file.changes().front()); });
}

TEST_F(OpenedLoras, ModulesThatWereNotTrainedMayBeZero) {
  const std::string q = kQ;
  const auto deltas = deltas_of(open(
      {{q + ".lora_A.weight", {2, 64}}, {q + ".lora_B.weight", {64, 2}, std::vector<float>(128)}}));
  EXPECT_EQ(deltas.begin()->second, Values(64 * 64));
}

TEST_F(OpenedLoras, OtherFilesAreRefusedByWhatTheyAre) {
  const auto refuse = [](const fs::path& file, const std::vector<std::string>& words) {
    expect_error(ErrorKind::kModelFile, words, [&] { LoraFile opened(file, network()); });
  };
  refuse(test::zimage_folder() / "tiny/model/vae/diffusion_pytorch_model.safetensors",
         {"is a VAE (autoencoder), where a LoRA is wanted"});
  refuse(test::quant_folder() / "foreign/controlnet.safetensors", {"ControlNet", "LoRA is wanted"});
  refuse(test::quant_folder() / "foreign/pickle.ckpt", {"pickle"});
  refuse(folder_ / "none.safetensors", {"none.safetensors"});
  const std::string q = std::string(kQ) + ".lora_A.weight";
  refuse(folder_.write(
             "codes.safetensors",
             test::safetensors(
                 "{\"" + q + R"(":{"dtype":"I8","shape":[1,64],"data_offsets":[0,64]},")" +
                     std::string(kQ) +
                     R"(.lora_B.weight":{"dtype":"I8","shape":[64,1],"data_offsets":[64,128]}})",
                 std::string(128, 'a'))),
         {"is stored as I8"});
}

TEST_F(OpenedLoras, TheHashIsOfWhatFollowsTheHeader) {
  const fs::path file = test::zimage_folder() / "tiny/lora/peft.safetensors";
  const std::string bytes = test::read_bytes(file);
  std::size_t header = 0;
  for (int i = 7; i >= 0; --i)
    header = header << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  const std::span data(bytes.data() + 8 + header, bytes.size() - 8 - header);
  EXPECT_EQ(LoraFile(file, network()).hash(), test::sha256(std::as_bytes(data)).substr(0, 12));
}

}  // namespace
}  // namespace headroom
