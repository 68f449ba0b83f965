#include "headroom/model_files/model_folder.h"
#include "headroom/weights/tensor_file.h"

#include "support/paths.h"
#include "weights/weights_test_support.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <vector>

#include <sys/stat.h>

namespace headroom {
namespace {

using test::expect_error;
using test::read_bytes;
using test::read_json;
using test::safetensors;
using test::TemporaryFolder;
using test::zimage_folder;

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

// One byte tensor a file: `name` = `value`.
std::string one_tensor(const std::string& name, char value) {
  return safetensors(R"({")" + name + R"(":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                     std::string(1, value));
}

std::string index_of(const nlohmann::json& map) {
  return nlohmann::json{{"metadata", {{"total_size", 2}}}, {"weight_map", map}}.dump();
}

TEST(ShardIndex, OfTheHostileFilesIsReadOrRefusedAsTheManifestSays) {
  int cases = 0;
  for (const char* set : {"tiny", "f32"}) {
    const std::filesystem::path folder = zimage_folder() / set / "hostile";
    const nlohmann::json manifest = read_json(folder / "manifest.json");
    for (const auto& entry : manifest.at("indexes")) {
      const std::string name = entry.at("file");
      SCOPED_TRACE(name);
      ++cases;
      if (entry.at("valid").get<bool>()) {
        EXPECT_THAT(read_shard_index(folder / name),
                    ::testing::ElementsAre(::testing::Pair("a", "ok_plain.safetensors")));
      } else {
        const auto is_missing_file = name == "index_missing_file.json";
        expect_error(ErrorKind::kModelFile, {is_missing_file ? "not_there.safetensors" : name},
                     [&] { (void)read_shard_index(folder / name); });
      }
    }
  }
  EXPECT_EQ(cases, 14);
}

// The same indexes where a model has them; the traversal's target exists, so only the rule stops
// it.
TEST(TensorStore, ReadsOrRefusesTheHostileIndexes) {
  const std::filesystem::path source = zimage_folder() / "tiny/hostile";
  const nlohmann::json manifest = read_json(source / "manifest.json");
  for (const auto& entry : manifest.at("indexes")) {
    const std::string name = entry.at("file");
    SCOPED_TRACE(name);
    const TemporaryFolder folder;
    folder.write("hostile/ok_plain.safetensors", read_bytes(source / "ok_plain.safetensors"));
    folder.write("hostile/model.safetensors.index.json", read_bytes(source / name));
    if (entry.at("valid").get<bool>()) {
      EXPECT_EQ(TensorStore(folder / "hostile", "model").at("a").data.size(), 16U);
    } else {
      expect_error(ErrorKind::kModelFile, {(folder / "hostile").string()},
                   [&] { TensorStore refused(folder / "hostile", "model"); });
    }
  }
}

TEST(ShardIndex, AllowsPlainFileNamesOnly) {
  const TemporaryFolder folder;
  folder.write("shard", one_tensor("a", 'x'));
  folder.write("sub/shard", one_tensor("a", 'x'));
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("../shard"),
        std::string("sub/shard"), std::string("./shard"), std::string("/etc/passwd"),
        std::string("shard/"), std::string("sub\\shard"), std::string("shard\0x", 7),
        (folder / "shard").string()}) {
    const auto index = folder.write("index.json", index_of({{"a", name}}));
    expect_error(ErrorKind::kModelFile, {index.string(), "plain file name"},
                 [&] { (void)read_shard_index(index); });
  }
  const auto index = folder.write("index.json", index_of({{"a", "shard"}}));
  EXPECT_EQ(read_shard_index(index).size(), 1U);
}

TEST(ShardIndex, IsRefusedWhenItIsNotWhatItShouldBe) {
  const TemporaryFolder folder;
  folder.write("s", one_tensor("a", 'x'));
  std::string deep = R"({"weight_map":{"a":)";
  for (int i = 0; i < 1'000'000; ++i) deep += '[';
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "not valid JSON"},
      {"[]", "not a JSON object"},
      {"null", "not a JSON object"},
      {"\"weight_map\"", "not a JSON object"},
      {R"({"weight_map":{"a":"s"}} x)", "not valid JSON (at byte 26)"},
      {R"({"weight_map":{"a":"s","a":"s"}})", "the key \"a\" twice"},
      {R"({"weight_map":{"a":"s"},"weight_map":{"a":"s"}})", "the key \"weight_map\" twice"},
      {R"({"weight_map":null})", "no weight_map"},
      {R"({"weight_map":["s"]})", "no weight_map"},
      {R"({"weight_map":{"a":null}})", "null"},
      {R"({"weight_map":{"a":["s"]}})", "[\"s\"]"},
      {R"({"weight_map":{"a":{"f":"s"}}})", "plain file name"},
      {R"({"weight_map":{"a":"s"},"metadata":{"total_size":1e999}})", "out of range"},
      {"{\"weight_map\":{\"\xFF\":\"s\"}}", "not valid JSON"},
      {std::string("{\"weight_map\":{\"a\":\"s\"}}\0,", 25), "zero byte"},
      {deep, "nested more than"},
      {std::string(16 * 1024 * 1024 + 1, ' '), "16777217 bytes long"},
  };
  for (const auto& [text, message] : cases) {
    const auto index = folder.write("index.json", text);
    expect_error(ErrorKind::kModelFile, {index.string(), message, "download"},
                 [&] { (void)read_shard_index(index); });
  }
}

TEST(ShardIndex, NamesTheShardThatIsFaulty) {
  const TemporaryFolder folder;
  folder.write("one", one_tensor("a", 'x'));
  folder.write("two", "damaged");
  std::filesystem::create_directory(folder / "three");
  ASSERT_EQ(::mkfifo((folder / "four").c_str(), 0600), 0);
  for (const char* shard : {"two", "three", "four", "five"}) {
    const auto index = folder.write("index.json", index_of({{"a", "one"}, {"b", shard}}));
    expect_error(ErrorKind::kModelFile, {(folder / shard).string() + ":"},
                 [&] { (void)read_shard_index(index); });
  }
}

TEST(TensorStore, ReadsASingleFile) {
  const TemporaryFolder folder;
  const auto file = folder.write("model.safetensors", one_tensor("a", 'x'));
  const TensorStore store(folder.path(), "model");
  EXPECT_EQ(store.at("a").data[0], std::byte{'x'});
  EXPECT_TRUE(store.contains("a"));
  EXPECT_FALSE(store.contains("b"));
  EXPECT_THAT(store.names(), ::testing::ElementsAre("a"));
  EXPECT_EQ(store.file_of("a"), file);
  EXPECT_EQ(store.total_bytes(), 1);
  expect_error(ErrorKind::kModelFile, {file.string() + ": tensor b is missing"},
               [&] { (void)store.at("b"); });
  expect_error(ErrorKind::kModelFile, {file.string() + ": tensor b is missing"},
               [&] { (void)store.file_of("b"); });
}

TEST(TensorStore, ReadsShards) {
  const TemporaryFolder folder;
  folder.write("1", one_tensor("a", 'x'));
  folder.write("2", safetensors(R"({"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                                R"("unlisted":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
                                "yzu"));
  folder.write("model.safetensors.index.json", index_of({{"a", "1"}, {"b", "2"}}));
  TensorStore store(folder.path(), "model");
  const std::byte* data = store.at("b").data.data();
  const TensorStore moved(std::move(store));
  EXPECT_EQ(moved.at("b").data.data(), data);
  EXPECT_EQ(data[1], std::byte{'z'});
  EXPECT_THAT(moved.names(), ::testing::ElementsAre("a", "b"));  // what the index lists, no more
  EXPECT_EQ(moved.file_of("a"), folder / "1");
  EXPECT_EQ(moved.file_of("b"), folder / "2");
  EXPECT_EQ(moved.total_bytes(), 3);
  expect_error(ErrorKind::kModelFile, {folder.path().string() + ": tensor c is missing"},
               [&] { (void)moved.at("c"); });
}

// In the Hugging Face cache a snapshot's files are symbolic links out of the folder, to blobs.
TEST(TensorStore, FollowsShardsThatAreSymbolicLinks) {
  const TemporaryFolder folder;
  folder.write("blobs/01", one_tensor("a", 'x'));
  folder.write("blobs/02", index_of({{"a", "model-1.safetensors"}}));
  std::filesystem::create_directories(folder / "snapshots/0/text_encoder");
  const std::filesystem::path component = folder / "snapshots/0/text_encoder";
  std::filesystem::create_symlink("../../../blobs/01", component / "model-1.safetensors");
  std::filesystem::create_symlink("../../../blobs/02", component / "model.safetensors.index.json");
  const TensorStore store(component, "model");
  EXPECT_EQ(store.at("a").data[0], std::byte{'x'});
  EXPECT_EQ(store.file_of("a"), component / "model-1.safetensors");
}

TEST(TensorStore, PrefersTheSingleFileToAnIndex) {
  const TemporaryFolder folder;
  folder.write("model.safetensors", one_tensor("single", 'x'));
  folder.write("shard", one_tensor("sharded", 'x'));
  folder.write("model.safetensors.index.json", index_of({{"sharded", "shard"}}));
  EXPECT_TRUE(TensorStore(folder.path(), "model").contains("single"));
}

TEST(TensorStore, SaysWhatIsMissing) {
  const TemporaryFolder folder;
  const auto refuse = [&](const std::filesystem::path& path, const std::string& message) {
    expect_error(ErrorKind::kModelFile, {message}, [&] { TensorStore refused(path, "model"); });
  };
  const std::string neither = " holds neither model.safetensors nor model.safetensors.index.json";
  refuse(folder.path(), folder.path().string() + ":" + neither);
  refuse(folder / "none", (folder / "none").string() + ":" + neither);
  folder.write("model.ckpt", "x");
  refuse(folder.path(), neither + " (but model.ckpt, which cannot be read)");
  // One of another name is what is meant.
  folder.write("diffusion_pytorch_model.safetensors", one_tensor("a", 'x'));
  EXPECT_TRUE(TensorStore(folder.path(), "model").contains("a"));
  std::filesystem::create_symlink("no-blob", folder / "model.safetensors");
  refuse(folder.path(), (folder / "model.safetensors").string() + ": the file is missing");
  std::filesystem::remove(folder / "model.safetensors");
  std::filesystem::create_directory(folder / "model.safetensors");
  refuse(folder.path(), (folder / "model.safetensors").string() + ": is a folder");
}

TEST(TensorStore, OpensTheShardedModel) {
  const std::filesystem::path model = zimage_folder() / "f32/model";
  const std::vector<std::tuple<const char*, const char*, std::size_t>> components{
      {"transformer", "diffusion_pytorch_model", 3}, {"text_encoder", "model", 2}};
  for (const auto& [component, stem, shard_count] : components) {
    SCOPED_TRACE(component);
    const TensorStore store(model / component, stem);
    const nlohmann::json index =
        read_json(model / component / (std::string(stem) + ".safetensors.index.json"));
    std::set<std::filesystem::path> files;
    std::int64_t bytes = 0;
    EXPECT_EQ(store.names().size(), index.at("weight_map").size());
    for (const auto& [name, shard] : index.at("weight_map").items()) {
      EXPECT_EQ(store.file_of(name), model / component / shard.get<std::string>());
      files.insert(store.file_of(name));
      bytes += static_cast<std::int64_t>(store.at(name).data.size());
    }
    EXPECT_EQ(files.size(), shard_count);
    EXPECT_EQ(store.total_bytes(), bytes);
    EXPECT_EQ(index.at("metadata").at("total_size").get<std::int64_t>(), bytes);
  }
}

Shapes shapes_of(const TensorStore& store) {
  Shapes shapes;
  for (const std::string& name : store.names()) shapes[name] = store.at(name).shape;
  return shapes;
}

// The published list of the transformer's tensors, for any sizes.
Shapes expected_transformer(const TransformerConfig& c) {
  const std::int64_t dim = c.dim;
  const std::int64_t patch = 4 * c.in_channels;
  const std::int64_t ffn = c.ffn_dim();
  const std::int64_t ada = c.adaln_dim();
  Shapes s{{"all_x_embedder.2-1.weight", {dim, patch}},
           {"all_x_embedder.2-1.bias", {dim}},
           {"cap_embedder.0.weight", {c.cap_feat_dim}},
           {"cap_embedder.1.weight", {dim, c.cap_feat_dim}},
           {"cap_embedder.1.bias", {dim}},
           {"t_embedder.mlp.0.weight", {1024, 256}},
           {"t_embedder.mlp.0.bias", {1024}},
           {"t_embedder.mlp.2.weight", {ada, 1024}},
           {"t_embedder.mlp.2.bias", {ada}},
           {"x_pad_token", {1, dim}},
           {"cap_pad_token", {1, dim}},
           {"all_final_layer.2-1.linear.weight", {patch, dim}},
           {"all_final_layer.2-1.linear.bias", {patch}},
           {"all_final_layer.2-1.adaLN_modulation.1.weight", {dim, ada}},
           {"all_final_layer.2-1.adaLN_modulation.1.bias", {dim}}};
  const auto add_block = [&](const std::string& b, bool modulated) {
    for (const char* name : {"to_q", "to_k", "to_v", "to_out.0"}) {
      s[b + ".attention." + name + ".weight"] = {dim, dim};
    }
    for (const char* name : {"norm_q", "norm_k"}) {
      s[b + ".attention." + name + ".weight"] = {c.head_dim()};
    }
    for (const char* name : {"attention_norm1", "attention_norm2", "ffn_norm1", "ffn_norm2"}) {
      s[b + "." + name + ".weight"] = {dim};
    }
    s[b + ".feed_forward.w1.weight"] = {ffn, dim};
    s[b + ".feed_forward.w3.weight"] = {ffn, dim};
    s[b + ".feed_forward.w2.weight"] = {dim, ffn};
    if (modulated) {
      s[b + ".adaLN_modulation.0.weight"] = {4 * dim, ada};
      s[b + ".adaLN_modulation.0.bias"] = {4 * dim};
    }
  };
  for (int i = 0; i < c.n_refiner_layers; ++i) {
    add_block("noise_refiner." + std::to_string(i), true);
    add_block("context_refiner." + std::to_string(i), false);
  }
  for (int i = 0; i < c.n_layers; ++i) add_block("layers." + std::to_string(i), true);
  return s;
}

Shapes expected_text_encoder(const TextEncoderConfig& c) {
  const std::int64_t hidden = c.hidden_size;
  const std::int64_t inner = c.intermediate_size;
  const std::int64_t q = static_cast<std::int64_t>(c.num_attention_heads) * c.head_dim;
  const std::int64_t kv = static_cast<std::int64_t>(c.num_key_value_heads) * c.head_dim;
  Shapes s{{"embed_tokens.weight", {c.vocab_size, hidden}}, {"norm.weight", {hidden}}};
  for (int i = 0; i < c.num_hidden_layers; ++i) {
    const std::string layer = "layers." + std::to_string(i) + ".";
    s[layer + "input_layernorm.weight"] = {hidden};
    s[layer + "post_attention_layernorm.weight"] = {hidden};
    s[layer + "self_attn.q_proj.weight"] = {q, hidden};
    s[layer + "self_attn.k_proj.weight"] = {kv, hidden};
    s[layer + "self_attn.v_proj.weight"] = {kv, hidden};
    s[layer + "self_attn.o_proj.weight"] = {hidden, q};
    s[layer + "self_attn.q_norm.weight"] = {c.head_dim};
    s[layer + "self_attn.k_norm.weight"] = {c.head_dim};
    s[layer + "mlp.gate_proj.weight"] = {inner, hidden};
    s[layer + "mlp.up_proj.weight"] = {inner, hidden};
    s[layer + "mlp.down_proj.weight"] = {hidden, inner};
  }
  return s;
}

// The arithmetic of the expectation itself, against the published numbers of the real model.
TEST(TensorStore, ExpectationHasTheRealModelsCounts) {
  const auto parameters = [](const Shapes& shapes) {
    std::int64_t sum = 0;
    for (const auto& [name, shape] : shapes) {
      sum += std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    }
    return sum;
  };
  const Shapes transformer = expected_transformer({});
  EXPECT_EQ(transformer.size(), 521U);
  EXPECT_EQ(parameters(transformer), 6'154'908'736);
  const Shapes text_encoder = expected_text_encoder({});
  EXPECT_EQ(text_encoder.size(), 398U);
  EXPECT_EQ(parameters(text_encoder), 4'022'468'096);
}

TEST(TensorStore, ModelsHoldTheTensorsThatTheirConfigsAskFor) {
  for (const std::filesystem::path& root :
       {zimage_folder() / "tiny/model", zimage_folder() / "f32/model", test::starter_model()}) {
    SCOPED_TRACE(root.string());
    const ModelFolder folder = read_model_folder(root);
    EXPECT_EQ(shapes_of(TensorStore(root / "transformer", "diffusion_pytorch_model")),
              expected_transformer(folder.transformer));
    Shapes text_encoder;  // with the prefix `model.` or without; an output layer is not used
    for (const auto& [name, shape] : shapes_of(TensorStore(root / "text_encoder", "model"))) {
      if (name == "lm_head.weight") continue;
      text_encoder[name.starts_with("model.") ? name.substr(6) : name] = shape;
    }
    EXPECT_EQ(text_encoder, expected_text_encoder(folder.text_encoder));
    EXPECT_TRUE(
        TensorStore(root / "vae", "diffusion_pytorch_model").contains("decoder.conv_in.weight"));
  }
}

}  // namespace
}  // namespace headroom
