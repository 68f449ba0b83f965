#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom {

// How the matrices of a network's main layers are stored on the device. The arithmetic is in
// RunFormats::networks all the same: a matrix in GGUF's blocks is unpacked for each product
// that reads it.
enum class WeightStorage {
  kPlain,  // in the number format of the arithmetic
  kInt8,   // int8 codes with a scale per row: both sides of a product in eight bits
  kQ8_0,   // GGUF's: 34 bytes for 32 values
  kQ4,     // Q4_K where rows are multiples of 256, else Q4_0: either way 18 bytes for 32 values
};
[[nodiscard]] constexpr bool is_unpacked_for_products(WeightStorage storage) {
  return storage == WeightStorage::kQ8_0 || storage == WeightStorage::kQ4;
}

// Values per block. quantized_row_bytes() gives the bytes of a row of `values`, whole blocks.
inline constexpr std::int64_t kQuantizedBlock = 32;
[[nodiscard]] constexpr std::int64_t quantized_row_bytes(WeightStorage storage,
                                                         std::int64_t values) {
  return values / kQuantizedBlock * (storage == WeightStorage::kQ8_0 ? 34 : 18);
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

}  // namespace headroom
