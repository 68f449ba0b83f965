#pragma once
#include "headroom/core/message.h"
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace headroom {

// A network's matrix with the name of its weight.
struct NamedMatrix {
  std::string name;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};

// A matrix in a LoRA file. The view is valid as long as the file object.
struct LoraMatrix {
  std::string name;
  TensorView view;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  bool is_random_at_first = false;  // initialised randomly, so no training leaves it zero
};

// A stored matrix, or the product of two: left [rows, rank], right [rank, columns].
struct LoraFactor {
  LoraMatrix left;
  std::optional<LoraMatrix> right;
  [[nodiscard]] std::int64_t rows() const { return left.rows; }
  [[nodiscard]] std::int64_t columns() const { return right ? right->columns : left.columns; }
  [[nodiscard]] std::int64_t rank() const { return left.columns; }  // only for a product
};

// What a file adds, times a strength, to one matrix [rows, columns] of a network.
struct MatrixChange {
  enum class Form {
    kProduct,   // LoRA: first, a product
    kHadamard,  // LoHa: first and second, both products, multiplied element by element
    kKronecker  // LoKr: kron(first, second)
  };
  Form form = Form::kProduct;
  LoraFactor first;
  std::optional<LoraFactor> second;
  double scale = 1.0;  // alpha / rank
  std::string matrix;  // its name in the network
  // The matrix's rows within the change: `rows` rows from `first_row` on. With fused q, k and v
  // each matrix has a third of the change.
  std::int64_t first_row = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};

// A LoRA, LoHa or LoKr file for a transformer, with any tool's names: keys of diffusers and PEFT,
// of ComfyUI, of kohya's scripts and LyCORIS; matrix by matrix or with fused q, k and v.
// Immutable; any number of threads may read one.
class LoraFile {
 public:
  // Reads headers, single numbers and samples of all matrices, so that a file that a run would
  // refuse is refused before. Throws Error{kModelFile} with one sentence for a file that is
  // damaged, is no LoRA, or does not fit a network with these matrices.
  LoraFile(const std::filesystem::path& file, std::span<const NamedMatrix> network);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::vector<MatrixChange>& changes() const { return changes_; }
  // Number of tensors in the file, and how many of them belong to the network.
  [[nodiscard]] int keys() const { return keys_; }
  [[nodiscard]] int matched_keys() const { return matched_keys_; }
  // What in the file has no effect.
  [[nodiscard]] const std::vector<Message>& notes() const { return notes_; }

  // Reads `rows` rows of a matrix from row `first` on, rows * columns values. Throws
  // Error{kModelFile} when they cannot be read, one is not finite, or they have a hole of zeros.
  void read(const LoraMatrix& matrix, std::int64_t first, std::int64_t rows,
            std::span<float> values) const;
  // The first 12 digits of the SHA-256 of everything after the header, by which AUTOMATIC1111's
  // web UI identifies a LoRA. Reads the whole file. Throws Error{kModelFile}.
  [[nodiscard]] std::string hash() const;

 private:
  // Reads the first, middle and last rows of each matrix.
  void check_samples() const;

  std::filesystem::path path_;
  TensorFile file_;
  int keys_ = 0;
  int matched_keys_ = 0;
  std::vector<MatrixChange> changes_;
  std::vector<Message> notes_;
};

}  // namespace headroom
