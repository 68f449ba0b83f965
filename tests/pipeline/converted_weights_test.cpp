// Weights that are kept in the number format that they are computed in: the same pictures, read
// from elsewhere.
#include "headroom/core/bytes.h"
#include "headroom/core/run_record.h"
#include "headroom/model_files/weight_cache.h"

#include "pipeline/run_support.h"
#include "support/temp_folder.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::RecordingSink;
using test::Runner;

constexpr const char* kTransformer = "transformer/diffusion_pytorch_model.safetensors";
constexpr const char* kTextEncoder = "text_encoder/model.safetensors";

float half_value(std::uint16_t bits) {  // of normal numbers and zero, which weights are
  const int exponent = bits >> 10 & 0x1F;
  const double mantissa = (bits & 0x3FF) / 1024.0;
  const double size =
      exponent == 0 ? std::ldexp(mantissa, -14) : std::ldexp(1 + mantissa, exponent - 15);
  return static_cast<float>((bits & 0x8000) != 0 ? -size : size);
}

// A copy of the starter model, whose float16 is rewritten exactly as a wider format.
class ConvertedWeightsTest : public ::testing::Test {
 protected:
  ConvertedWeightsTest() {
    fs::copy(test::starter_model(), folder_ / "model", fs::copy_options::recursive);
  }

  template <typename Number>
  void store_as(DType format) const {
    for (const char* const file : {kTransformer, kTextEncoder}) {
      std::vector<NamedTensor> tensors;
      std::vector<std::vector<Number>> values;
      {
        const TensorFile stored(folder_ / "model" / file);
        for (const auto& [name, view] : stored.tensors()) {
          std::vector<Number>& numbers = values.emplace_back(view.data.size() / 2);
          for (std::size_t i = 0; i < numbers.size(); ++i) {
            std::uint16_t bits = 0;
            std::memcpy(&bits, view.data.data() + 2 * i, 2);
            numbers[i] = half_value(bits);
          }
          tensors.push_back({name, format, view.shape, std::as_bytes(std::span(numbers))});
        }
      }
      write_tensor_file(folder_ / "model" / file, tensors);
    }
  }

  // Streams some of both networks; `kept`: with the cache.
  [[nodiscard]] std::unique_ptr<Runner> runner(
      const std::string& dtype, bool kept,
      const std::function<void(PipelineOptions&)>& change = {}) const {
    return std::make_unique<Runner>(folder_ / "model", [&](PipelineOptions& options) {
      options.dtype = read_number_format(dtype);
      options.floor.stream_blocks = 3;
      options.floor.stream_encoder = true;
      if (kept) options.weight_cache = cache();
      if (change) change(options);
    });
  }
  [[nodiscard]] WeightCache cache() const {
    return WeightCache(folder_ / "cache" / "weights", {0, 0.0});
  }
  static GenerationRequest request() {
    GenerationRequest request;
    request.prompt = "a red apple";
    request.width = request.height = 64;
    request.steps = 3;
    request.guidance_scale = 2.0;
    request.seed = 7;
    return request;
  }
  struct Made {
    std::vector<std::uint8_t> rgb;
    RunRecord run_record;
    std::vector<Notice> notices;
  };
  static Made make(const Runner& runner) {
    RecordingSink sink;
    runner.generator->generate(request(), sink, {});
    return {sink.images.at(0).image->rgb, sink.images.at(0).run_record, sink.notices};
  }
  // Other values in the same file, of which nothing but reading it tells.
  void overwrite(const char* file) const {
    const fs::path path = folder_ / "model" / file;
    const auto time = fs::last_write_time(path);
    std::string bytes(fs::file_size(path) / 2, '\x11');
    for (std::size_t i = 0; i < bytes.size(); i += 4)  // what holds one value counts as damaged
      bytes[i] = static_cast<char>(i / 4 % 251);
    {
      std::fstream out(path, std::ios::in | std::ios::out | std::ios::binary);
      out.seekp(static_cast<std::streamoff>(bytes.size()));
      out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    fs::last_write_time(path, time);
  }

  void expect_same_picture(const std::string& dtype) const {
    const Made without = make(*runner(dtype, false));
    EXPECT_TRUE(without.notices.empty());
    EXPECT_TRUE(cache().entries().empty());
    const Made first = make(*runner(dtype, true));
    EXPECT_EQ(first.rgb, without.rgb);
    EXPECT_EQ(cache().entries().size(), 2U);
    ASSERT_EQ(first.notices.size(), 2U);
    EXPECT_EQ(first.notices[0].kind, Notice::Kind::kWeightsKept);
    EXPECT_NE(first.notices[0].text.english().find(cache().folder().string()), std::string::npos);
    overwrite(kTransformer);
    const Made second = make(*runner(dtype, true));
    EXPECT_EQ(second.rgb, without.rgb);  // the files are not read any more
    EXPECT_TRUE(second.notices.empty());
    for (const Made* const made : {&without, &first, &second}) {
      EXPECT_EQ(made->run_record.actual_peak_bytes, made->run_record.plan.peak_bytes);
      EXPECT_GT(made->run_record.copy_bytes_per_second, 0);
      EXPECT_EQ(made->run_record.plan.execution, without.run_record.plan.execution);
    }
    EXPECT_NE(make(*runner(dtype, false)).rgb, without.rgb);
  }

  const test::TempFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(ConvertedWeightsTest, MakeTheSamePictureInBfloat16) {
  store_as<float>(DType::kF32);
  expect_same_picture("bf16");
}

TEST_F(ConvertedWeightsTest, MakeTheSamePictureInFloat32) {
  store_as<double>(DType::kF64);
  expect_same_picture("fp32");
}

TEST_F(ConvertedWeightsTest, AreNotKeptWhereThatSavesNothing) {
  (void)make(*runner("fp32", true));  // twice as long as the float16 of the files
  EXPECT_TRUE(cache().entries().empty());
  store_as<float>(DType::kF32);
  (void)make(*runner("fp32", true));  // as the files are
  EXPECT_TRUE(cache().entries().empty());
  const auto resident = runner("bf16", true, [](PipelineOptions& options) { options.floor = {}; });
  EXPECT_TRUE(make(*resident).notices.empty());  // read once
  EXPECT_TRUE(cache().entries().empty());
}

TEST_F(ConvertedWeightsTest, AreUsedByPlansThatReadThemOnceToo) {
  store_as<float>(DType::kF32);
  const Made made = make(*runner("bf16", true));
  overwrite(kTransformer);
  const auto resident = runner("bf16", true, [](PipelineOptions& options) { options.floor = {}; });
  EXPECT_EQ(make(*resident).rgb, made.rgb);
  EXPECT_EQ(make(*resident).run_record.copy_bytes_per_second, 0);  // all is there already
}

TEST_F(ConvertedWeightsTest, CostANoticeOnceWhereTheyCannotBeKept) {
  store_as<float>(DType::kF32);
  const Made without = make(*runner("bf16", false));
  const auto full = runner("bf16", true, [&](PipelineOptions& options) {
    options.weight_cache.emplace(cache().folder(), WeightCache::Spare{std::int64_t{1} << 60, 0.0});
  });
  const Made first = make(*full);
  EXPECT_EQ(first.rgb, without.rgb);
  ASSERT_EQ(first.notices.size(), 1U);
  EXPECT_EQ(first.notices[0].kind, Notice::Kind::kWeightsNotKept);
  EXPECT_NE(first.notices[0].text.english().find("model.weight_cache"), std::string::npos);
  EXPECT_TRUE(make(*full).notices.empty());
  EXPECT_TRUE(cache().entries().empty());
  fs::remove_all(folder_ / "cache");
  fs::create_directories(folder_ / "cache");
  std::ofstream(folder_ / "cache" / "weights") << "a file in the folder's place";
  const Made nowhere = make(*runner("bf16", true));
  EXPECT_EQ(nowhere.rgb, without.rgb);
  ASSERT_FALSE(nowhere.notices.empty());
  EXPECT_EQ(nowhere.notices[0].kind, Notice::Kind::kWeightsNotKept);
  EXPECT_EQ(nowhere.notices.size(), 1U) << nowhere.notices.back().text.english();
}

TEST_F(ConvertedWeightsTest, MayBeClearedOrCutBetweenPictures) {
  store_as<float>(DType::kF32);
  const auto keeps = runner("bf16", true);
  const Made first = make(*keeps);
  for (const WeightCache::Entry& entry : cache().entries()) {
    fs::resize_file(entry.file, static_cast<std::uintmax_t>(entry.bytes / 2));
  }
  EXPECT_EQ(make(*keeps).rgb, first.rgb);  // from the model's files
  (void)make(*runner("bf16", true));       // written again
  ASSERT_EQ(cache().entries().size(), 2U);
  const auto other = runner("bf16", true);
  EXPECT_EQ(make(*other).rgb, first.rgb);
  EXPECT_EQ(cache().clear().size(), 2U);
  EXPECT_EQ(make(*other).rgb, first.rgb);
}

// A disk that lost some blocks: what it holds is no picture's, and it is written again.
TEST_F(ConvertedWeightsTest, ThatHaveHolesAreNotUsedAndWrittenAnew) {
  store_as<float>(DType::kF32);
  const Made whole = make(*runner("bf16", true));
  for (const WeightCache::Entry& entry : cache().entries()) {
    std::fstream out(entry.file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(entry.bytes / 2);
    const std::string hole(static_cast<std::size_t>(entry.bytes / 4), '\0');
    out.write(hole.data(), static_cast<std::streamsize>(hole.size()));
  }
  EXPECT_EQ(make(*runner("bf16", true)).rgb, whole.rgb);
  EXPECT_TRUE(cache().entries().empty());
  const Made anew = make(*runner("bf16", true));
  EXPECT_EQ(anew.rgb, whole.rgb);
  EXPECT_EQ(cache().entries().size(), 2U);
  EXPECT_FALSE(anew.notices.empty());
}

TEST_F(ConvertedWeightsTest, ACancelLeavesNothingHalf) {
  store_as<float>(DType::kF32);
  const auto keeps = runner("bf16", true);
  std::stop_source stop;
  RecordingSink sink;
  sink.at_stage = [&](Stage stage) {
    if (stage == Stage::kLoad) stop.request_stop();
  };
  EXPECT_THROW(keeps->generator->generate(request(), sink, stop.get_token()), Cancelled);
  EXPECT_TRUE(cache().entries().empty());
  EXPECT_TRUE(!fs::exists(cache().folder()) || fs::is_empty(cache().folder()));
}

TEST_F(ConvertedWeightsTest, ABrokenDownloadIsNotKept) {
  store_as<float>(DType::kF32);
  const fs::path file = folder_ / "model" / kTransformer;
  const std::string zeros(fs::file_size(file) / 4, '\0');
  {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(static_cast<std::streamoff>(2 * zeros.size()));
    out.write(zeros.data(), static_cast<std::streamsize>(zeros.size()));
  }
  const auto keeps = runner("bf16", true);
  EXPECT_THROW((void)make(*keeps), Error);
  EXPECT_TRUE(cache().entries().empty());
}

TEST_F(ConvertedWeightsTest, HalveWhatAPlanWantsOfThePageCache) {
  store_as<float>(DType::kF32);
  const std::int64_t plain = runner("bf16", false)->forecast(request()).plan.page_cache_bytes;
  const std::int64_t kept = runner("bf16", true)->forecast(request()).plan.page_cache_bytes;
  EXPECT_GT(kept, 0);
  // The files hold each value in four bytes, the device in two; a layer's share of the files is
  // rounded from all of them.
  EXPECT_NEAR(static_cast<double>(plain) / static_cast<double>(kept), 2, 0.2);
  const auto full = runner("bf16", true, [&](PipelineOptions& options) {
    options.weight_cache.emplace(cache().folder(), WeightCache::Spare{std::int64_t{1} << 60, 0.0});
  });
  EXPECT_EQ(full->forecast(request()).plan.page_cache_bytes, plain);
}

}  // namespace
}  // namespace headroom
