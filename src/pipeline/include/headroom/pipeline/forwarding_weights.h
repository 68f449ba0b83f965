#pragma once
#include "headroom/model/weight_source.h"

namespace headroom {

// Forwards to another source, which must outlive this object. Derived classes override what they
// change.
class ForwardingWeights : public WeightSource {
 public:
  explicit ForwardingWeights(WeightSource& source) : source_(source) {}

  at::Tensor get(std::string_view name, at::IntArrayRef shape) override {
    return source_.get(name, shape);
  }
  void read(std::string_view name, const at::Tensor& target) override {
    source_.read(name, target);
  }
  [[nodiscard]] MatrixStorage stored(std::string_view name, std::int64_t rows,
                                     std::int64_t columns) const override {
    return source_.stored(name, rows, columns);
  }
  LinearWeight matrix(std::string_view name, std::int64_t rows, std::int64_t columns) override {
    return source_.matrix(name, rows, columns);
  }
  void read_matrix(std::string_view name, const LinearWeight& target) override {
    source_.read_matrix(name, target);
  }
  [[nodiscard]] std::optional<int> rotation_of_codes(std::string_view name, std::int64_t rows,
                                                     std::int64_t columns) const override {
    return source_.rotation_of_codes(name, rows, columns);
  }
  void read_codes(std::string_view name, const at::Tensor& codes,
                  const at::Tensor& scales) override {
    source_.read_codes(name, codes, scales);
  }
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override {
    return source_.gather_rows(name, ids, rows, width);
  }
  void expect(std::string_view prefix) override { source_.expect(prefix); }
  [[nodiscard]] at::TensorOptions options() const override { return source_.options(); }

 protected:
  [[nodiscard]] WeightSource& source() const { return source_; }

 private:
  WeightSource& source_;
};

}  // namespace headroom
