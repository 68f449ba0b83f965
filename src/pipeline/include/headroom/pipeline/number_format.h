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

// How the matrices of a network's main layers are stored on the device. The arithmetic is in
// NumberFormats::networks all the same: a matrix in GGUF's blocks is unpacked for each product
// that reads it.
enum class WeightStorage {
  kPlain,  // in the number format of the arithmetic
  kInt8,   // int8 codes with a scale per row: both sides of a product in eight bits
  kQ8_0,   // 34 bytes for 32 values
  kQ4,     // Q4_K where rows are multiples of 256, else Q4_0: either way 18 bytes for 32 values
};
inline constexpr int kWeightStorages = 4;
[[nodiscard]] constexpr bool is_unpacked_for_products(WeightStorage storage) {
  return storage == WeightStorage::kQ8_0 || storage == WeightStorage::kQ4;
}

// Values per block. quantised_row_bytes() gives the bytes of a row of `values`, whole blocks.
inline constexpr std::int64_t kQuantisedBlock = 32;
[[nodiscard]] constexpr std::int64_t quantised_row_bytes(WeightStorage storage,
                                                         std::int64_t values) {
  return values / kQuantisedBlock * (storage == WeightStorage::kQ8_0 ? 34 : 18);
}

// Matrices of one network that its file quantises: a plan may keep them as they are stored.
struct PackedMatrices {
  std::map<std::string, std::int64_t, std::less<>> row_bytes;  // by the network's names
  std::int64_t values = 0;                                     // sum over all matrices
  // For each main layer the first layer whose matrices are stored like its own, itself or an
  // earlier one.
  std::vector<int> like;
};

// WeightStorage layer by layer: the same for all, or different for some, since some files keep the
// first and last layers in more bits.
class LayerStorage {
 public:
  LayerStorage() = default;
  LayerStorage(WeightStorage all) : usual_(all) {}  // NOLINT(google-explicit-constructor)
  LayerStorage(WeightStorage usual, std::map<int, WeightStorage> others)
      : usual_(usual), others_(std::move(others)) {}

  [[nodiscard]] WeightStorage of(int layer) const;
  // For a matrix by its network's name: "layers.7.attention.to_q.weight". Other matrices are
  // plain.
  [[nodiscard]] WeightStorage of(std::string_view matrix) const;
  [[nodiscard]] bool has(WeightStorage storage) const;
  // How many of the first `layers` layers have matrices that each product unpacks.
  [[nodiscard]] int unpacked(int layers) const;
  // Matrices that are plain otherwise but that plans may keep packed; null = none.
  [[nodiscard]] const std::shared_ptr<const PackedMatrices>& packed() const { return packed_; }
  void set_packed(std::shared_ptr<const PackedMatrices> packed) { packed_ = std::move(packed); }
  friend bool operator==(const LayerStorage&, const LayerStorage&) = default;

 private:
  WeightStorage usual_ = WeightStorage::kPlain;
  std::map<int, WeightStorage> others_;
  std::shared_ptr<const PackedMatrices> packed_;
};

// Number formats of a run. As in the vendor's own pipeline, the VAE is in float32 by default; it
// is never in float16, where it overflows.
struct NumberFormats {
  c10::ScalarType networks = c10::ScalarType::Float;
  c10::ScalarType vae = c10::ScalarType::Float;
  // In run records and keys: "fp32", "bf16", "bf16+vae32", "fp16" (whose decoder is always
  // float32), "int8", "q4".
  std::string name;
  LayerStorage text_encoder{};
  LayerStorage transformer{};
};

// `wanted`: auto | fp32 | bf16 | fp16 | int8 | q4. int8 and q4 quantise text encoder and
// transformer and compute in bf16; int8 on the CPU in float32. auto is fp32 on the CPU. On a GPU
// it is bf16, or fp16 if the GPU has no bfloat16 (compute capability below 8.0), with the decoder
// in float32. Throws Error{kInvalidRequest} for anything else, and for bf16 on a GPU without it.
[[nodiscard]] NumberFormats choose_formats(const std::string& wanted, const Device& device);

// The format in which to repeat a picture that overflowed in the format `name`; nothing if there
// is no safer one.
[[nodiscard]] std::optional<std::string> safer_format(const std::string& name,
                                                      const Device& device);

}  // namespace headroom
