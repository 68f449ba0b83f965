// Pictures in eight bits on the processor: their memory, and how far they are from float32's.

#include "headroom/pipeline/int8_weights.h"

#include "headroom/core/bytes.h"
#include "headroom/core/run_record.h"
#include "headroom/forecast/make_forecaster.h"
#include "headroom/pipeline/file_weights.h"
#include "headroom/weights/network_tensors.h"

#include "pipeline/run_support.h"
#include "request_costs.h"
#include "support/paths.h"

#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/randn.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::Runner;

GenerationRequest request() {
  GenerationRequest request;
  request.prompt = "a red apple on a blue background";
  request.width = request.height = 256;
  request.steps = 4;
  request.guidance_scale = 2.0;
  request.seed = 5;
  return request;
}

std::function<void(PipelineOptions&)> in(const std::string& dtype, std::int64_t cap_bytes = 0) {
  return [=](PipelineOptions& options) {
    options.dtype = read_number_format(dtype);
    if (cap_bytes > 0) options.budget.vram_cap_bytes = cap_bytes;
    options.budget.reserve_bytes = 0;
  };
}

TEST(Int8Weights, EveryPlanMakesTheSamePictureInTheMemoryThatWasPredicted) {
  std::vector<GeneratedImage> pictures;
  std::vector<std::int64_t> peaks;
  const std::int64_t resident =
      Runner(test::starter_model(), in("int8")).forecast(request()).plan.peak_bytes;
  for (const std::int64_t cap : {resident, resident * 3 / 4, resident / 2, resident * 2 / 5}) {
    SCOPED_TRACE(cap);
    const Runner runner(test::starter_model(), in("int8", cap));
    ASSERT_TRUE(runner.forecast(request()).fits);
    pictures.push_back(runner.run(request()).at(0));
    const RunRecord& run_record = pictures.back().run_record;
    EXPECT_EQ(run_record.plan.peak_bytes, run_record.actual_peak_bytes);
    EXPECT_LE(run_record.actual_peak_bytes, cap);
    peaks.push_back(run_record.actual_peak_bytes);
    EXPECT_EQ(pictures.back().image->rgb, pictures.front().image->rgb);
  }
  EXPECT_LT(peaks.back(), peaks.front());  // other plans were taken
}

// By parameter counts, see run_formats_test.cpp: a byte for each value in the matrices of 30 main
// layers but for 4 * 3840 * 256 that modulate each, four for the rest. Matrices are packed in
// blocks of 512 columns: 3840 take the room of 4096.
TEST(Int8Weights, ZImagesTransformerTakesABytePerValueOfItsLayers) {
  PipelineOptions options;
  options.make_forecaster = &make_forecaster;
  options.model = read_model_folder(test::source_folder() / "configs" / "models" / "z-image-turbo");
  const RequestCosts costs(options.model, choose_formats(NumberFormat::kInt8, choose_device("cpu")),
                           {});
  constexpr std::int64_t kAll = 6'154'908'736;
  constexpr std::int64_t kCodes = 30 * (180'879'360LL - 4 * 3840 * 256);
  const std::int64_t bytes = kCodes + 4 * (kAll - kCodes);
  EXPECT_GE(costs.sizes()[NetworkId::kTransformer].bytes, bytes);
  EXPECT_LE(costs.sizes()[NetworkId::kTransformer].bytes, bytes + kCodes * 7 / 100);
}

// W8A8 differs from exact weights by a few per cent a step (0.8 to 3.5 in the transformers of
// tests/data/quant.tar.xz); in the picture that is little.
TEST(Int8Weights, ThePictureIsNearThatOfFloat32) {
  const auto made = [](const std::string& dtype) {
    return Runner(test::starter_model(), in(dtype)).run(request()).at(0).image;
  };
  const auto exact = made("fp32");
  const auto rounded = made("int8");
  ASSERT_EQ(exact->rgb.size(), rounded->rgb.size());
  double squares = 0;
  for (std::size_t i = 0; i < exact->rgb.size(); ++i) {
    const double off = static_cast<double>(exact->rgb[i]) - rounded->rgb[i];
    squares += off * off;
  }
  const double error = squares / static_cast<double>(exact->rgb.size());
  EXPECT_GT(error, 0);                                    // it did run in eight bits
  EXPECT_GT(10 * std::log10(255.0 * 255.0 / error), 30);  // PSNR in dB
}

// A small Z-Image in this file of the fixtures, with the other parts of its model.
ModelPlaces model_in(const std::string& transformer, const std::string& text_encoder) {
  const std::filesystem::path all = test::quant_models();
  return {(all / transformer).string(),
          all / text_encoder,
          all / "model/vae",
          all / "model/tokenizer",
          {}};
}

// What a file's matrix is, straight from its bytes: codes, and a scale for each row.
struct StoredCodes {
  at::Tensor codes, scales;
  int rotation_group = 0;
};
StoredCodes codes_in(const NetworkTensors& tensors, const char* name, std::int64_t rows,
                     std::int64_t columns) {
  const TensorRows stored = tensors.at(name, std::array{rows, columns});
  StoredCodes result{at::empty({rows, columns}, at::kChar), at::empty({rows}, at::kFloat),
                     stored.stored->rotation_group};
  const TensorView view = codes_of(stored);
  std::memcpy(result.codes.data_ptr(), view.data.data(), view.data.size());
  const std::vector<float>& scales = stored.stored->scales;
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto row = static_cast<std::size_t>(stored.first_row + r);
    result.scales.data_ptr<float>()[r] = scales.size() == 1 ? scales.front() : scales[row];
  }
  return result;
}

struct Int8File {
  const char* file;
  int rotation_group;
};

// Not rotated, rotated by 256 and by 64, and with one scale for all of a matrix; q, k and v are
// stored as one.
TEST(Int8Weights, OfAFileAreMultipliedAsItHasThem) {
  const c10::InferenceMode inference;
  for (const Int8File& c : {Int8File{"comfy/z_image_int8.safetensors", 0},
                            {"comfy/z_image_int8_convrot.safetensors", 256},
                            {"comfy/z_image_int8_convrot64_ctq.safetensors", 64}}) {
    SCOPED_TRACE(c.file);
    const NetworkTensors tensors(test::quant_models() / c.file, Network::kTransformer);
    FileWeights files(tensors, at::TensorOptions(at::kFloat));
    Int8Weights weights(files, WeightStorage::kInt8);
    for (const auto& [name, rows, columns] :
         {std::tuple{"layers.0.attention.to_q.weight", 256, 256},
          {"layers.1.attention.to_v.weight", 256, 256},
          {"layers.1.feed_forward.w1.weight", 512, 256},
          {"layers.0.feed_forward.w2.weight", 256, 512}}) {
      SCOPED_TRACE(name);
      const LinearWeight weight = weights.matrix(name, rows, columns);
      EXPECT_EQ(weight.rotation_group(), c.rotation_group);
      const StoredCodes stored = codes_in(tensors, name, rows, columns);
      EXPECT_EQ(stored.rotation_group, c.rotation_group);
      const LinearWeight own = LinearWeight::int8(rows, columns, c.rotation_group, at::kCPU);
      own.load_codes(stored.codes, stored.scales);
      const at::Tensor x = at::randn({9, columns});
      EXPECT_TRUE(weight.apply(x).equal(own.apply(x)));
      // To round the values anew is another product: levels of the largest value that is there.
      const LinearWeight anew = LinearWeight::int8(rows, columns, 0, at::kCPU);
      anew.round(files.get(name, {rows, columns}));
      if (c.rotation_group != 0) {
        EXPECT_FALSE(weight.apply(x).equal(anew.apply(x)));
      }
    }
  }
}

// What a file has in other formats is rounded when it comes, in groups that suit its rows; what
// modulates a layer is plain whatever its file has.
TEST(Int8Weights, AreRoundedWhereAFileHasNone) {
  const c10::InferenceMode inference;
  const NetworkTensors tensors(test::quant_models() / "gguf/z_image-Q8_0.gguf",
                               Network::kTransformer);
  FileWeights files(tensors, at::TensorOptions(at::kFloat));
  EXPECT_EQ(files.rotation_of_codes("layers.0.feed_forward.w2.weight", 256, 512), std::nullopt);
  Int8Weights weights(files, WeightStorage::kInt8);
  const LinearWeight weight = weights.matrix("layers.0.feed_forward.w2.weight", 256, 512);
  EXPECT_EQ(weight.rotation_group(), 256);
  const LinearWeight own = LinearWeight::int8(256, 512, 256, at::kCPU);
  own.round(files.get("layers.0.feed_forward.w2.weight", {256, 512}));
  const at::Tensor x = at::randn({5, 512});
  EXPECT_TRUE(weight.apply(x).equal(own.apply(x)));

  const NetworkTensors rotated(test::quant_models() / "comfy/z_image_int8_convrot.safetensors",
                               Network::kTransformer);
  FileWeights rotated_files(rotated, at::TensorOptions(at::kFloat));
  Int8Weights kept(rotated_files, WeightStorage::kInt8);
  EXPECT_TRUE(kept.matrix("layers.0.adaLN_modulation.0.weight", 1024, 256).is_plain());
}

// Memory to the byte, resident and with layers that are read again in each step, and one picture.
TEST(Int8Weights, OfAFileTakeTheMemoryThatWasPredicted) {
  GenerationRequest request;
  request.prompt = "a red fox";
  request.width = 96;
  request.height = 64;
  request.steps = 2;
  request.seed = 5;
  for (const char* const ending :
       {"int8.safetensors", "int8_convrot.safetensors", "int8_convrot64_ctq.safetensors"}) {
    SCOPED_TRACE(ending);
    std::shared_ptr<const Image> picture;
    for (const int streamed : {0, 1, 2}) {
      const Runner runner(model_in("comfy/z_image_" + std::string(ending),
                                   "comfy/qwen_3_4b_" + std::string(ending)),
                          [&](PipelineOptions& options) {
                            options.dtype = NumberFormat::kInt8;
                            options.floor.stream_blocks = streamed;
                            options.floor.stream_encoder = streamed > 0;
                          });
      const GeneratedImage made = runner.run(request).at(0);
      EXPECT_EQ(made.run_record.plan.peak_bytes, made.run_record.actual_peak_bytes);
      if (!picture) picture = made.image;
      EXPECT_EQ(made.image->rgb, picture->rgb);
    }
  }
}

// One matrix with columns a hundred times as large as the others, as real ones have: rounding by
// rows alone loses the small ones, a rotation spreads the large.
TEST(Int8Weights, ARotationKeepsWhatOutliersWouldDrown) {
  constexpr std::int64_t kRows = 96, kColumns = 512;
  at::Tensor matrix = at::randn({kRows, kColumns});
  at::Tensor x = at::randn({32, kColumns});
  for (const std::int64_t column : {7, 300}) x.select(1, column).mul_(100);
  const at::Tensor exact = x.matmul(matrix.t());
  const auto error = [&](int group) {
    const LinearWeight weight = LinearWeight::int8(kRows, kColumns, group, at::kCPU);
    weight.round(matrix);
    return at::linalg_vector_norm(weight.apply(x).sub(exact)).item().toDouble() /
           at::linalg_vector_norm(exact).item().toDouble();
  };
  EXPECT_LT(2 * error(256), error(0));
}

}  // namespace
}  // namespace headroom
