// Pictures in eight bits on the processor: their memory, and how far they are from float32's.

#include "headroom/core/bytes.h"
#include "headroom/core/run_record.h"
#include "headroom/forecast/forecaster.h"
#include "headroom/pipeline/eight_bit_weights.h"

#include "pipeline/run_support.h"
#include "request_costs.h"

#include <cmath>
#include <string>
#include <vector>

#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/randn.h>
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
    options.dtype = dtype;
    if (cap_bytes > 0) options.budget.vram_cap_bytes = cap_bytes;
    options.budget.reserve_bytes = 0;
  };
}

TEST(EightBits, EveryPlanMakesTheSamePictureInTheMemoryThatWasPredicted) {
  std::vector<GeneratedImage> pictures;
  std::vector<std::int64_t> peaks;
  const std::int64_t resident =
      Runner(test::starter_root(), in("int8")).forecast(request()).plan.peak_bytes;
  for (const std::int64_t cap : {resident, resident * 3 / 4, resident / 2, resident * 2 / 5}) {
    SCOPED_TRACE(cap);
    const Runner runner(test::starter_root(), in("int8", cap));
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

// By parameter counts, see formats_test.cpp: a byte for each value in the matrices of 30 main
// layers but for 4 * 3840 * 256 that modulate each, four for the rest. Matrices are packed in
// blocks of 512 columns: 3840 take the room of 4096.
TEST(EightBits, ZImagesTransformerTakesABytePerValueOfItsLayers) {
  PipelineOptions options;
  options.make_forecaster = &make_forecaster;
  options.model = read_model_folder(std::filesystem::path(HEADROOM_SOURCE_DIR) / "configs" /
                                    "models" / "z-image-turbo");
  const RequestCosts costs(options.model, choose_formats("int8", choose_device("cpu")), {});
  constexpr std::int64_t kAll = 6'154'908'736;
  constexpr std::int64_t kCodes = 30 * (180'879'360LL - 4 * 3840 * 256);
  const std::int64_t bytes = kCodes + 4 * (kAll - kCodes);
  EXPECT_GE(costs.sizes()[NetworkId::kTransformer].bytes, bytes);
  EXPECT_LE(costs.sizes()[NetworkId::kTransformer].bytes, bytes + kCodes * 7 / 100);
}

// W8A8 differs from exact weights by a few per cent a step (0.8 to 3.5 in the transformers of
// tests/data/quant.tar.xz); in the picture that is little.
TEST(EightBits, ThePictureIsNearThatOfFloat32) {
  const auto made = [](const std::string& dtype) {
    return Runner(test::starter_root(), in(dtype)).run(request()).at(0).image;
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

// One matrix with columns a hundred times as large as the others, as real ones have: rounding by
// rows alone loses the small ones, a rotation spreads the large.
TEST(EightBits, ARotationKeepsWhatOutliersWouldDrown) {
  constexpr std::int64_t kRows = 96, kColumns = 512;
  at::Tensor matrix = at::randn({kRows, kColumns});
  at::Tensor x = at::randn({32, kColumns});
  for (const std::int64_t column : {7, 300}) x.select(1, column).mul_(100);
  const at::Tensor exact = x.matmul(matrix.t());
  const auto error = [&](int group) {
    const LinearWeight weight = LinearWeight::eight_bits(kRows, kColumns, group, at::kCPU);
    weight.round(matrix);
    return at::linalg_vector_norm(weight.apply(x).sub(exact)).item().toDouble() /
           at::linalg_vector_norm(exact).item().toDouble();
  };
  EXPECT_LT(2 * error(256), error(0));
}

}  // namespace
}  // namespace headroom
