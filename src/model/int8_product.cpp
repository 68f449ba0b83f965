#include "int8_product.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/Parallel.h>
#include <fbgemm/Fbgemm.h>

namespace headroom::int8_product {
namespace {

// The scale of a row of zeros.
constexpr float kLeastScale = 1e-30F;

}  // namespace

int levels() { return fbgemm::fbgemmHasAvx512VnniSupport() ? 127 : 63; }

void rotate(std::span<float> row, int group) {
  const auto length = static_cast<std::ptrdiff_t>(row.size());
  for (std::ptrdiff_t stride = 1; stride < group; stride *= 4) {
    for (std::ptrdiff_t block = 0; block < length; block += 4 * stride) {
      float* const a = row.data() + block;
      float* const b = a + stride;
      float* const c = b + stride;
      float* const d = c + stride;
      for (std::ptrdiff_t i = 0; i < stride; ++i) {
        const float ab = a[i] + b[i];
        const float a_b = a[i] - b[i];
        const float cd = c[i] + d[i];
        const float c_d = c[i] - d[i];
        a[i] = 0.5F * (ab + c_d);
        b[i] = 0.5F * (ab - c_d);
        c[i] = 0.5F * (a_b + cd);
        d[i] = 0.5F * (cd - a_b);
      }
    }
  }
}

struct PackedCodes::Impl {
  std::int32_t rows, columns;
  fbgemm::PackBMatrix<std::int8_t, std::int32_t> matrix;
};

std::int64_t PackedCodes::bytes(std::int64_t rows, std::int64_t columns) {
  return fbgemm::PackBMatrix<std::int8_t, std::int32_t>::packedBufferSize(static_cast<int>(columns),
                                                                          static_cast<int>(rows));
}

PackedCodes::PackedCodes(const std::int8_t* codes, std::int64_t rows, std::int64_t columns,
                         std::int8_t* memory) {
  const auto n = static_cast<std::int32_t>(rows);
  const auto k = static_cast<std::int32_t>(columns);
  impl_.reset(new Impl{n, k, {fbgemm::matrix_op_t::Transpose, k, n, codes, k, memory}});
}

PackedCodes::~PackedCodes() = default;

void PackedCodes::multiply(const std::uint8_t* left, std::int64_t count,
                           std::int32_t* result) const {
  const int threads = at::get_num_threads();
  at::parallel_for(0, threads, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t thread = begin; thread < end; ++thread) {
      fbgemm::PackAMatrix<std::uint8_t, std::int32_t> rows(fbgemm::matrix_op_t::NoTranspose,
                                                           static_cast<std::int32_t>(count),
                                                           impl_->columns, left, impl_->columns);
      fbgemm::DoNothing<std::int32_t, std::int32_t> nothing;
      const fbgemm::memCopy<> copy(nothing);
      fbgemm::fbgemmPacked(rows, impl_->matrix, result, result,
                           static_cast<std::uint32_t>(impl_->rows), copy, static_cast<int>(thread),
                           threads);
    }
  });
}

void quantize_rows(const float* x, std::int64_t count, std::int64_t columns, int group, int levels,
                   std::uint8_t* codes, float* scales) {
  at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> row(static_cast<std::size_t>(columns));
    for (std::int64_t r = begin; r < end; ++r) {
      std::copy_n(x + r * columns, columns, row.data());
      if (group > 1) rotate(row, group);
      float most = 0;
      for (const float value : row) most = std::max(most, std::abs(value));
      const float scale = std::max(most / static_cast<float>(levels), kLeastScale);
      const auto limit = static_cast<float>(levels);
      std::uint8_t* const out = codes + r * columns;
      for (std::int64_t i = 0; i < columns; ++i) {
        const float code =
            std::clamp(std::nearbyint(row[static_cast<std::size_t>(i)] / scale), -limit, limit);
        out[i] = static_cast<std::uint8_t>(static_cast<int>(code) + levels + 1);
      }
      scales[r] = scale;
    }
  });
}

}  // namespace headroom::int8_product
