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

// A matrix of a network, by the name of its weight.
struct NamedMatrix {
  std::string name;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};

// A matrix in an adapter file. The view is valid as long as the file.
struct AdapterMatrix {
  std::string name;
  TensorView view;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  bool is_random_at_first = false;  // no training leaves it zero
};

// A matrix as it is stored, or the product of two: left [rows, rank], right [rank, columns].
struct AdapterFactor {
  AdapterMatrix left;
  std::optional<AdapterMatrix> right;
  [[nodiscard]] std::int64_t rows() const { return left.rows; }
  [[nodiscard]] std::int64_t columns() const { return right ? right->columns : left.columns; }
  [[nodiscard]] std::int64_t rank() const { return left.columns; }  // of a product
};

// What a file adds to one matrix of a network, [rows, columns], times a strength.
struct MatrixChange {
  enum class Form {
    kProduct,   // LoRA: first, a product
    kHadamard,  // LoHa: first and second, both products, multiplied element by element
    kKronecker  // LoKr: kron(first, second)
  };
  Form form = Form::kProduct;
  AdapterFactor first;
  std::optional<AdapterFactor> second;
  double scale = 1.0;  // alpha / rank
  std::string matrix;  // the network's name for it
  // Where those for this matrix begin among the rows of the change: of fused q, k and v each is a
  // third. Theirs are as many as the matrix has.
  std::int64_t first_row = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  [[nodiscard]] bool is_part() const;  // of the rows of the change
};

// LoRA, LoHa or LoKr for a transformer, in any spelling that tools write: keys of diffusers and
// PEFT, of ComfyUI, of kohya's scripts and LyCORIS; matrix by matrix or with fused q, k and v.
// Immutable; any number of threads may read one.
class AdapterFile {
 public:
  // Opens headers, and reads single numbers. Throws Error{kModelFile} with one sentence for a file
  // that is damaged, is no adapter, or does not fit the network of these matrices.
  AdapterFile(const std::filesystem::path& file, std::span<const NamedMatrix> network);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::vector<MatrixChange>& changes() const { return changes_; }
  // Tensors of the file, and those of them that belong to the network.
  [[nodiscard]] int keys() const { return keys_; }
  [[nodiscard]] int matched_keys() const { return matched_keys_; }
  // What of the file has no effect.
  [[nodiscard]] const std::vector<Message>& notes() const { return notes_; }

  // The values of a matrix from row `first` on, `rows` * columns of them. Throws Error{kModelFile}
  // when they cannot be read, one is not finite, or they have a hole of zeros.
  void read(const AdapterMatrix& matrix, std::int64_t first, std::int64_t rows,
            std::span<float> values) const;
  // The first 12 digits of the SHA-256 of everything behind the header, by which AUTOMATIC1111's
  // web UI knows a LoRA. Reads the whole file. Throws Error{kModelFile}.
  [[nodiscard]] std::string hash() const;

 private:
  std::filesystem::path path_;
  TensorFile file_;
  int keys_ = 0;
  int matched_keys_ = 0;
  std::vector<MatrixChange> changes_;
  std::vector<Message> notes_;
};

}  // namespace headroom
