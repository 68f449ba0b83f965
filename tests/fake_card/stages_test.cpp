// What every stage of a picture asks of a card, through ATen's own dispatch for CUDA, beside what
// the replay says: equal to the byte, but for the workspace that cuBLAS takes at its first product
// and keeps. Z-Image-Turbo's real shapes; the card's generation comes from the environment.
#include "headroom/core/bytes.h"
#include "headroom/model_files/model_folder.h"
#include "headroom/pipeline/run_formats.h"
#include "headroom/pipeline/text_to_image.h"
#include "headroom/weights/tensor_file.h"

#include "dry_run.h"
#include "support/paths.h"
#include "support/temp_folder.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using StageBytes = std::array<std::int64_t, kStageCount>;

// Weights of the right shapes whose values nobody looks at.
class Unwritten final : public WeightSource {
 public:
  explicit Unwritten(at::TensorOptions options) : options_(options) {}
  at::Tensor get(std::string_view, at::IntArrayRef shape) override {
    return at::empty(shape, options_);
  }
  void read(std::string_view, const at::Tensor&) override {}
  at::Tensor gather_rows(std::string_view, std::span<const std::int32_t> ids, std::int64_t,
                         std::int64_t width) override {
    return at::empty({static_cast<std::int64_t>(ids.size()), width}, options_);
  }
  at::TensorOptions options() const override { return options_; }

 private:
  at::TensorOptions options_;
};

// Turing has no kernels in bfloat16.
bool has_bfloat16() { return std::atoi(std::getenv("FAKE_MAJOR")) >= 8; }

struct Case {
  std::string dtype = has_bfloat16() ? "auto" : "fp16";
  int width = 512, height = 512;
  double guidance = 0;
  std::vector<std::string> execution{};
  int tokens = 40;
  StartFrom start = StartFrom::kNoise;
  bool has_lora = false;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  out << c.dtype << " " << c.width << "x" << c.height << " guidance " << c.guidance << " tokens "
      << c.tokens << (c.has_lora ? " LoRA" : "");
  if (c.start != StartFrom::kNoise) out << " from a picture";
  for (const std::string& option : c.execution) out << " " << option;
  return out;
}

const ModelFolder& turbo() {
  static const ModelFolder model =
      read_model_folder(test::source_folder() / "configs" / "models" / "z-image-turbo");
  return model;
}

// Changes of the real shapes, other ones in every layer.
const OpenedLoras& lora() {
  static const auto opened_loras = [] {
    struct Made {
      std::string name;
      std::vector<std::int64_t> shape;
    };
    std::vector<Made> made;
    const TransformerConfig& c = turbo().transformer;
    for (std::int64_t i = 0; i < c.n_layers; ++i) {
      const std::string layer = "layers." + std::to_string(i) + ".";
      const std::int64_t rank = 1 + i * 7 % 16;
      made.push_back({layer + "attention.to_q.lora_A.weight", {rank, c.dim}});
      made.push_back({layer + "attention.to_q.lora_B.weight", {c.dim, rank}});
      made.push_back({layer + "feed_forward.w2.lora_A.weight", {17 - rank, c.ffn_dim()}});
      made.push_back({layer + "feed_forward.w2.lora_B.weight", {c.dim, 17 - rank}});
      if (i % 3 != 1) continue;
      made.push_back({layer + "attention.to_out.0.lokr_w1", {16, i % 2 == 0 ? 16 : 8}});
      made.push_back({layer + "attention.to_out.0.lokr_w2", {240, i % 2 == 0 ? 240 : 480}});
    }
    made.push_back({"x_embedder.lora_A.weight", {4, 64}});
    made.push_back({"x_embedder.lora_B.weight", {c.dim, 4}});
    const std::vector<std::byte> values(2 * 16 * 10240, std::byte{0x3C});
    std::vector<NamedTensor> tensors;
    for (const Made& tensor : made) {
      const auto count = static_cast<std::size_t>(tensor.shape[0] * tensor.shape[1]);
      tensors.push_back(
          {tensor.name, DType::kBF16, tensor.shape, std::span(values).first(2 * count)});
    }
    const test::TempFolder folder;
    const auto file = folder.path() / "lora.safetensors";
    write_tensor_file(file, tensors);
    return std::make_unique<const OpenedLoras>(c, std::vector<AskedLora>{{{"lora", 0.5}, file}});
  }();
  return *opened_loras;
}

DryRunRequest request_of(const Case& c) {
  DryRunRequest what;
  what.kernels.card = true;
  what.kernels.calibrated.multiprocessors =
      choose_device("cuda").backend->attention_multiprocessors();
  what.shape = {.width = c.width,
                .height = c.height,
                .steps = 2,
                .guided_steps = c.guidance > 0 ? 2 : 0,
                .prompt_tokens = c.tokens,
                .negative_tokens = c.guidance > 0 ? c.tokens : 0,
                .start = c.start};
  what.execution = read_option_names(c.execution).value();
  if (c.has_lora) what.opened_loras = &lora();
  return what;
}

// The most that is in use at a time in each stage, where the allocator hands out no rests: it
// splits blocks down to its smallest.
StageBytes peaks_of(const AllocationTrace& allocations) {
  constexpr std::int64_t kSmallestBlock = 512;
  StageBytes peaks{};
  std::vector<std::int64_t> sizes(allocations.entries.size() + 1);
  std::int64_t alive = 0;
  Stage now = Stage::kLoad;
  for (const AllocationTrace::Entry& entry : allocations.entries) {
    if (entry.kind == AllocationTrace::Kind::kStage) {
      now = entry.stage;
    } else if (entry.kind == AllocationTrace::Kind::kFree) {
      alive -= std::exchange(sizes[entry.id], 0);
    } else if (entry.tag != MemoryTag::kHost) {
      sizes[entry.id] = (entry.bytes + kSmallestBlock - 1) / kSmallestBlock * kSmallestBlock;
      alive += sizes[entry.id];
    }
    std::int64_t& peak = peaks[static_cast<std::size_t>(now)];
    peak = std::max(peak, alive);
  }
  return peaks;
}

// The same from libtorch's counters while the stages run on the card.
StageBytes peaks_of_run(const Case& c, const RunFormats& formats) {
  const c10::InferenceMode inference;
  const at::TensorOptions card(at::kCUDA);
  Unwritten networks(card.dtype(formats.networks));
  Unwritten vae(card.dtype(formats.vae));
  Unwritten host(at::TensorOptions(at::kCPU).dtype(formats.vae));
  const DryRunRequest what = request_of(c);
  const GenerationRequest request = dry_run_request(what.shape, what.shape.steps);
  const auto ids = [](int tokens) {
    return std::vector<std::int32_t>(static_cast<std::size_t>(tokens), 1);
  };
  TextToImage run(turbo(), formats, {networks, networks, vae, host, what.opened_loras},
                  /*background=*/false);
  StageBytes peaks{};
  const auto end = [&](Stage stage) {
    peaks[static_cast<std::size_t>(stage)] =
        at::accelerator::getDeviceStats(0).allocated_bytes[0].peak;
    at::accelerator::resetPeakStats(0);
  };
  at::accelerator::resetPeakStats(0);
  run.prepare(what.execution);
  end(Stage::kLoad);
  const TextToImage::Features features =
      run.encode({ids(what.shape.prompt_tokens), ids(what.shape.negative_tokens)}, {});
  end(Stage::kEncode);
  EncodedImage image;
  const auto zeros = [&](at::IntArrayRef shape) {
    return at::zeros(shape, card.dtype(at::kFloat));
  };
  const std::vector<std::int64_t> latents = run.latent_shape(request);
  if (has_stage(what.shape, Stage::kEncodeImage)) {
    image.moments =
        run.encode_image(at::zeros({request.height, request.width, 3}, card.dtype(at::kByte)), {});
    if (what.shape.start == StartFrom::kMaskedImage) {
      image.repaint = zeros({latents[1], latents[2]});
    }
    end(Stage::kEncodeImage);
  }
  Sampling sampling;
  if (image.moments.defined()) {
    at::Tensor posterior_noise = zeros(latents);
    at::Tensor noise = zeros(latents);
    sampling = run.start_from(image, std::move(posterior_noise), std::move(noise), request, 0);
  } else {
    sampling.latents = zeros(latents);
  }
  run.denoise(sampling, features, request, {});
  end(Stage::kDenoise);
  const at::Tensor picture = run.decode(sampling.latents, {});
  end(Stage::kDecode);
  return peaks;
}

class Stages : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(at::globalContext().hasCUDA()) << "run by ctest, which loads the CUDA libraries";
    const Device card = choose_device("cuda");
    card.backend->set_up();  // with the attention and the segments that runs use
    ASSERT_EQ(card.backend->caching_settings(), "expandable_segments:True");
    // So that the workspace of cuBLAS is there in every case.
    const c10::InferenceMode inference;
    const at::Tensor some = at::zeros({64, 64}, at::TensorOptions(at::kCUDA));
    static_cast<void>(some.matmul(some));
    kept_ = at::accelerator::getDeviceStats(0).allocated_bytes[0].current - 64 * 64 * 4;
  }

  static void expect_equal(const Case& c) {
    const RunFormats formats =
        choose_formats(read_number_format(c.dtype), pretended_device("cuda", 0, "card"));
    const StageBytes replayed = peaks_of(dry_run(turbo(), formats, request_of(c)));
    const StageBytes real = peaks_of_run(c, formats);
    for (const Stage stage :
         {Stage::kLoad, Stage::kEncode, Stage::kEncodeImage, Stage::kDenoise, Stage::kDecode}) {
      if (!has_stage(request_of(c).shape, stage)) continue;
      const auto i = static_cast<std::size_t>(stage);
      // The statistics of a norm on their way to the host are too few to be in any allocation
      // trace.
      const bool has_norms = stage == Stage::kEncodeImage || stage == Stage::kDecode;
      const std::int64_t allowed = has_norms ? 4 * kKiB : 0;
      const std::int64_t more = real[i] - kept_ - replayed[i];
      EXPECT_TRUE(more >= 0 && more <= allowed)
          << c << ", " << stage_name(stage) << ": " << static_cast<double>(more) / kMiB
          << " MiB more than " << replayed[i] << " B";
    }
  }

  static inline std::int64_t kept_ = 0;
};

// 8,320 KiB, and 32 MiB from sm_90 on: CUDA's documentation of cublasSetWorkspace().
TEST_F(Stages, CublasKeepsItsDocumentedWorkspace) {
  EXPECT_EQ(kept_, std::atoi(std::getenv("FAKE_MAJOR")) >= 9 ? 32 * kMiB : 8320 * kKiB);
}

TEST_F(Stages, NeedWhatTheReplaySaysAtEverySizeAndInEveryFormat) {
  std::vector<std::string> formats{"fp16", "fp32"};
  if (has_bfloat16()) formats.insert(formats.end(), {"auto", "bf16"});
  for (const std::string& dtype : formats) {
    for (const double guidance : {0.0, 4.0}) {
      expect_equal({.dtype = dtype, .width = 512, .height = 512, .guidance = guidance});
      expect_equal({.dtype = dtype, .width = 768, .height = 768, .guidance = guidance});
      expect_equal({.dtype = dtype, .width = 1024, .height = 576, .guidance = guidance});
      expect_equal({.dtype = dtype, .width = 576, .height = 1024, .guidance = guidance});
      expect_equal({.dtype = dtype, .width = 1024, .height = 1024, .guidance = guidance});
    }
  }
}

TEST_F(Stages, NeedWhatTheReplaySaysUnderEveryRung) {
  const std::vector<std::vector<std::string>> plans{
      {"evict-encoder"},
      {"stream-encoder"},
      {"sequential-guidance"},
      {"chunk-tokens:1024"},
      {"chunk-tokens:256"},
      {"chunk-tokens:64"},  // where attention is what needs most
      {"stream-blocks:1"},
      {"stream-blocks:30"},
      {"evict-transformer"},
      {"tile-decode:64"},
      {"tile-decode:16"},
      {"tile-decode:1"},
      {"stream-encoder", "stream-blocks:22"},
      {"evict-encoder", "sequential-guidance", "chunk-tokens:256", "stream-blocks:15",
       "evict-transformer"},
      {"sequential-guidance", "chunk-tokens:64", "stream-blocks:30"},
  };
  for (const std::vector<std::string>& plan : plans) {
    for (const double guidance : {0.0, 4.0}) {
      expect_equal({.guidance = guidance, .execution = plan});
      expect_equal({.width = 1024, .height = 576, .guidance = guidance, .execution = plan});
    }
  }
  for (const std::string dtype : {"fp16", "fp32"}) {
    expect_equal({.dtype = dtype, .execution = {"chunk-tokens:64"}});
  }
}

// The processor really computes there, so the picture is small.
TEST_F(Stages, NeedWhatTheReplaySaysWhereTheProcessorDecodes) {
  for (const double guidance : {0.0, 4.0}) {
    expect_equal({.width = 128, .height = 64, .guidance = guidance, .execution = {"cpu-decode"}});
  }
}

TEST_F(Stages, NeedWhatTheReplaySaysWithLoras) {
  const std::vector<std::vector<std::string>> plans{
      {}, {"chunk-tokens:256"}, {"sequential-guidance", "chunk-tokens:64", "stream-blocks:30"}};
  for (std::vector<std::string> plan : plans) {
    if (plan.empty()) plan = {"resident"};
    for (const double guidance : {0.0, 4.0}) {
      expect_equal({.guidance = guidance, .execution = plan, .has_lora = true});
    }
  }
  expect_equal({.dtype = "fp32", .width = 1024, .height = 576, .has_lora = true});
}

TEST_F(Stages, NeedWhatTheReplaySaysForPromptsOfEveryLength) {
  for (const int tokens : {1, 33, 150, 512}) {
    expect_equal({.guidance = 4, .tokens = tokens});
    expect_equal({.guidance = 4, .execution = {"stream-encoder"}, .tokens = tokens});
  }
}

TEST_F(Stages, NeedWhatTheReplaySaysFromAPicture) {
  for (const StartFrom start : {StartFrom::kImage, StartFrom::kMaskedImage}) {
    expect_equal({.start = start});
    expect_equal({.width = 1024, .height = 576, .guidance = 4, .start = start});
    for (const char* const option : {"tile-decode:64", "tile-decode:16", "tile-decode:1"}) {
      expect_equal({.width = 576, .height = 1024, .execution = {option}, .start = start});
    }
  }
  expect_equal(
      {.width = 128, .height = 64, .execution = {"cpu-decode"}, .start = StartFrom::kImage});
}

}  // namespace
}  // namespace headroom
