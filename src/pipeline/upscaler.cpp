#include "headroom/pipeline/upscaler.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/device/memory_tag.h"
#include "headroom/model/upscale_network.h"
#include "headroom/pipeline/small_network_weights.h"
#include "headroom/pipeline/thread_count.h"
#include "headroom/pipeline/upscale_pieces.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <exception>
#include <utility>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

namespace headroom {
namespace {

struct Stopped {};  // thrown through the network to end a run

// Reflects index `i` into a row of `size` pixels without repeating the edge pixel.
std::int64_t reflected(std::int64_t i, std::int64_t size) {
  if (size == 1) return 0;
  return i < size ? i : 2 * (size - 1) - i;
}

// [1, 3 u^2, h, w] float32 in [0, 1], channels-last in host memory: each cell is a block of u x u
// pixels, one colour after the other. The picture is extended to whole blocks by reflection.
at::Tensor cells_of(const Image& image, const UpscalerConfig& config) {
  const ScopedMemoryTag host(MemoryTag::kHost);
  const std::int64_t u = config.unshuffle;
  const std::int64_t height = cells_along(image.height, config);
  const std::int64_t width = cells_along(image.width, config);
  at::Tensor cells = at::empty({1, 3 * u * u, height, width}, at::TensorOptions(at::kFloat),
                               at::MemoryFormat::ChannelsLast);
  float* out = cells.mutable_data_ptr<float>();
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      for (std::int64_t i = 0; i < 3 * u * u; ++i) {
        const std::int64_t row = reflected(y * u + i % (u * u) / u, image.height);
        const std::int64_t column = reflected(x * u + i % u, image.width);
        const auto at = static_cast<std::size_t>((row * image.width + column) * 3 + i / (u * u));
        *out++ = static_cast<float>(image.rgb[at]) / 255.0F;
      }
    }
  }
  return cells;
}

std::uint8_t level_of(float value) {
  // NaN becomes black, so that the rest of the picture is not lost.
  return static_cast<std::uint8_t>(std::lround(std::fmin(std::fmax(value, 0.0F), 1.0F) * 255.0F));
}

// Copies the part of a piece that is inside the picture.
void put(const at::Tensor& piece, const PieceRect& place, Image& image) {
  const ScopedMemoryTag host(MemoryTag::kHost);
  const at::Tensor values = piece.to(at::kCPU);
  const auto* const data = values.const_data_ptr<float>();
  const std::int64_t rows = std::min<std::int64_t>(place.height, image.height - place.top);
  const std::int64_t columns = std::min<std::int64_t>(place.width, image.width - place.left);
  for (std::int64_t y = 0; y < rows; ++y) {
    for (std::int64_t x = 0; x < columns; ++x) {
      const auto at = ((place.top + y) * image.width + place.left + x) * 3;
      for (std::int64_t c = 0; c < 3; ++c) {
        image.rgb[static_cast<std::size_t>(at + c)] =
            level_of(data[c * values.stride(1) + y * values.stride(2) + x * values.stride(3)]);
      }
    }
  }
}

// Gives back the memory reserved for a run, however the run ends.
class Hold {
 public:
  explicit Hold(DeviceBackend& backend) : backend_(backend) {}
  ~Hold() {
    try {
      backend_.let_go();
    } catch (const std::exception&) {
      // A failed GPU cannot be asked any more; the error that says why is already on its way up.
    }
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  DeviceBackend& backend_;
};

}  // namespace

struct Upscaler::Loaded {
  std::unique_ptr<UpscaleNetwork> network;
};

Upscaler::Upscaler(UpscalerFile file, Device device, int threads, std::optional<Mix> mix)
    : file_(std::move(file)), device_(std::move(device)), threads_(threads), mix_(std::move(mix)) {
  if (mix_ && mix_->weaker.config() != file_.config()) {
    throw Error(ErrorKind::kInvalidRequest,
                say("{0} ({1}) and {2} ({3}) are not two of one network and cannot be mixed",
                    file_.place(), file_.what(), mix_->weaker.place(), mix_->weaker.what()));
  }
}

Upscaler::~Upscaler() {
  try {
    loaded_.reset();
    device_.backend->let_go();
    device_.backend->count_as_weights(0);
  } catch (const std::exception&) {
    // A failed GPU frees nothing; the driver does when the process ends.
  }
}

std::optional<Image> Upscaler::run(
    const Image& image, const UpscalePlan& plan, std::int64_t budget_bytes,
    const std::function<bool(std::int64_t done, std::int64_t total)>& go_on) {
  DeviceBackend& backend = *device_.backend;
  try {
    backend.set_up();
    // Slack, since libtorch sometimes wraps a number in a tensor; a run must not fail for that.
    constexpr std::int64_t kUnseen = 1024;
    const Hold hold(backend);
    backend.limit(std::max(budget_bytes, plan.peak_bytes + kUnseen));
    backend.reserve(plan.peak_bytes, plan.small_pool_bytes);
    backend.begin_run();
    std::optional<Image> result = run_reserved(image, plan, go_on);
    actual_peak_ = backend.end_stage();
    return result;
  } catch (const Error&) {
    throw;
  } catch (const c10::Error& e) {
    if (const auto failure = device_failure(e)) throw Error(*failure);
    if (!is_out_of_memory(e)) throw Error(ErrorKind::kInternal, message_of(e));
    throw Error(ErrorKind::kOutOfMemory,
                say("the device refused memory that the plan of {0} has; close other programs and "
                    "try again",
                    format_bytes(plan.peak_bytes)));
  }
}

std::optional<Image> Upscaler::run_reserved(
    const Image& image, const UpscalePlan& plan,
    const std::function<bool(std::int64_t done, std::int64_t total)>& go_on) {
  const c10::InferenceMode inference;
  at::set_num_threads(resolve_threads(threads_));
  const at::Device device = device_.backend->torch_device();
  const UpscalerConfig& config = file_.config();
  if (!loaded_) {
    SmallNetworkWeights weights(file_, device);
    if (mix_) weights.mix_with(mix_->weaker, mix_->share);
    loaded_ = std::make_unique<Loaded>(Loaded{load_upscale_network(config, weights)});
    device_.backend->count_as_weights(plan.weights_bytes);
  }
  Image result{image.width * config.scale, image.height * config.scale, {}};
  result.rgb.resize(static_cast<std::size_t>(result.width) *
                    static_cast<std::size_t>(result.height) * 3);
  PieceHooks hooks;
  hooks.before = [&](std::int64_t done, std::int64_t total) {
    if (!go_on(done, total)) throw Stopped();
  };
  hooks.finished = [&](const at::Tensor& piece, const PieceRect& place) {
    put(piece, place, result);
  };
  try {
    upscale_in_pieces(*loaded_->network, cells_of(image, config), plan.side, device, hooks);
  } catch (const Stopped&) {
    return std::nullopt;
  }
  return result;
}

}  // namespace headroom
