#include "headroom/weights/network_tensors.h"

#include "headroom/weights/dequantize.h"

#include "weights/quant_test_support.h"

#include <map>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::quant_folder;
using test::same_bits;
using test::TemporaryFolder;

fs::path models() { return quant_folder() / "models"; }

std::vector<float> values_of(const NetworkTensors& tensors, const std::string& name,
                             const std::vector<std::int64_t>& shape) {
  const TensorRows rows = tensors.at(name, shape);
  std::vector<float> values(static_cast<std::size_t>(rows.rows * rows.width));
  read_rows(rows, 0, rows.rows, values);
  return values;
}

// Names and shapes as diffusers and transformers have them.
std::map<std::string, std::vector<std::int64_t>> asked(Network network) {
  const bool text = network == Network::kTextEncoder;
  const fs::path file =
      models() / "model" /
      (text                               ? "text_encoder/model.safetensors"
       : network == Network::kTransformer ? "transformer/diffusion_pytorch_model.safetensors"
                                          : "vae/diffusion_pytorch_model.safetensors");
  std::map<std::string, std::vector<std::int64_t>> result;
  const TensorFile opened(file);
  for (const auto& [name, view] : opened.tensors()) {
    result[text ? name.substr(std::string("model.").size()) : name] = view.shape;
  }
  return result;
}

void expect_same(const fs::path& place, Network network, bool to_the_bit) {
  SCOPED_TRACE(place.string());
  const NetworkTensors whole(models() / "model" /
                                 (network == Network::kTextEncoder   ? "text_encoder"
                                  : network == Network::kTransformer ? "transformer"
                                                                     : "vae"),
                             network);
  const NetworkTensors other(place, network);
  int compared = 0;
  for (const auto& [name, shape] : asked(network)) {
    SCOPED_TRACE(name);
    ++compared;
    const std::vector<float> expected = values_of(whole, name, shape);
    const std::vector<float> actual = values_of(other, name, shape);
    if (to_the_bit) {
      EXPECT_TRUE(same_bits(actual, expected));
      continue;
    }
    // Quantised, some of it coarsely: values of any other rows would be off by twice the norm.
    ASSERT_EQ(actual.size(), expected.size());
    double error = 0;
    double norm = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
      error += std::pow(static_cast<double>(actual[i]) - expected[i], 2);
      norm += std::pow(static_cast<double>(expected[i]), 2);
    }
    EXPECT_LT(error, norm);
  }
  EXPECT_GE(compared, 30);
}

TEST(NetworkTensors, AreTheFoldersInSingleFilesAndCheckpoints) {
  for (const char* const file :
       {"single/z_image.safetensors", "single/z_image_prefixed.safetensors",
        "single/aio.safetensors", "gguf/z_image-BF16.gguf"}) {
    expect_same(models() / file, Network::kTransformer, /*to_the_bit=*/true);
  }
  for (const char* const file : {"single/qwen_3_4b.safetensors", "single/aio.safetensors"}) {
    expect_same(models() / file, Network::kTextEncoder, true);
  }
  for (const char* const file : {"single/ae.safetensors", "single/aio.safetensors"}) {
    expect_same(models() / file, Network::kVae, true);
  }
}

// The thirds of a fused matrix too, whose scales are in tiles of 128 rows or one a row.
TEST(NetworkTensors, AreNearTheFoldersInEveryQuantizedFile) {
  int files = 0;
  for (const char* const folder : {"comfy", "gguf"}) {
    for (const auto& entry : fs::directory_iterator(models() / folder)) {
      const bool text = entry.path().filename().string().starts_with("qwen");
      expect_same(entry.path(), text ? Network::kTextEncoder : Network::kTransformer, false);
      ++files;
    }
  }
  EXPECT_EQ(files, 26);
}

TEST(NetworkTensors, ReadAnyRows) {
  const NetworkTensors tensors(models() / "comfy/z_image_nvfp4.safetensors", Network::kTransformer);
  const std::vector<std::int64_t> shape{256, 256};
  const std::vector<float> all = values_of(tensors, "layers.0.attention.to_k.weight", shape);
  const TensorRows rows = tensors.at("layers.0.attention.to_k.weight", shape);
  EXPECT_EQ(rows.name, "layers.0.attention.qkv.weight");
  EXPECT_EQ(rows.first_row, 256);
  for (const std::int64_t first : {0, 1, 100, 127, 128, 250}) {
    std::vector<float> some(6 * 256);
    read_rows(rows, first, 6, some);
    EXPECT_TRUE(same_bits(
        some, std::span(all).subspan(static_cast<std::size_t>(first) * 256, some.size())));
  }
  // Of the codes of those rows, two in a byte.
  EXPECT_EQ(codes_of(rows).shape, (std::vector<std::int64_t>{256, 128}));
  EXPECT_EQ(codes_of(rows).data.data(), rows.stored->codes.data.data() + 256 * 128);
}

TEST(NetworkTensors, CountWhatTheFileStores) {
  // 34 bytes for 32 values: one layer's matrices have 4*256*256 + 3*256*512 + 1024*256 values, or
  // in files that leave some of them as they are, more.
  const NetworkTensors q8(models() / "gguf/z_image-Q8_0.gguf", Network::kTransformer);
  const NetworkTensors plain(models() / "single/z_image.safetensors", Network::kTransformer);
  EXPECT_GT(q8.stored_bytes("layers."), 2 * (4 * 256 * 256 + 3 * 256 * 512) / 32 * 34);
  EXPECT_LT(q8.stored_bytes("layers."), plain.stored_bytes("layers."));
  EXPECT_EQ(plain.stored_bytes("layers.") % 2, 0);
  EXPECT_EQ(plain.stored_bytes("none."), 0);
  EXPECT_GT(plain.formats().at("BF16"), 10);
  EXPECT_GT(q8.formats().at("Q8_0"), 10);
}

// Of a checkpoint with all networks only one's tensors count.
TEST(NetworkTensors, OfACheckpointAreThoseOfOneNetwork) {
  const fs::path file = models() / "single/aio.safetensors";
  const NetworkTensors vae(file, Network::kVae);
  const NetworkTensors text(file, Network::kTextEncoder);
  EXPECT_EQ(vae.store().part(), "vae.");
  EXPECT_EQ(text.store().part(), "text_encoders.qwen3_4b.transformer.model.");
  EXPECT_EQ(
      vae.store().total_bytes(),
      NetworkTensors(models() / "single/ae.safetensors", Network::kVae).store().total_bytes());
  EXPECT_FALSE(vae.contains("layers.0.input_layernorm.weight"));
}

TEST(NetworkTensors, RefuseWhatIsAnotherNetworksAndNameBoth) {
  const auto refuse = [](const char* file, Network network, const std::vector<std::string>& words) {
    expect_error(ErrorKind::kModelFile, words,
                 [&] { const NetworkTensors tensors(models() / file, network); });
  };
  refuse("single/qwen_3_4b.safetensors", Network::kTransformer,
         {"qwen_3_4b.safetensors", "a Qwen3 text encoder", "the transformer is wanted"});
  refuse("gguf/z_image-Q8_0.gguf", Network::kVae, {"a Z-Image transformer", "the VAE is wanted"});
  refuse("single/ae.safetensors", Network::kTextEncoder, {"a VAE", "the text encoder is wanted"});
}

TEST(NetworkTensors, SayWhatIsMissingOrOfAnotherShape) {
  const NetworkTensors tensors(models() / "single/z_image_prefixed.safetensors",
                               Network::kTransformer);
  const auto refuse = [&](const char* name, std::vector<std::int64_t> shape,
                          const std::vector<std::string>& words) {
    expect_error(ErrorKind::kModelFile, words, [&] { static_cast<void>(tensors.at(name, shape)); });
  };
  refuse("layers.9.attention.to_q.weight", {256, 256},
         {"z_image_prefixed", "model.diffusion_model.layers.9.attention.to_q.weight is missing"});
  refuse("layers.0.attention.to_q.weight", {128, 256}, {"[256, 256]", "[128, 256]"});
  refuse("x_pad_token", {2, 256}, {"x_pad_token", "[2, 256]"});
  EXPECT_NO_THROW(static_cast<void>(tensors.at("x_pad_token", std::vector<std::int64_t>{256})));
}

// One weight file of any name in a network's folder is its weights; of two nobody can say which.
TEST(NetworkTensors, AreFoundInAFolderUnderAnyName) {
  const TemporaryFolder folder;
  fs::create_symlink(models() / "gguf/z_image-Q8_0.gguf", folder / "some-name.gguf");
  EXPECT_TRUE(NetworkTensors(folder.path(), Network::kTransformer).contains("x_pad_token"));
  fs::create_symlink(models() / "gguf/z_image-Q5_0.gguf", folder / "other.gguf");
  expect_error(ErrorKind::kModelFile, {"other.gguf", "some-name.gguf", "leave one"},
               [&] { const NetworkTensors tensors(folder.path(), Network::kTransformer); });
  // The name that belongs there wins.
  fs::create_symlink(models() / "single/z_image.safetensors",
                     folder / "diffusion_pytorch_model.safetensors");
  const NetworkTensors tensors(folder.path(), Network::kTransformer);
  EXPECT_EQ(tensors.formats().count("Q8_0"), 0U);
}

// A quantised matrix without its scales, cut off before the file is read, and the like: whatever
// is wrong comes before a row is read.
TEST(NetworkTensors, RefuseIntegersWithoutAMeaning) {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes(4, std::byte{1});
  write_tensor_file(folder / "a.safetensors",
                    std::vector<NamedTensor>{{"decoder.conv_in.weight", DType::kI32, {1}, bytes},
                                             {"decoder.mid.block_1.x", DType::kI32, {1}, bytes}});
  const NetworkTensors tensors(folder / "a.safetensors", Network::kVae);
  expect_error(ErrorKind::kModelFile, {"decoder.conv_in.weight", "I32", "no weight"}, [&] {
    static_cast<void>(tensors.at("decoder.conv_in.weight", std::vector<std::int64_t>{1}));
  });
}

}  // namespace
}  // namespace headroom
