#include "headroom/model_files/quantize.h"

#include "headroom/model_files/open_model.h"
#include "headroom/weights/dequantize.h"

#include "weights/quant_test_support.h"

#include <cmath>
#include <cstring>
#include <random>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::quant_folder;
using test::read_bytes;
using test::TemporaryFolder;

fs::path models() { return quant_folder() / "models"; }

ModelFolder model() { return open_model({(models() / "model").string(), {}, {}, {}, {}, {}}); }

// The last share first.
void in_turn(int shares, const std::function<void(int)>& work) {
  for (int i = shares; i-- > 0;) work(i);
}

bool run(const fs::path& output, Network network, QuantizedFormat format, int shares = 2) {
  return quantize(model(), network, format, output, {in_turn, shares, 1 << 20},
                  [](const QuantizeProgress& progress) {
                    EXPECT_LE(progress.done_bytes, progress.total_bytes);
                    return true;
                  });
}

double relative_error(std::span<const float> actual, std::span<const float> expected) {
  EXPECT_EQ(actual.size(), expected.size());
  double error = 0;
  double norm = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    error += std::pow(static_cast<double>(actual[i]) - expected[i], 2);
    norm += std::pow(static_cast<double>(expected[i]), 2);
  }
  return std::sqrt(error / norm);
}

std::vector<float> values_of(const NetworkTensors& tensors, const std::string& name) {
  const TensorRows rows = tensors.at(name, *tensors.shape_of(name));
  std::vector<float> values(static_cast<std::size_t>(rows.rows * rows.width));
  read_rows(rows, 0, rows.rows, values);
  return values;
}

// The gguf package wrote the fixture from the same bfloat16 values.
TEST(Quantize, WritesEightBitsOfGgufAsTheReferenceDoes) {
  const TemporaryFolder folder;
  for (const auto& [network, fixture] :
       {std::pair(Network::kTransformer, "gguf/z_image-Q8_0.gguf"),
        std::pair(Network::kTextEncoder, "gguf/qwen3-Q8_0.gguf")}) {
    const fs::path output = folder.path() / fs::path(fixture).filename();
    ASSERT_TRUE(run(output, network, QuantizedFormat::kQ8_0));
    const TensorFile ours(output);
    const TensorFile reference(models() / fixture);
    int compared = 0;
    for (const auto& [name, expected] : reference.tensors()) {
      SCOPED_TRACE(name);
      ASSERT_TRUE(ours.tensors().contains(name));
      const TensorView& actual = ours.tensors().at(name);
      EXPECT_EQ(actual.shape.back(), expected.shape.back());
      if (expected.dtype != DType::kQ8_0 || actual.dtype != DType::kQ8_0) continue;
      ++compared;
      EXPECT_EQ(std::memcmp(actual.data.data(), expected.data.data(), expected.data.size()), 0);
    }
    EXPECT_GE(compared, 10);
    EXPECT_EQ(ours.tensors().size(), reference.tensors().size());
  }
}

// comfy-kitchen wrote the fixture. It rotates by a product and not by butterflies, which may round
// a scale or the rare code otherwise.
TEST(Quantize, WritesRotatedEightBitsAsTheReferenceDoes) {
  const TemporaryFolder folder;
  const fs::path output = folder.path() / "int8.safetensors";
  ASSERT_TRUE(run(output, Network::kTransformer, QuantizedFormat::kInt8));
  const TensorFile ours(output);
  const TensorFile reference(models() / "comfy/z_image_int8_convrot.safetensors");
  std::size_t codes = 0;
  std::size_t off = 0;
  for (const auto& [name, actual] : ours.tensors()) {
    if (actual.dtype != DType::kI8) continue;
    SCOPED_TRACE(name);
    ASSERT_TRUE(reference.tensors().contains(name));
    const TensorView& expected = reference.tensors().at(name);
    ASSERT_EQ(expected.dtype, DType::kI8);
    ASSERT_EQ(actual.data.size(), expected.data.size());
    for (std::size_t i = 0; i < actual.data.size(); ++i) {
      const int difference =
          static_cast<std::int8_t>(actual.data[i]) - static_cast<std::int8_t>(expected.data[i]);
      ASSERT_LE(std::abs(difference), 1);
      off += difference != 0 ? 1U : 0U;
    }
    codes += actual.data.size();
    const std::string scale = name + "_scale";
    const auto scales = test::floats_of(ours.tensors().at(scale));
    EXPECT_LT(relative_error(scales, test::floats_of(reference.tensors().at(scale))), 1e-6);
  }
  EXPECT_GT(codes, 1'000'000U);
  EXPECT_LT(off, codes / 1000);
}

// A value is off by a step divided by the root of 12, on average. A step is at most the largest
// value of a group over 127, or for four bits the range over 15, and the largest of n values is at
// most the root of n times as large as they are on average, the range at most the root of 2 n:
// groups are rows of 512, blocks of 32, groups of 32.
TEST(Quantize, IsReadBackAsTheModelThatItWas) {
  const TemporaryFolder folder;
  const struct {
    QuantizedFormat format;
    const char* file;
    double allowed;
  } cases[] = {{QuantizedFormat::kInt8, "a.safetensors", 0.052},
               {QuantizedFormat::kQ8_0, "a.gguf", 0.013},
               {QuantizedFormat::kQ4_K, "b.gguf", 0.155}};
  const ModelFolder whole = model();
  for (const Network network : {Network::kTransformer, Network::kTextEncoder}) {
    const bool is_text = network == Network::kTextEncoder;
    const NetworkTensors source(is_text ? whole.parts.text_encoder : whole.parts.transformer,
                                network);
    for (const auto& [format, file, allowed] : cases) {
      const fs::path output = folder.path() / (std::string(is_text ? "text-" : "") + file);
      ASSERT_TRUE(run(output, network, format));
      const NetworkTensors quantized(output, network);
      for (const std::string& name : source.names()) {
        SCOPED_TRACE(std::string(file) + " " + name);
        ASSERT_TRUE(quantized.contains(name));
        EXPECT_LT(relative_error(values_of(quantized, name), values_of(source, name)), allowed);
      }
    }
  }
  const NetworkTensors four(folder.path() / "b.gguf", Network::kTransformer);
  EXPECT_TRUE(four.formats().contains("Q4_K"));
  EXPECT_TRUE(four.formats().contains("Q6_K"));
}

// Rows of a transformer's first matrix by the numbers of a normal distribution, which weights have.
TEST(Quantize, ChoosesScalesThatAreBetterThanFromLeastToMost) {
  const TemporaryFolder folder;
  ASSERT_TRUE(run(folder.path() / "a.gguf", Network::kTransformer, QuantizedFormat::kQ4_K));
  const NetworkTensors quantized(folder.path() / "a.gguf", Network::kTransformer);
  const NetworkTensors source(model().parts.transformer, Network::kTransformer);
  const std::vector<float> values = values_of(source, "layers.0.feed_forward.w1.weight");
  std::vector<float> plain = values;
  constexpr std::size_t kGroup = 32;
  for (std::size_t i = 0; i < plain.size(); i += kGroup) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i);
    const auto [low, high] = std::minmax_element(begin, begin + kGroup);
    const float step = (*high - *low) / 15;
    for (std::size_t k = i; k < i + kGroup; ++k) {
      plain[k] = *low + step * std::round((values[k] - *low) / step);
    }
  }
  EXPECT_LT(relative_error(values_of(quantized, "layers.0.feed_forward.w1.weight"), values),
            relative_error(plain, values));
}

TEST(Quantize, IsTheSameInAnyNumberOfShares) {
  const TemporaryFolder folder;
  ASSERT_TRUE(run(folder.path() / "1.gguf", Network::kTransformer, QuantizedFormat::kQ4_K, 1));
  ASSERT_TRUE(run(folder.path() / "3.gguf", Network::kTransformer, QuantizedFormat::kQ4_K, 3));
  EXPECT_EQ(read_bytes(folder.path() / "1.gguf"), read_bytes(folder.path() / "3.gguf"));
}

// Stopped at random, and taken up again until it is done.
TEST(Quantize, GoesOnWhereItWasStopped) {
  const TemporaryFolder folder;
  std::mt19937 random(7);
  for (const QuantizedFormat format : {QuantizedFormat::kInt8, QuantizedFormat::kQ4_K}) {
    const std::string word = format == QuantizedFormat::kInt8 ? "int8" : "q4";
    const fs::path whole = folder.path() / (word + "-whole");
    ASSERT_TRUE(run(whole, Network::kTransformer, format));
    const fs::path output = folder.path() / (word + "-parts");
    std::int64_t kept = 0;
    bool done = false;
    int calls = 0;
    for (; !done; ++calls) {
      ASSERT_LT(calls, 200);
      std::int64_t first = -1;
      auto left = random() % 6 + 3;
      done = quantize(model(), Network::kTransformer, format, output, {in_turn, 2, 64},
                      [&](const QuantizeProgress& progress) {
                        if (first < 0) first = progress.done_bytes;
                        return --left != 0;
                      });
      EXPECT_EQ(fs::exists(output), done);
      kept = std::max(kept, first);
    }
    EXPECT_GT(calls, 2);
    EXPECT_GT(kept, 100'000);
    EXPECT_EQ(read_bytes(output), read_bytes(whole));
  }
  // Nothing is left beside them.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 4);
}

TEST(Quantize, BeginsAnewWhereAnotherFormatWasBegun) {
  const TemporaryFolder folder;
  const fs::path output = folder.path() / "a";
  EXPECT_FALSE(quantize(model(), Network::kTransformer, QuantizedFormat::kQ8_0, output,
                        {in_turn, 1, 4096},
                        [left = 5](const QuantizeProgress&) mutable { return --left != 0; }));
  ASSERT_TRUE(run(output, Network::kTransformer, QuantizedFormat::kQ4_K));
  ASSERT_TRUE(run(folder.path() / "b", Network::kTransformer, QuantizedFormat::kQ4_K));
  EXPECT_EQ(read_bytes(output), read_bytes(folder.path() / "b"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 2);
}

TEST(Quantize, ReplacesNoFile) {
  const TemporaryFolder folder;
  const fs::path output = folder.write("mine.gguf", "precious");
  expect_error(ErrorKind::kIo, {"mine.gguf", "exists already"},
               [&] { (void)run(output, Network::kTransformer, QuantizedFormat::kQ8_0); });
  EXPECT_EQ(read_bytes(output), "precious");
  expect_error(ErrorKind::kIo, {"nowhere"}, [&] {
    (void)run(folder.path() / "nowhere/a.gguf", Network::kTransformer, QuantizedFormat::kQ8_0);
  });
}

TEST(Quantize, RefusesWhatAnotherWrites) {
  const TemporaryFolder folder;
  const fs::path output = folder.path() / "a.gguf";
  expect_error(ErrorKind::kIo, {"a.gguf", "being written by another program"}, [&] {
    (void)quantize(model(), Network::kTransformer, QuantizedFormat::kQ8_0, output,
                   {in_turn, 1, 4096}, [&](const QuantizeProgress&) {
                     return run(output, Network::kTransformer, QuantizedFormat::kQ8_0);
                   });
  });
}

}  // namespace
}  // namespace headroom
