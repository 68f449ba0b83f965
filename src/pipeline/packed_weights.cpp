#include "headroom/pipeline/packed_weights.h"

#include "headroom/core/error.h"
#include "headroom/pipeline/int8_weights.h"
#include "headroom/pipeline/layer_names.h"

#include "ask_for_weights.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>

#include <ATen/ops/empty.h>

namespace headroom {
namespace {

constexpr std::int64_t kSixteenBits = 2;  // bytes

// Notes how the matrices that a network asks for are stored.
class StoredMatrices final : public WeightSource {
 public:
  StoredMatrices(const NetworkTensors& tensors, c10::ScalarType computed)
      : tensors_(tensors), options_(at::TensorOptions(at::kMeta).dtype(computed)) {}
  at::Tensor get(std::string_view, at::IntArrayRef shape) override {
    return at::empty(shape, options_);
  }
  void read(std::string_view, const at::Tensor&) override {}
  LinearWeight matrix(std::string_view name, std::int64_t rows, std::int64_t columns) override {
    const std::int64_t bytes = row_bytes(tensors_.at(name, std::array{rows, columns}));
    if (bytes < kSixteenBits * columns) is_quantized_ = true;
    if (bytes < columns * static_cast<std::int64_t>(options_.dtype().itemsize())) {
      matrices_.row_bytes.emplace(name, bytes);
      matrices_.values += rows * columns;
    }
    return get(name, {rows, columns});
  }
  at::Tensor gather_rows(std::string_view, std::span<const std::int32_t>, std::int64_t,
                         std::int64_t width) override {
    return at::empty({0, width}, options_);
  }
  [[nodiscard]] at::TensorOptions options() const override { return options_; }

  [[nodiscard]] std::shared_ptr<const PackedMatrices> take() {
    if (!is_quantized_) return nullptr;
    using Layer = std::map<std::string, std::int64_t, std::less<>>;
    std::map<int, Layer> layers;
    for (const auto& [name, bytes] : matrices_.row_bytes) {
      if (const auto part = layer_name(name)) {
        layers[part->layer].emplace(part->within, bytes);
      }
    }
    const int count = layers.empty() ? 0 : layers.rbegin()->first + 1;
    for (int i = 0; i < count; ++i) {
      int first = 0;
      while (layers[first] != layers[i]) ++first;
      matrices_.like.push_back(first);
    }
    return std::make_shared<const PackedMatrices>(std::move(matrices_));
  }

 private:
  const NetworkTensors& tensors_;
  const at::TensorOptions options_;
  PackedMatrices matrices_;
  bool is_quantized_ = false;
};

}  // namespace

MatrixStorage PackedWeights::stored(std::string_view name, std::int64_t rows,
                                    std::int64_t columns) const {
  const MatrixStorage usual = source().stored(name, rows, columns);
  const bool is_plain = !usual.is_int8 && usual.columns == columns;
  if (!packed_ || !is_plain) return usual;
  const auto found = packed_->row_bytes.find(name);
  if (found == packed_->row_bytes.end()) return usual;
  return MatrixStorage::packed(rows, columns, usual.type, found->second);
}

LinearWeight PackedWeights::matrix(std::string_view name, std::int64_t rows, std::int64_t columns) {
  const MatrixStorage storage = stored(name, rows, columns);
  if (storage.packed_row_bytes == 0) return source().matrix(name, rows, columns);
  const LinearWeight weight =
      LinearWeight::placed(storage, take_matrix_memory(storage.part_bytes(), options().device()));
  read_matrix(name, weight);
  return weight;
}

void PackedWeights::read_matrix(std::string_view name, const LinearWeight& target) {
  if (!target.is_packed()) {
    source().read_matrix(name, target);
    return;
  }
  if (files_ == nullptr) return;
  const TensorRows stored =
      files_->read_stored(name, {target.rows(), target.columns()}, target.packed_bytes());
  target.set_decoder([stored](std::int64_t first, std::int64_t rows,
                              std::span<const std::byte> bytes, std::span<float> values) {
    dequantize(*stored.stored, stored.first_row + first, rows, bytes, values);
  });
}

std::shared_ptr<const PackedMatrices> packed_matrices(const NetworkTensors& tensors,
                                                      const ModelFolder& model,
                                                      c10::ScalarType computed,
                                                      const LayerStorage& storage) {
  StoredMatrices matrices(tensors, computed);
  Int8Weights asked(matrices, storage);
  if (tensors.network() == Network::kTextEncoder) {
    ask_for_text_encoder(model.text_encoder, asked);
  } else {
    ask_for_transformer(model.transformer, asked);
  }
  return matrices.take();
}

RunFormats with_packed(RunFormats formats, const ModelFolder& model) {
  const auto look = [&](const std::filesystem::path& place, Network network,
                        LayerStorage& storage) {
    try {
      storage.set_packed(
          packed_matrices(NetworkTensors(place, network), model, formats.networks, storage));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kModelFile) throw;
    }
  };
  if (model.layer_file_bytes.empty()) return formats;  // the model's files do not exist yet
  look(model.parts.text_encoder, Network::kTextEncoder, formats.text_encoder);
  look(model.parts.transformer, Network::kTransformer, formats.transformer);
  return formats;
}

}  // namespace headroom
