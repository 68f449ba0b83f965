#include "headroom/model_files/quantize.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/name_list.h"
#include "headroom/weights/block_encoders.h"
#include "headroom/weights/dequantize.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/partial_file.h"
#include "headroom/weights/small_floats.h"
#include "headroom/weights/tensor_header.h"
#include "headroom/weights/tensor_writer.h"

#include "quantized_layout.h"
#include "source_files.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

namespace headroom {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kShareBytes = std::int64_t{8} << 20;  // as float32

std::size_t row_bytes(const QuantizedTensor& tensor) {
  return tensor_type(tensor.dtype).bytes(static_cast<std::size_t>(row_width(tensor.shape)));
}

std::int64_t code_bytes(const QuantizedTensor& tensor) {
  return row_count(tensor.shape) * static_cast<std::int64_t>(row_bytes(tensor));
}

// Reads rows `first` to `first + rows` of a tensor that may be joined from several.
void read_values(const QuantizedTensor& tensor, std::int64_t first, std::int64_t rows,
                 std::span<float> values) {
  for (const TensorRows& source : tensor.sources) {
    if (rows == 0) return;
    const std::int64_t here = std::min(rows, source.rows - first);
    if (here > 0) {
      const auto count = static_cast<std::size_t>(here * source.width);
      read_rows(source, first, here, values.first(count));
      values = values.subspan(count);
      rows -= here;
    }
    first = std::max<std::int64_t>(0, first - source.rows);
  }
}

void encode_plain(DType dtype, float value, std::byte* into) {
  if (dtype == DType::kF32) {
    std::memcpy(into, &value, sizeof value);
    return;
  }
  const std::uint16_t bits = dtype == DType::kF16 ? to_f16(value) : to_bf16(value);
  std::memcpy(into, &bits, sizeof bits);
}

void encode_row(const QuantizedTensor& tensor, std::span<float> values, std::byte* into,
                float* scale) {
  if (tensor.dtype == DType::kI8) {
    *scale = encode_int8_row(values, tensor.rotation_group,
                             {reinterpret_cast<std::int8_t*>(into), values.size()});
    return;
  }
  const std::size_t step = tensor_type(tensor.dtype).block_values;
  const std::size_t bytes = tensor_type(tensor.dtype).block_bytes;
  const BlockEncoder encode = block_encoder(tensor.dtype);
  for (std::size_t i = 0; i < values.size(); i += step, into += bytes) {
    if (encode != nullptr) {
      encode(values.data() + i, reinterpret_cast<std::uint8_t*>(into));
    } else {
      encode_plain(tensor.dtype, values[i], into);
    }
  }
}

// Rounds a tensor's rows, several shares at once, and passes on the bytes in order.
class Rounder {
 public:
  Rounder(const NetworkTensors& tensors, const QuantizeOptions& options)
      : tensors_(tensors), options_(options), shares_(std::max(1, options.shares)) {}

  // Returns false as soon as `put` does.
  template <typename Put>
  bool round(const QuantizedTensor& tensor, const Put& put) {
    const std::int64_t rows = row_count(tensor.shape);
    const std::int64_t width = std::max<std::int64_t>(1, row_width(tensor.shape));
    const std::int64_t share = std::max<std::int64_t>(
        1, std::min(kShareBytes / (width * 4), (rows + shares_ - 1) / shares_));
    scales_.assign(tensor.dtype == DType::kI8 ? static_cast<std::size_t>(rows) : 0, 0);
    for (std::int64_t first = 0; first < rows; first += share * shares_) {
      const std::int64_t batch = std::min(rows - first, share * shares_);
      codes_.resize(static_cast<std::size_t>(batch) * row_bytes(tensor));
      round_batch(tensor, first, batch, share);
      if (!put(std::span<const std::byte>(codes_))) return false;
    }
    return put(std::as_bytes(std::span<const float>(scales_)));
  }

 private:
  void round_batch(const QuantizedTensor& tensor, std::int64_t first, std::int64_t batch,
                   std::int64_t share) {
    options_.in_parallel(static_cast<int>((batch + share - 1) / share), [&](int i) {
      const std::int64_t begin = i * share;
      round_rows(tensor, first + begin, std::min(share, batch - begin),
                 codes_.data() + static_cast<std::size_t>(begin) * row_bytes(tensor));
    });
  }

  void round_rows(const QuantizedTensor& tensor, std::int64_t first, std::int64_t rows,
                  std::byte* into) {
    const auto width = static_cast<std::size_t>(row_width(tensor.shape));
    std::vector<float> values(static_cast<std::size_t>(rows) * width);
    read_values(tensor, first, rows, values);
    check(tensor, values);
    for (std::int64_t i = 0; i < rows; ++i, into += row_bytes(tensor)) {
      float* const scale =
          scales_.empty() ? nullptr : &scales_[static_cast<std::size_t>(first + i)];
      encode_row(tensor, std::span(values).subspan(static_cast<std::size_t>(i) * width, width),
                 into, scale);
    }
  }

  // Scales are float16 in GGUF.
  void check(const QuantizedTensor& tensor, std::span<const float> values) const {
    constexpr float kMax = 65504;
    const bool fits = std::ranges::all_of(
        values, [](float value) { return std::fabs(value) <= kMax; });  // also false for NaN
    if (fits) return;
    fail_model_file(tensors_.store().place(),
                    say("tensor {0} has values that are infinite, no numbers or above {1}; "
                        "download the model again or choose another one",
                        tensor.sources.front().name, static_cast<int>(kMax)));
  }

  const NetworkTensors& tensors_;
  const QuantizeOptions& options_;
  int shares_;
  std::vector<std::byte> codes_;
  std::vector<float> scales_;
};

// What is known about a file before its values are computed.
struct Outline {
  std::string header;
  std::vector<std::int64_t> ends;  // where each tensor ends and the next begins
  std::string trailer;             // follows all tensors
  [[nodiscard]] std::int64_t total_bytes() const {
    return ends.back() + static_cast<std::int64_t>(trailer.size());
  }
};

Outline gguf_outline(const std::vector<QuantizedTensor>& layout, std::vector<GgufKey> keys) {
  std::vector<NamedTensor> named;
  named.reserve(layout.size());
  for (const QuantizedTensor& tensor : layout) {
    named.push_back({tensor.name, tensor.dtype, tensor.shape, {}});
  }
  Outline outline{gguf_file_header(keys, named), {}, {}};
  auto end = static_cast<std::int64_t>(outline.header.size());
  for (const QuantizedTensor& tensor : layout) {
    end += (code_bytes(tensor) + kGgufAlignment - 1) / kGgufAlignment * kGgufAlignment;
    outline.ends.push_back(end);
  }
  return outline;
}

// ComfyUI's configuration of a layer.
std::string comfy_config(const QuantizedTensor& tensor) {
  std::string text = "{\"format\": \"int8_tensorwise\"";
  if (tensor.rotation_group > 0) {
    text += ", \"convrot\": true, \"convrot_groupsize\": " + std::to_string(tensor.rotation_group);
  }
  return text + "}";
}

Outline safetensors_outline(const std::vector<QuantizedTensor>& layout, const fs::path& file) {
  std::vector<NamedTensor> named;
  std::vector<NamedTensor> configs;
  Outline outline;
  std::int64_t end = 0;
  for (const QuantizedTensor& tensor : layout) {
    named.push_back({tensor.name, tensor.dtype, tensor.shape, {}});
    end += code_bytes(tensor);
    if (tensor.dtype == DType::kI8) {
      const std::string module = tensor.name.substr(0, tensor.name.rfind('.'));
      const std::string config = comfy_config(tensor);
      named.push_back({module + ".weight_scale", DType::kF32, {tensor.shape.front(), 1}, {}});
      end += tensor.shape.front() * static_cast<std::int64_t>(sizeof(float));
      configs.push_back(
          {module + ".comfy_quant", DType::kU8, {static_cast<std::int64_t>(config.size())}, {}});
      outline.trailer += config;
    }
    outline.ends.push_back(end);
  }
  named.insert(named.end(), configs.begin(), configs.end());
  std::vector<const NamedTensor*> order;
  order.reserve(named.size());
  for (const NamedTensor& tensor : named) order.push_back(&tensor);
  outline.header = tensor_file_header(file, order, {{"format", "pt"}});
  for (std::int64_t& at : outline.ends) at += static_cast<std::int64_t>(outline.header.size());
  return outline;
}

}  // namespace

std::string quantized_words() {
  std::array<std::string_view, kQuantizedFormats.size()> words;
  std::transform(kQuantizedFormats.begin(), kQuantizedFormats.end(), words.begin(),
                 [](const QuantizedFormatEntry& entry) { return entry.word; });
  return or_list(words);
}

std::optional<QuantizedFormat> quantized_format(std::string_view word) {
  for (const QuantizedFormatEntry& entry : kQuantizedFormats) {
    if (entry.word == word) return entry.format;
  }
  return std::nullopt;
}

bool quantize(const ModelFolder& model, Network network, QuantizedFormat format,
              const fs::path& output, const QuantizeOptions& options,
              const std::function<bool(const QuantizeProgress&)>& go_on) {
  const NetworkTensors tensors(
      network == Network::kTransformer ? model.parts.transformer : model.parts.text_encoder,
      network);
  const std::vector<QuantizedTensor> layout = quantized_layout(tensors, format);
  const Outline outline = format == QuantizedFormat::kInt8
                              ? safetensors_outline(layout, output)
                              : gguf_outline(layout, gguf_keys(model, network));
  const TensorStore& store = tensors.store();
  PartialFile file(output, fingerprint(store.files(), store.part() + identity(store)),
                   outline.header, options.sync_bytes);
  std::size_t next = file.keep(outline.ends);
  file.check_room(outline.total_bytes());
  const auto report = [&] { return go_on({file.written(), outline.total_bytes()}); };
  const auto put = [&](std::span<const std::byte> bytes) {
    file.put(bytes);
    return report();
  };
  if (!report()) return false;
  Rounder rounder(tensors, options);
  for (; next < layout.size(); ++next) {
    if (!rounder.round(layout[next], put)) return false;
    const std::vector<std::byte> padding(
        static_cast<std::size_t>(outline.ends[next] - file.written()));
    file.put(padding);
  }
  file.put(std::as_bytes(std::span(outline.trailer)));
  file.commit();
  return true;
}

}  // namespace headroom
