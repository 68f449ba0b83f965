#include "headroom/weights/dequantize.h"
#include "headroom/weights/stored_tensors.h"
#include "headroom/weights/tensor_file.h"

#include "weights/quant_test_support.h"

#include <random>

namespace headroom {
namespace {

using test::expect_error;
using test::quant_folder;
using test::read_bytes;
using test::read_json;
using test::TemporaryFolder;
using test::zimage_folder;

std::vector<nlohmann::json> hostile_cases() {
  return read_json(quant_folder() / "hostile/manifest.json").at("gguf");
}

class HostileGguf : public ::testing::TestWithParam<nlohmann::json> {};

TEST_P(HostileGguf, IsReadOrRefusedAsTheManifestSays) {
  const nlohmann::json& entry = GetParam();
  const auto path = quant_folder() / "hostile" / entry.at("file").get<std::string>();
  const std::string expected = entry.at("expect");
  if (expected == "refuse") {
    expect_error(ErrorKind::kModelFile, {path.string()}, [&] { TensorFile refused(path); });
    return;
  }
  try {
    const TensorFile file(path);
    EXPECT_EQ(file.container(), Container::kGguf);
    EXPECT_EQ(file.tensors().size(), entry.at("values").size());
    for (const auto& [name, values] : entry.at("values").items()) {
      const TensorView& view = file.tensors().at(name);
      std::vector<float> actual(values.size());
      dequantize(view, 0, row_count(view.shape), actual);
      EXPECT_EQ(actual, values.get<std::vector<float>>()) << name;
    }
  } catch (const Error& error) {
    EXPECT_EQ(expected, "either") << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Manifest, HostileGguf, ::testing::ValuesIn(hostile_cases()),
                         [](const auto& test) {
                           const std::string file = test.param.at("file");
                           return std::filesystem::path(file).stem().string();
                         });

// Faults whose names matter to the person.
TEST(GgufFile, NamesWhatItRefuses) {
  const auto refused = [](const char* file, const std::vector<std::string>& words) {
    const auto path = quant_folder() / "hostile" / file;
    expect_error(ErrorKind::kModelFile, words, [&] { TensorFile opened(path); });
  };
  refused("version_big_endian.gguf", {"big-endian"});
  refused("version_1.gguf", {"version 1"});
  refused("type_unknown.gguf", {"99", "choose"});
  refused("type_private.gguf", {"140"});
  refused("type_removed.gguf", {"Q4_2", "removed"});
  refused("type_repacked.gguf", {"Q4_0_4_4", "removed"});
  refused("type_unsupported.gguf", {"IQ2_XXS", "16"});
  refused("row_k_quant_64.gguf", {"64", "Q4_K"});
  refused("../foreign/gguf_q8_cr.gguf", {"Q8_CR"});
}

TEST(GgufFile, GivesItsMetadataAsText) {
  const TensorFile file(zimage_folder() / "tiny/gguf/text_encoder.gguf");
  const std::map<std::string, std::string>& metadata = file.metadata();
  EXPECT_EQ(metadata.at("general.architecture"), "qwen3");
  EXPECT_EQ(metadata.at("qwen3.block_count"), "4");
  const TensorFile all(quant_folder() / "hostile/ok_all_key_types.gguf");
  EXPECT_GE(all.metadata().size(), 12U);
}

// What `value` is in `size` bytes, lowest first.
std::string little(std::uint64_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 255);
  return bytes;
}
std::string text(std::string_view value) { return little(value.size(), 8) + std::string(value); }

// A file with one F32 tensor "a" of four values, in a shape of [2, 2].
std::string with_keys(std::uint64_t count, const std::string& keys) {
  std::string file = "GGUF" + little(3, 4) + little(1, 8) + little(count, 8) + keys;
  file += text("a") + little(2, 4) + little(2, 8) + little(2, 8) + little(0, 4) + little(0, 8);
  file.resize((file.size() + 31) / 32 * 32);
  return file + std::string(16, '\1');
}

std::string shape_key(std::initializer_list<int> shape) {
  std::string key = text("comfy.gguf.orig_shape.a") + little(9, 4) + little(5, 4);
  key += little(shape.size(), 8);
  for (const int extent : shape) key += little(static_cast<std::uint64_t>(extent), 4);
  return key;
}

TEST(GgufFile, KeepsShortTextsAndPassesLongOnes) {
  const TemporaryFolder folder;
  const std::string keys = text("short") + little(8, 4) + text("word") + text("long") +
                           little(8, 4) + text(std::string(100'000, 'x')) + text("list") +
                           little(9, 4) + little(8, 4) + little(1, 8) + text("word") + text("f") +
                           little(6, 4) + little(0x358637BD, 4);  // 1e-6 as float32
  const TensorFile file(folder.write("a.gguf", with_keys(4, keys)));
  EXPECT_THAT(file.metadata(),
              ::testing::UnorderedElementsAre(
                  ::testing::Pair("short", "word"), ::testing::Pair("long", "[100000 bytes]"),
                  ::testing::Pair("list", "[1 items]"), ::testing::Pair("f", "1e-06")));
}

TEST(GgufFile, TakesAReshapedTensorOnlyInItsOwnShape) {
  const TemporaryFolder folder;
  const TensorFile same(folder.write("same.gguf", with_keys(1, shape_key({2, 2}))));
  EXPECT_EQ(same.metadata().at("comfy.gguf.orig_shape.a"), "[2, 2]");
  const auto other = folder.write("other.gguf", with_keys(1, shape_key({4, 1})));
  expect_error(ErrorKind::kModelFile, {"\"a\"", "[2, 2]", "[4, 1]"},
               [&] { TensorFile refused(other); });
}

// However a file is cut, it is refused: nothing is read behind its end.
TEST(GgufFile, IsRefusedWhereverItIsCut) {
  const TemporaryFolder folder;
  const std::string whole = with_keys(2, text("k") + little(8, 4) + text("v") + shape_key({2, 2}));
  for (std::size_t size = 4; size < whole.size(); ++size) {
    const auto path = folder.write("cut.gguf", whole.substr(0, size));
    expect_error(ErrorKind::kModelFile, {"cut.gguf"}, [&] { TensorFile refused(path); });
  }
}

// Bytes changed at random: each file is read or refused, and what is read can be unpacked.
TEST(GgufFile, IsReadOrRefusedWhateverIsDamaged) {
  const TemporaryFolder folder;
  std::mt19937 random(5);
  int refused = 0;
  int read = 0;
  for (const auto& item : std::filesystem::directory_iterator(quant_folder() / "hostile")) {
    if (item.path().extension() == ".json" || item.file_size() > 4096) continue;
    const std::string whole = read_bytes(item.path());
    for (int i = 0; i < 20 && !whole.empty(); ++i) {
      std::string bytes = whole;
      for (auto changes = random() % 3; changes != 3; ++changes) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      const auto path = folder.write("damaged", bytes);
      try {
        const TensorFile file(path);
        for (const auto& [name, tensor] :
             read_stored_tensors(file.tensors(), file.metadata(), path)) {
          const bool empty = row_width(tensor.shape) == 0 || row_count(tensor.shape) == 0;
          const bool plain = tensor.coding == Coding::kPlain;
          if (empty || (plain && !has_own_values(tensor.codes.dtype))) continue;
          std::vector<float> row(static_cast<std::size_t>(row_width(tensor.shape)));
          for (std::int64_t k = 0; k < row_count(tensor.shape); ++k) dequantize(tensor, k, 1, row);
        }
        ++read;
      } catch (const Error& error) {
        ASSERT_EQ(error.kind(), ErrorKind::kModelFile) << error.what();
        ++refused;
      }
    }
  }
  EXPECT_GT(read, 100);
  EXPECT_GT(refused, 1000);
}

TEST(GgufFile, IsToldByItsContentWhateverItIsCalled) {
  const TemporaryFolder folder;
  const std::string bytes = read_bytes(quant_folder() / "hostile/ok_plain.gguf");
  const TensorFile file(folder.write("model.safetensors", bytes));
  EXPECT_EQ(file.container(), Container::kGguf);
  EXPECT_TRUE(file.tensors().contains("a"));
}

TEST(BlockFormats, CannotBeWrittenAsSafetensors) {
  const TemporaryFolder folder;
  const std::vector<std::byte> block(18);
  const NamedTensor tensor{"a", DType::kQ4_0, {32}, block};
  EXPECT_THROW(write_tensor_file(folder / "a.safetensors", std::span(&tensor, 1)), Error);
}

TEST(BlockFormats, AreUnknownToSafetensors) {
  const TemporaryFolder folder;
  const auto path =
      folder.write("a.safetensors",
                   test::safetensors(R"({"a":{"dtype":"Q4_0","shape":[32],"data_offsets":[0,18]}})",
                                     std::string(18, '\0')));
  expect_error(ErrorKind::kModelFile, {"Q4_0", "not known"}, [&] { TensorFile refused(path); });
}

}  // namespace
}  // namespace headroom
