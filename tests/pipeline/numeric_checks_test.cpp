#include "numeric_checks.h"

#include "headroom/core/error.h"
#include "headroom/pipeline/run_formats.h"

#include "pipeline/run_support.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <limits>

#include <ATen/ops/full.h>
#include <gmock/gmock.h>
#include <unistd.h>

namespace headroom {
namespace {

using test::RecordingSink;
using test::Runner;
using test::small_request;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Health, SeesEverythingThatIsNotFinite) {
  at::Tensor values = at::full({2, 3, 4}, 3e38F);  // finite, though a float sum of them is not
  EXPECT_TRUE(is_finite(values));
  for (const float wrong :
       {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
        std::numeric_limits<float>::quiet_NaN()}) {
    values.mutable_data_ptr<float>()[7] = wrong;
    EXPECT_FALSE(is_finite(values)) << wrong;
  }
}

TEST(Health, OneColourAllowsForRounding) {
  Image image;
  image.width = 4;
  image.height = 2;
  for (int i = 0; i < 8; ++i) image.rgb.insert(image.rgb.end(), {10, 200, 30});
  EXPECT_TRUE(is_one_colour(image));
  image.rgb[13] = 201;
  EXPECT_TRUE(is_one_colour(image));
  image.rgb[13] = 203;
  EXPECT_FALSE(is_one_colour(image));
}

TEST(Health, OneColourDoesNotAskForTheBorder) {
  Image image;
  image.width = 512;
  image.height = 256;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const bool is_border = x < 64 || y < 32 || x >= 448 || y >= 224;
      const auto grey = static_cast<std::uint8_t>(is_border ? 100 + (x + y) % 9 : 128);
      image.rgb.insert(image.rgb.end(), {grey, grey, grey});
    }
  }
  EXPECT_TRUE(is_one_colour(image));
  image.rgb[3 * (128 * 512 + 256)] = 140;  // one pixel inside
  EXPECT_FALSE(is_one_colour(image));
}

TEST(Health, SaferFormatsEndAtFloat32) {
  const auto after = [](NumberFormat format, const Device& device) {
    return safer_format(choose_formats(format, device), device);
  };
  const Device cpu = choose_device("cpu");
  EXPECT_EQ(after(NumberFormat::kFloat16, cpu), NumberFormat::kBfloat16);
  EXPECT_EQ(after(NumberFormat::kBfloat16, cpu), NumberFormat::kFloat32);
  EXPECT_EQ(after(NumberFormat::kFloat32, cpu), std::nullopt);
  EXPECT_EQ(after(NumberFormat::kInt8, cpu), std::nullopt);
  const Device ada = pretended_device("cuda", 0, "a card", 89);
  EXPECT_EQ(after(NumberFormat::kAuto, ada), NumberFormat::kFloat32);
  EXPECT_EQ(after(NumberFormat::kQ4, ada), std::nullopt);
  const Device turing = pretended_device("cuda", 0, "a card", 75);  // has no bfloat16
  EXPECT_EQ(after(NumberFormat::kAuto, turing), NumberFormat::kFloat32);
}

// A copy of the "tiny" model in which the tensors whose names end in `suffix` are multiplied.
class ScaledModel {
 public:
  ScaledModel() {
    std::filesystem::remove_all(root);
    std::filesystem::copy(test::model_root("tiny"), root, std::filesystem::copy_options::recursive);
  }
  ~ScaledModel() { std::filesystem::remove_all(root); }
  ScaledModel(const ScaledModel&) = delete;
  ScaledModel& operator=(const ScaledModel&) = delete;

  void scale(const std::string& component, const std::string& stem,
             const std::vector<std::pair<std::string, float>>& suffixes) const {
    std::vector<NamedTensor> tensors;
    std::vector<std::vector<std::byte>> values;
    {
      const TensorStore store(root / component, stem);
      for (const std::string& name : store.names()) {
        const TensorView& view = store.at(name);
        std::vector<std::byte>& copy = values.emplace_back(view.data.begin(), view.data.end());
        for (const auto& [suffix, factor] : suffixes) {
          if (name.ends_with(suffix)) multiply(copy, view.dtype, factor);
        }
        tensors.push_back({name, view.dtype, view.shape, copy});
      }
    }
    write_tensor_file(root / component / (stem + ".safetensors"), tensors);
  }

  static void multiply(std::vector<std::byte>& values, DType dtype, float factor) {
    // Next to nothing in every format: weights of zero or of one value would be taken for damaged.
    if (factor == 0) {
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = i % 4 == 0 ? static_cast<std::byte>(i / 4 % 251) : std::byte{1};
      return;
    }
    ASSERT_EQ(dtype, DType::kF32);
    for (std::size_t i = 0; i < values.size(); i += sizeof(float)) {
      float value = 0;
      std::memcpy(&value, &values[i], sizeof(float));
      value *= factor;
      std::memcpy(&values[i], &value, sizeof(float));
    }
  }

  const std::filesystem::path root =
      std::filesystem::temp_directory_path() / ("headroom_scaled_" + std::to_string(getpid()));
};

// Feed-forwards whose hidden values pass 65504, the largest float16, also when divided by the 32
// that float16 is run with, and whose results do not.
constexpr float kLoud = 64 * 65536.0F;

TEST(Health, AnOverflowIsNamedAndThePictureIsMadeOnceMoreInASaferFormat) {
  const ScaledModel model;
  model.scale("transformer", "diffusion_pytorch_model",
              {{"feed_forward.w3.weight", kLoud}, {"feed_forward.w2.weight", 1 / kLoud}});
  const Runner half(model.root,
                    [](PipelineOptions& options) { options.dtype = NumberFormat::kFloat16; });
  GenerationRequest request = small_request(half);
  request.count = 2;
  RecordingSink sink;
  half.generator->generate(request, sink, {});
  ASSERT_THAT(sink.images, SizeIs(2));
  EXPECT_EQ(sink.images[0].index, 0);
  EXPECT_EQ(sink.images[1].index, 1);
  EXPECT_EQ(sink.images[1].seed, *request.seed + 1);
  EXPECT_EQ(sink.images[0].run_record.dtype,
            choose_formats(NumberFormat::kBfloat16, choose_device("cpu")).name);
  ASSERT_THAT(sink.notices, SizeIs(1));  // once a job, not once a picture
  EXPECT_EQ(sink.notices[0].kind, Notice::Kind::kOverflow);
  EXPECT_THAT(sink.notices[0].text.english(),
              HasSubstr("not finite after step 1 of 2 (overflow) in fp16"));
  EXPECT_THAT(sink.notices[0].text.english(), HasSubstr("once more in bf16"));

  const Runner safe(model.root,
                    [](PipelineOptions& options) { options.dtype = NumberFormat::kBfloat16; });
  const auto pictures = safe.run(request);
  EXPECT_EQ(pictures[0].image->rgb, sink.images[0].image->rgb);
  EXPECT_EQ(pictures[1].image->rgb, sink.images[1].image->rgb);
}

TEST(Health, ASoundModelInFloat16IsLeftAlone) {
  const Runner half(test::model_root("tiny"),
                    [](PipelineOptions& options) { options.dtype = NumberFormat::kFloat16; });
  RecordingSink sink;
  half.generator->generate(small_request(half), sink, {});
  ASSERT_THAT(sink.images, SizeIs(1));
  EXPECT_EQ(sink.images[0].run_record.dtype, "fp16");
  EXPECT_THAT(sink.notices, IsEmpty());
}

TEST(Health, WhereNoSaferFormatHelpsTheModelIsNamedAsTheFault) {
  const ScaledModel model;
  model.scale("transformer", "diffusion_pytorch_model",
              {{"feed_forward.w3.weight", 1e30F}, {"feed_forward.w1.weight", 1e30F}});
  for (const char* const dtype : {"fp32", "bf16"}) {  // at once, and after a retry
    const Runner runner(
        model.root, [&](PipelineOptions& options) { options.dtype = read_number_format(dtype); });
    RecordingSink sink;
    try {
      runner.generator->generate(small_request(runner), sink, {});
      FAIL() << "the latents cannot be finite";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModelFile);
      EXPECT_THAT(error.what(), HasSubstr(model.root.string()));
      EXPECT_THAT(error.what(), HasSubstr("in fp32, and no safer number format is left"));
    }
    EXPECT_THAT(sink.images, IsEmpty());
    EXPECT_EQ(cpu_budget::use().reserved, 0);
  }
}

// The latents were finite and the decoder is in float32: there is no overflow to be rid of.
TEST(Health, APictureOfOneColourIsNotRepeatedWhereTheDecoderIsInFloat32) {
  const ScaledModel model;
  model.scale("vae", "diffusion_pytorch_model", {{"decoder.conv_out.weight", 0.0F}});
  const Runner runner(model.root,
                      [](PipelineOptions& options) { options.dtype = NumberFormat::kFloat16; });
  RecordingSink sink;
  runner.generator->generate(small_request(runner), sink, {});
  ASSERT_THAT(sink.images, SizeIs(1));
  EXPECT_EQ(sink.images[0].run_record.dtype, "fp16");
  ASSERT_THAT(sink.notices, SizeIs(1));
  EXPECT_EQ(sink.notices[0].kind, Notice::Kind::kOneColour);
}

// Where this processor decodes bf16 in float32, at once.
TEST(Health, APictureOfOneColourIsTriedOnceMoreThenHandedOverWithANotice) {
  const RunFormats formats = choose_formats(NumberFormat::kBfloat16, choose_device("cpu"));
  const bool is_repeated = formats.vae != at::kFloat;
  const ScaledModel model;
  model.scale("vae", "diffusion_pytorch_model", {{"decoder.conv_out.weight", 0.0F}});
  const Runner runner(model.root,
                      [](PipelineOptions& options) { options.dtype = NumberFormat::kBfloat16; });
  RecordingSink sink;
  runner.generator->generate(small_request(runner), sink, {});
  ASSERT_THAT(sink.images, SizeIs(1));
  EXPECT_EQ(sink.images[0].run_record.dtype, is_repeated ? "fp32" : formats.name);
  ASSERT_THAT(sink.notices, SizeIs(is_repeated ? 2 : 1));
  EXPECT_EQ(sink.notices.front().kind,
            is_repeated ? Notice::Kind::kOverflow : Notice::Kind::kOneColour);
  EXPECT_EQ(sink.notices.back().kind, Notice::Kind::kOneColour);
  EXPECT_THAT(sink.notices.back().text.english(), HasSubstr("may be damaged"));
}

}  // namespace
}  // namespace headroom
