#pragma once
#include "headroom/core/error.h"
#include "headroom/model/linear_weight.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Where a network gets its weights: from files, a random generator, or nothing (meta tensors for a
// dry run). Tensors are on the network's device, in its number format, contiguous.
class WeightSource {
 public:
  virtual ~WeightSource() = default;
  // Throws Error{kModelFile} naming file, tensor, expected and found shape.
  virtual at::Tensor get(std::string_view name, at::IntArrayRef shape) = 0;
  // Reads the same values into `target`, which get() returned for a tensor of that shape.
  virtual void read(std::string_view name, const at::Tensor& target) = 0;
  // How the source stores a matrix; plain by default.
  [[nodiscard]] virtual MatrixStorage stored(std::string_view name, std::int64_t rows,
                                             std::int64_t columns) const {
    static_cast<void>(name);
    return MatrixStorage::plain(rows, columns, options().dtype().toScalarType());
  }
  // A matrix to multiply with, stored as stored() says.
  virtual LinearWeight matrix(std::string_view name, std::int64_t rows, std::int64_t columns) {
    return {get(name, {rows, columns})};
  }
  // Reads the same into `target`, which is stored as stored() says.
  virtual void read_matrix(std::string_view name, const LinearWeight& target) {
    read(name, target.plain());
  }
  // For a matrix whose stored int8 codes an eight-bit LinearWeight can hold unchanged (one code
  // per value, a scale per row or one for all): its rotation group, 0 = not rotated. Nothing for
  // other matrices.
  [[nodiscard]] virtual std::optional<int> rotation_of_codes(std::string_view name,
                                                             std::int64_t rows,
                                                             std::int64_t columns) const {
    static_cast<void>(name), static_cast<void>(rows), static_cast<void>(columns);
    return std::nullopt;
  }
  // Reads these codes, int8 [rows, columns], and scales, float32 [rows], into CPU tensors. Only
  // for a matrix that has them.
  virtual void read_codes(std::string_view name, const at::Tensor& codes,
                          const at::Tensor& scales) {
    static_cast<void>(codes), static_cast<void>(scales);
    throw Error(ErrorKind::kInternal, std::string(name) + " has no codes of eight bits");
  }
  // The rows `ids` of the table `name`, [rows, width]; the table itself stays on the host.
  virtual at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                                 std::int64_t rows, std::int64_t width) = 0;
  // Says that tensors whose names begin with `prefix` will be read soon, so that the source may
  // fetch them in the meantime. Returns at once.
  virtual void expect(std::string_view prefix) { static_cast<void>(prefix); }
  [[nodiscard]] virtual at::TensorOptions options() const = 0;  // device and number format
};

}  // namespace headroom
