#pragma once
#include <cstdint>
#include <vector>

#include <ATen/core/TensorBody.h>

// GroupNorm (Wu & He 2018) in two steps, statistics and application, so that a picture that is
// computed in strips is normalised with the statistics of the whole picture.
namespace headroom {

inline constexpr double kGroupNormEps = 1e-6;

// The normalisation as one multiplication and one addition per channel, float32 [1, C, 1, 1] each.
struct ChannelAffine {
  at::Tensor scale, shift;
};

// Mean and sum of squared deviations of each channel, merged part by part in double precision (Chan
// et al. 1979). The result does not depend on the number of threads.
class ChannelStatistics {
 public:
  void add(const at::Tensor& part);  // [1, C, h, w] float32
  // `like` gives the device.
  [[nodiscard]] ChannelAffine normalisation(std::int64_t groups, const at::Tensor& weight,
                                            const at::Tensor& bias, const at::Tensor& like) const;

 private:
  void merge(double count, const double* mean, const double* deviation, std::size_t channels);

  double count_ = 0;
  std::vector<double> mean_, deviation_;
};

// x := x * scale + shift, then SiLU if asked. x [1, C, h, w] float32 channels-last, overwritten.
void apply_affine(at::Tensor& x, const ChannelAffine& affine, bool silu);

}  // namespace headroom
