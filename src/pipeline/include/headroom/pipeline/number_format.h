#pragma once
#include "headroom/device/device.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <c10/core/ScalarType.h>

namespace headroom {

// How the matrices of a network's main layers are kept on the device. Arithmetic is in
// NumberFormats::networks all the same: a matrix in blocks, as GGUF defines them, is unpacked for
// the product that reads it.
enum class WeightStorage {
  kPlain,      // in the number format of the arithmetic
  kEightBits,  // codes of int8 with a scale a row: both sides of a product in eight bits
  kInt8,       // Q8_0: 34 bytes for 32 values
  kQ4,         // Q4_K where rows are multiples of 256, else Q4_0: either way 18 bytes for 32 values
};
inline constexpr int kWeightStorages = 4;
[[nodiscard]] constexpr bool is_unpacked_for_products(WeightStorage storage) {
  return storage == WeightStorage::kInt8 || storage == WeightStorage::kQ4;
}

// Bytes of a row of `values` (a multiple of kQuantisedBlock); of blocks.
inline constexpr std::int64_t kQuantisedBlock = 32;
[[nodiscard]] constexpr std::int64_t quantised_row_bytes(WeightStorage storage,
                                                         std::int64_t values) {
  return values / kQuantisedBlock * (storage == WeightStorage::kInt8 ? 34 : 18);
}

// Matrices of one network that its file quantises: what a plan may keep as they are stored.
struct PackedMatrices {
  std::map<std::string, std::int64_t, std::less<>> row_bytes;  // by the network's names
  std::int64_t values = 0;                                     // of all of them
  // Of each main layer the first whose matrices are stored like its own, itself or an earlier one.
  std::vector<int> like;
};

// The same, layer by layer: one for all of them, or others for some, as files do that keep their
// first and last layers in more bits.
class LayerStorage {
 public:
  LayerStorage() = default;
  LayerStorage(WeightStorage all) : usual_(all) {}  // NOLINT(google-explicit-constructor)
  LayerStorage(WeightStorage usual, std::map<int, WeightStorage> others)
      : usual_(usual), others_(std::move(others)) {}

  [[nodiscard]] WeightStorage of(int layer) const;
  // Of a matrix by its network's name: "layers.7.attention.to_q.weight". Others are plain.
  [[nodiscard]] WeightStorage of(std::string_view matrix) const;
  [[nodiscard]] bool has(WeightStorage storage) const;
  // Of the first `layers`, how many are kept so that each product unpacks its matrix.
  [[nodiscard]] int unpacked(int layers) const;
  // What plans may keep packed of the network, of its matrices that are plain otherwise; null =
  // nothing.
  [[nodiscard]] const std::shared_ptr<const PackedMatrices>& packed() const { return packed_; }
  void set_packed(std::shared_ptr<const PackedMatrices> packed) { packed_ = std::move(packed); }
  friend bool operator==(const LayerStorage&, const LayerStorage&) = default;

 private:
  WeightStorage usual_ = WeightStorage::kPlain;
  std::map<int, WeightStorage> others_;
  std::shared_ptr<const PackedMatrices> packed_;
};

// Number formats of a run. The VAE follows the vendor's own pipeline, which keeps it in float32
// unless told otherwise, and is never float16, in which it overflows.
struct NumberFormats {
  c10::ScalarType networks = c10::ScalarType::Float;
  c10::ScalarType vae = c10::ScalarType::Float;
  // In run records and keys: "fp32", "bf16", "bf16+vae32", "fp16" (whose decoder is float32
  // always), "int8", "q4".
  std::string name;
  LayerStorage text_encoder{};
  LayerStorage transformer{};
};

// `wanted`: auto | fp32 | bf16 | fp16 | int8 | q4; the last two quantise text encoder and
// transformer and do the rest in bf16, int8 on the processor in float32. Auto is fp32 on the CPU;
// on a card bf16, or where it has no bfloat16 (before compute capability 8.0) fp16, the decoder in
// float32 either way. Throws Error{kInvalidRequest} for anything else, and for bf16 where the card
// has none.
[[nodiscard]] NumberFormats choose_formats(const std::string& wanted, const Device& device);

// What to make a picture in again whose numbers went wrong in the format of that name; nothing
// where there is none.
[[nodiscard]] std::optional<std::string> safer_format(const std::string& name,
                                                      const Device& device);

}  // namespace headroom
