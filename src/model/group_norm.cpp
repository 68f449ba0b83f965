#include "group_norm.h"

#include "headroom/device/memory_tag.h"
#include "headroom/device/workspace.h"

#include <algorithm>
#include <cmath>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/var_mean.h>

namespace headroom {
namespace {

// Rows of a channels-last picture: `height` rows of width * channels floats, which begin `pitch`
// floats apart.
struct Rows {
  std::int64_t height, width, channels, pitch;
};

Rows rows_of(const at::Tensor& x) { return {x.size(2), x.size(3), x.size(1), x.stride(2)}; }

bool is_channels_last_part(const at::Tensor& x) {
  return x.stride(1) == 1 && (x.stride(3) == x.size(1) || x.size(3) == 1);
}

// Sums work(pixel, sums) over all pixels of rows [first, last): in float32 within short runs, in
// double between them.
template <typename Work>
void add_up(const float* x, const Rows& rows, std::int64_t first, std::int64_t last, double* total,
            Work work) {
  constexpr std::int64_t kRun = 64;
  const std::int64_t c = rows.channels;
  std::vector<float> sums(static_cast<std::size_t>(c));
  std::fill_n(total, c, 0.0);
  for (std::int64_t y = first; y < last; ++y) {
    for (std::int64_t i = 0; i < rows.width; i += kRun) {
      std::fill(sums.begin(), sums.end(), 0.0F);
      const float* pixel = x + y * rows.pitch + i * c;
      for (std::int64_t n = std::min(kRun, rows.width - i); n > 0; --n, pixel += c) {
        work(pixel, sums.data());
      }
      for (std::int64_t k = 0; k < c; ++k)
        total[k] += static_cast<double>(sums[static_cast<std::size_t>(k)]);
    }
  }
}

// Mean and summed squared deviation of each channel over a few rows, in two passes; the second
// finds the values in the cache.
void moments_of(const float* x, const Rows& rows, std::int64_t first, std::int64_t last,
                double* mean, double* deviation) {
  const std::int64_t c = rows.channels;
  add_up(x, rows, first, last, mean, [c](const float* pixel, float* sums) {
    for (std::int64_t k = 0; k < c; ++k) sums[k] += pixel[k];
  });
  std::vector<float> centre(static_cast<std::size_t>(c));
  for (std::int64_t k = 0; k < c; ++k) {
    mean[k] /= static_cast<double>((last - first) * rows.width);
    centre[static_cast<std::size_t>(k)] = static_cast<float>(mean[k]);
  }
  add_up(x, rows, first, last, deviation, [c, m = centre.data()](const float* pixel, float* sums) {
    for (std::int64_t k = 0; k < c; ++k) sums[k] += (pixel[k] - m[k]) * (pixel[k] - m[k]);
  });
}

}  // namespace

void ChannelStatistics::merge(double count, const double* mean, const double* deviation,
                              std::size_t channels) {
  mean_.resize(channels);
  deviation_.resize(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const double delta = mean[c] - mean_[c];
    mean_[c] += delta * count / (count_ + count);
    deviation_[c] += deviation[c] + delta * delta * count_ * count / (count_ + count);
  }
  count_ += count;
}

void ChannelStatistics::add(const at::Tensor& part) {
  // On a GPU each row is reduced on its own: reductions of many values to few results take
  // hundreds of MB of scratch.
  if (part.is_meta()) {
    const std::int64_t bytes =
        workspace::layer_norm_statistic(part.size(1) * part.size(2), workspace::current_kernels());
    if (bytes == 0) return;
    const ScopedMemoryTag tag(MemoryTag::kWorkspace);
    const auto statistic = at::TensorOptions(at::kMeta).dtype(at::kByte);
    const at::Tensor variance = at::empty({bytes}, statistic);
    const at::Tensor mean = at::empty({bytes}, statistic);
    return;
  }
  const auto channels = static_cast<std::size_t>(part.size(1));
  if (!part.is_cpu()) {
    const auto [variance, mean] = at::var_mean(part, at::IntArrayRef{3}, /*unbiased=*/false);
    const auto by_row = [](const at::Tensor& x) {  // [1, C, h] -> [h, C]
      return x.to(at::kCPU).squeeze(0).t().to(at::kDouble).contiguous();
    };
    const auto count = static_cast<double>(part.size(3));
    const at::Tensor m = by_row(mean);
    const at::Tensor d = by_row(variance).mul_(count);
    for (std::int64_t row = 0; row < part.size(2); ++row) {
      const std::int64_t first = row * part.size(1);
      merge(count, m.const_data_ptr<double>() + first, d.const_data_ptr<double>() + first,
            channels);
    }
    return;
  }
  const at::Tensor x =
      is_channels_last_part(part) ? part : part.contiguous(at::MemoryFormat::ChannelsLast);
  const Rows rows = rows_of(x);
  // Strips of a fixed size, merged in order, so that the number of threads does not matter.
  constexpr std::int64_t kStripPixels = 4096;
  const std::int64_t strip = std::max<std::int64_t>(1, kStripPixels / rows.width);
  const std::int64_t strips = (rows.height + strip - 1) / strip;
  std::vector<double> means(static_cast<std::size_t>(strips) * channels);
  std::vector<double> deviations(means.size());
  const auto* const values = x.const_data_ptr<float>();
  at::parallel_for(0, strips, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::size_t at = static_cast<std::size_t>(i) * channels;
      moments_of(values, rows, i * strip, std::min(rows.height, (i + 1) * strip), &means[at],
                 &deviations[at]);
    }
  });
  for (std::int64_t i = 0; i < strips; ++i) {
    const std::int64_t height = std::min(rows.height, (i + 1) * strip) - i * strip;
    const std::size_t at = static_cast<std::size_t>(i) * channels;
    merge(static_cast<double>(height * rows.width), &means[at], &deviations[at], channels);
  }
}

ChannelAffine ChannelStatistics::normalisation(std::int64_t groups, const at::Tensor& weight,
                                               const at::Tensor& bias,
                                               const at::Tensor& like) const {
  const std::int64_t channels = weight.size(0);
  const auto options = like.options().dtype(at::kFloat);
  ChannelAffine affine{at::empty({1, channels, 1, 1}, options),
                       at::empty({1, channels, 1, 1}, options)};
  if (like.is_meta()) return affine;
  const at::Tensor w = weight.to(at::kCPU, at::kFloat);
  const at::Tensor b = bias.to(at::kCPU, at::kFloat);
  std::vector<float> scale(static_cast<std::size_t>(channels));
  std::vector<float> shift(static_cast<std::size_t>(channels));
  const auto size = static_cast<std::size_t>(channels / groups);
  for (std::size_t first = 0; first < scale.size(); first += size) {
    double mean = 0;
    for (std::size_t c = first; c < first + size; ++c) mean += mean_[c] / static_cast<double>(size);
    double deviation = 0;
    for (std::size_t c = first; c < first + size; ++c) {
      deviation += deviation_[c] + count_ * (mean_[c] - mean) * (mean_[c] - mean);
    }
    const double inverse =
        1.0 / std::sqrt(deviation / (count_ * static_cast<double>(size)) + kGroupNormEps);
    for (std::size_t c = first; c < first + size; ++c) {
      const double factor = inverse * w.const_data_ptr<float>()[c];
      scale[c] = static_cast<float>(factor);
      shift[c] = static_cast<float>(b.const_data_ptr<float>()[c] - mean * factor);
    }
  }
  const auto upload = [&](std::vector<float>& values, const at::Tensor& target) {
    target.copy_(at::from_blob(values.data(), target.sizes(), at::TensorOptions(at::kFloat)));
  };
  upload(scale, affine.scale);
  upload(shift, affine.shift);
  return affine;
}

void apply_affine(at::Tensor& x, const ChannelAffine& affine, bool silu) {
  if (x.is_cpu() && is_channels_last_part(x)) {
    const Rows rows = rows_of(x);
    auto* const values = x.mutable_data_ptr<float>();
    const auto* const scale = affine.scale.const_data_ptr<float>();
    const auto* const shift = affine.shift.const_data_ptr<float>();
    at::parallel_for(0, rows.height,
                     std::max<std::int64_t>(1, 16384 / (rows.width * rows.channels)),
                     [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t y = begin; y < end; ++y) {
                         float* pixel = values + y * rows.pitch;
                         for (std::int64_t i = 0; i < rows.width; ++i, pixel += rows.channels) {
                           for (std::int64_t c = 0; c < rows.channels; ++c) {
                             pixel[c] = pixel[c] * scale[c] + shift[c];
                           }
                         }
                       }
                     });
  } else {
    x.mul_(affine.scale).add_(affine.shift);
  }
  if (silu) at::silu_(x);
}

}  // namespace headroom
