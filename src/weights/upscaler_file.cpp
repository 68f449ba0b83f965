#include "headroom/weights/upscaler_file.h"

#include "headroom/weights/model_file_error.h"

#include "named_tensor.h"
#include "upscaler_names.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace headroom {
namespace {

constexpr int kColours = 3;
constexpr int kMostScale = 16;
constexpr std::int64_t kMostChannels = 4096;

// The largest number in names "STARTnumber...", or -1.
int largest(const UpscalerTensors& tensors, const std::string& start) {
  int result = -1;
  for (auto it = tensors.lower_bound(start); it != tensors.end() && it->first.starts_with(start);
       ++it) {
    const std::string_view rest = std::string_view(it->first).substr(start.size());
    int number = -1;
    std::from_chars(rest.data(), rest.data() + rest.size(), number);
    result = std::max(result, number);
  }
  return result;
}

// The square root of a square number, or 0.
int root_of(std::int64_t square) {
  for (int side = 1; side <= kMostScale; ++side) {
    if (std::int64_t{side} * side == square) return side;
  }
  return 0;
}

bool has_rrdb_names(const UpscalerTensors& tensors) {
  return tensors.contains("conv_first.weight") && tensors.contains("conv_last.weight");
}
bool has_srvgg_names(const UpscalerTensors& tensors) {
  return tensors.contains("body.0.weight") && tensors.contains("body.1.weight");
}

class Teller {
 public:
  Teller(const UpscalerTensors& tensors, const std::filesystem::path& file)
      : tensors_(tensors), file_(file) {}

  UpscalerConfig tell() {
    if (has_rrdb_names(tensors_)) return rrdb_net();
    if (has_srvgg_names(tensors_)) return srvgg_net();
    refuse(say("is no upscaler that is known"));
  }

 private:
  [[noreturn]] void refuse(const Message& fault) const {
    fail_model_file(file_, say("{0}; choose a Real-ESRGAN or ESRGAN model (RRDBNet or "
                               "SRVGGNetCompact)",
                               fault_of(say("the file"), fault)));
  }
  // The shape of a convolution: [out, in, 3, 3].
  [[nodiscard]] const std::vector<std::int64_t>& shape(const std::string& name) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) refuse(say("lacks the tensor {0}", in_quotes(name)));
    const std::vector<std::int64_t>& shape = found->second.shape;
    if (shape.size() != 4 || shape[2] != 3 || shape[3] != 3 || shape[0] < 1 || shape[1] < 1 ||
        shape[0] > kMostChannels || shape[1] > kMostChannels) {
      refuse(say("has the tensor {0} in the shape {1}, which is no convolution of such a network",
                 in_quotes(name), shape_text(shape)));
    }
    return shape;
  }

  [[nodiscard]] UpscalerConfig rrdb_net() const {
    const std::vector<std::int64_t>& first = shape("conv_first.weight");
    if (shape("conv_last.weight")[0] != kColours) refuse_colours();
    if (std::ranges::any_of(tensors_, [](const auto& item) {
          return item.first.find("conv1x1") != std::string::npos;
        })) {
      refuse(say("is ESRGAN+, whose blocks are others"));
    }
    UpscalerConfig config;
    config.unshuffle = first[1] % kColours == 0 ? root_of(first[1] / kColours) : 0;
    if (config.unshuffle == 0 || (config.unshuffle & (config.unshuffle - 1)) != 0) {
      refuse_colours();
    }
    config.channels = static_cast<int>(first[0]);
    config.growth = static_cast<int>(shape("body.0.rdb1.conv1.weight")[0]);
    config.blocks = largest(tensors_, "body.") + 1;
    const int doublings = std::max(0, largest(tensors_, "conv_up"));
    const int enlarged = doublings > 5 ? 0 : 1 << doublings;
    config.scale = enlarged / config.unshuffle;
    if (config.scale < 1 || config.scale > kMostScale) refuse(say("enlarges by no whole number"));
    return config;
  }

  [[nodiscard]] UpscalerConfig srvgg_net() const {
    UpscalerConfig config;
    config.kind = UpscalerKind::kSrvggNet;
    const std::vector<std::int64_t>& first = shape("body.0.weight");
    if (first[1] != kColours) refuse_colours();
    config.channels = static_cast<int>(first[0]);
    const int last = largest(tensors_, "body.");
    if (last < 2 || last % 2 != 0) refuse(say("has layers that do not come in pairs"));
    config.blocks = (last - 2) / 2;
    const std::int64_t values = shape("body." + std::to_string(last) + ".weight")[0];
    config.scale = values % kColours == 0 ? root_of(values / kColours) : 0;
    if (config.scale == 0) refuse_colours();
    return config;
  }
  [[noreturn]] void refuse_colours() const { refuse(say("is not for pictures of three colours")); }

  const UpscalerTensors& tensors_;
  const std::filesystem::path& file_;
};

}  // namespace

bool is_upscaler(const UpscalerTensors& tensors) {
  const UpscalerTensors named = named_as_real_esrgan(tensors);
  return has_rrdb_names(named) || has_srvgg_names(named);
}

std::optional<std::filesystem::path> weaker_upscaler(const std::filesystem::path& model) {
  constexpr std::string_view kEnding = "-x4v3";
  std::string stem = model.stem().string();
  if (!stem.ends_with(kEnding) || stem.ends_with("-wdn-x4v3")) return std::nullopt;
  stem.insert(stem.size() - kEnding.size(), "-wdn");
  for (const std::string& ending :
       {model.extension().string(), std::string(".pth"), std::string(".safetensors")}) {
    std::filesystem::path file = model.parent_path() / (stem + ending);
    std::error_code error;
    if (std::filesystem::exists(file, error)) return file;
  }
  return std::nullopt;
}

UpscalerFile::UpscalerFile(const std::filesystem::path& file) : file_(file) {
  if (looks_like_torch_file(file)) {
    torch_.emplace(file);
    tensors_ = named_as_real_esrgan(torch_->tensors());
  } else {
    safetensors_.emplace(file);
    tensors_ = named_as_real_esrgan(safetensors_->tensors());
  }
  config_ = Teller(tensors_, file_).tell();
}

TensorView UpscalerFile::at(std::string_view name, std::span<const std::int64_t> shape) const {
  return named_tensor(tensors_, name, shape, file_);
}

std::string UpscalerFile::what() const {
  const auto count = [](int number, const char* what) {
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
  };
  const bool is_rrdb = config_.kind == UpscalerKind::kRrdbNet;
  return std::string(is_rrdb ? "RRDBNet" : "SRVGGNet") + " of " +
         (is_rrdb ? count(config_.blocks, "block") : count(config_.blocks + 2, "layer")) + ", " +
         count(config_.channels, "channel");
}

}  // namespace headroom
