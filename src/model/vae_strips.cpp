#include "vae_strips.h"

#include "headroom/model/ops.h"

#include "chunking.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>

#include <ATen/ops/add.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/upsample_nearest2d.h>

namespace headroom {
namespace {

using Rows = StripRun::Rows;

at::Tensor rows_of(const at::Tensor& x, const Rows& r) { return x.narrow(2, r.top, r.height); }

// Copies rows of a plane to the device, strip by strip, into two buffers: while one strip is
// worked on, the next is copied to the other buffer.
class StripFeed {
 public:
  StripFeed(const at::Tensor& plane, std::vector<Rows> strips, const at::TensorOptions& options,
            CopyStream& copies)
      : plane_(plane), strips_(std::move(strips)), copies_(copies) {
    std::int64_t height = 0;
    for (const Rows& rows : strips_) height = std::max(height, rows.height);
    for (at::Tensor& buffer : buffers_) {
      buffer = at::empty({1, plane.size(1), height, plane.size(3)}, options,
                         at::MemoryFormat::ChannelsLast);
    }
    copies_.follow_compute();
    copies_.run([this] { fetch(0); });
  }

  // The values of strip `i`, which may be overwritten. Later copies wait for the work that is
  // queued so far.
  [[nodiscard]] at::Tensor take(std::size_t i) {
    copies_.follow_compute();
    return part(i);
  }
  // Call this when the work on strip `i` is queued: the next strip is copied while that work runs,
  // and so is what `more` copies.
  void load_next(std::size_t i, const std::function<void()>& more = {}) {
    copies_.run([&] {
      if (more) more();
      fetch(i + 1);
    });
  }

 private:
  [[nodiscard]] at::Tensor part(std::size_t i) const {
    return buffers_[i % 2].narrow(2, 0, strips_[i].height);
  }
  void fetch(std::size_t i) const {
    if (i < strips_.size()) part(i).copy_(rows_of(plane_, strips_[i]), /*non_blocking=*/true);
  }

  at::Tensor plane_;
  std::vector<Rows> strips_;
  CopyStream& copies_;
  std::array<at::Tensor, 2> buffers_;
};

// The input rows that each strip depends on, clipped to the picture; where they are clipped, the
// convolution's own zero padding applies. The input is `factor` times smaller.
std::vector<Rows> sources_of(const std::vector<Rows>& strips, std::int64_t height,
                             std::int64_t margin, std::int64_t factor) {
  std::vector<Rows> sources;
  for (const Rows& strip : strips) {
    const std::int64_t top = std::max<std::int64_t>(0, strip.top - margin) / factor;
    const std::int64_t end = std::min(height, strip.top + strip.height + margin);
    sources.push_back({top, (end + factor - 1) / factor - top});
  }
  return sources;
}

}  // namespace

StripRun::StripRun(std::int64_t groups, std::int64_t strip_latents, std::int64_t latent_height,
                   const at::Tensor& z, std::int64_t most_values, const BetweenLayers& between)
    : groups_(groups),
      strip_latents_(strip_latents),
      latent_height_(latent_height),
      options_(z.options()),
      between_(between),
      memory_(most_values, options_),
      copies_(z.device()) {
  plane_ = {memory_.result(z.size(0), z.size(1), z.size(2)), {}};
  memory_.result_is_input();
  store(plane_, {0, z.size(1)}, z.unsqueeze(0).contiguous(at::MemoryFormat::ChannelsLast));
}

void StripRun::convolve(const VaeNorm* norm, const VaeConv& conv, bool enlarge) {
  pass_on(convolve(plane_, norm, conv, enlarge, /*between=*/false));
}

void StripRun::resnet(const VaeResnet& r) {
  const Plane h = convolve(plane_, &r.norm1, r.conv1, /*enlarge=*/false, /*between=*/true);
  pass_on(convolve(h, &r.norm2, r.conv2, /*enlarge=*/false, /*between=*/false, &plane_,
                   r.conv_shortcut.weight.defined() ? &r.conv_shortcut : nullptr));
}

void StripRun::attend(const VaeAttention& a) { pass_on(attend(a, plane_)); }

void StripRun::shrink(const VaeConv& conv) { pass_on(shrink(plane_, conv)); }

void StripRun::pass_on(Plane result) {
  plane_ = std::move(result);
  memory_.result_is_input();
}

StripRun::Plane StripRun::convolve(const Plane& in, const VaeNorm* norm, const VaeConv& conv,
                                   bool enlarge, bool between, const Plane* residual,
                                   const VaeConv* shortcut) {
  const std::int64_t factor = enlarge ? 2 : 1;
  const std::int64_t height = in.values.size(2) * factor;
  const std::int64_t width = in.values.size(3) * factor;
  const std::int64_t channels = conv.weight.size(0);
  Plane out{
      between ? memory_.between(channels, height, width) : memory_.result(channels, height, width),
      {}};
  std::optional<ChannelAffine> affine;
  const at::Tensor device = at::empty({0}, options_);
  if (norm != nullptr) {
    affine = in.statistics.normalisation(groups_, norm->weight, norm->bias, device);
  }
  const std::vector<Rows> strips = strips_of(height);
  const std::vector<Rows> sources = sources_of(strips, height, conv.weight.size(2) / 2, factor);
  StripFeed feed(in.values, sources, options_, copies_);
  at::Tensor beside;
  if (residual != nullptr) {
    beside = at::empty({1, residual->values.size(1), strips.front().height, width}, options_,
                       at::MemoryFormat::ChannelsLast);
  }
  for (std::size_t i = 0; i < strips.size(); ++i) {
    at::Tensor x = feed.take(i);
    if (affine) {
      x = x.to(at::kFloat);
      apply_affine(x, *affine, /*silu=*/true);
      x = x.to(options_.dtype());
    }
    if (enlarge) x = at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
    x = run_conv(conv, x);
    at::Tensor y = x.narrow(2, strips[i].top - sources[i].top * factor, strips[i].height);
    at::Tensor r = residual == nullptr ? at::Tensor() : beside.narrow(2, 0, strips[i].height);
    feed.load_next(i, [&] {
      if (r.defined()) r.copy_(rows_of(residual->values, strips[i]), /*non_blocking=*/true);
    });
    if (shortcut != nullptr) r = run_conv(*shortcut, r);
    if (r.defined()) y = y.add_(r);
    store(out, strips[i], y);
  }
  if (between_) between_();
  return out;
}

StripRun::Plane StripRun::shrink(const Plane& in, const VaeConv& conv) {
  const std::int64_t height = in.values.size(2) / 2;
  Plane out{memory_.result(conv.weight.size(0), height, in.values.size(3) / 2), {}};
  const std::vector<Rows> strips = strips_of(height);
  std::vector<Rows> sources;
  for (const Rows& strip : strips) {
    const std::int64_t end = std::min(2 * height, 2 * (strip.top + strip.height) + 1);
    sources.push_back({2 * strip.top, end - 2 * strip.top});
  }
  StripFeed feed(in.values, sources, options_, copies_);
  for (std::size_t i = 0; i < strips.size(); ++i) {
    const bool is_last = strips[i].top + strips[i].height == height;
    const at::Tensor x = at::constant_pad_nd(feed.take(i), {0, 1, 0, is_last ? 1 : 0}, 0);
    const at::Tensor y = conv2d(x, conv.weight, conv.bias, /*stride=*/2, /*padding=*/0);
    feed.load_next(i);
    store(out, strips[i], y);
  }
  if (between_) between_();
  return out;
}

StripRun::Plane StripRun::attend(const VaeAttention& a, const Plane& x) {
  const std::int64_t c = x.values.size(1);
  const std::int64_t height = x.values.size(2);
  const std::int64_t width = x.values.size(3);
  Plane out{memory_.result(c, height, width), {}};
  const at::Tensor device = at::empty({0}, options_);
  const ChannelAffine affine =
      x.statistics.normalisation(groups_, a.group_norm.weight, a.group_norm.bias, device);
  const auto tokens_of = [&](at::Tensor t) {  // [1, C, rows, W], overwritten -> [tokens, C]
    t = t.to(at::kFloat);
    apply_affine(t, affine, /*silu=*/false);
    return t.to(options_.dtype()).permute({0, 2, 3, 1}).reshape({t.size(2) * width, c});
  };
  const at::Tensor k = at::empty({height * width, 1, c}, options_);
  const at::Tensor v = at::empty({height * width, 1, c}, options_);
  const std::vector<Rows> strips = strips_of(height);
  {
    StripFeed feed(x.values, strips, options_, copies_);
    for (std::size_t i = 0; i < strips.size(); ++i) {
      const at::Tensor t = tokens_of(feed.take(i));
      const std::int64_t first = strips[i].top * width;
      k.narrow(0, first, t.size(0)).copy_(linear(t, a.k_weight, a.k_bias).unsqueeze(1));
      v.narrow(0, first, t.size(0)).copy_(linear(t, a.v_weight, a.v_bias).unsqueeze(1));
      feed.load_next(i);
    }
  }
  mix(a, x, tokens_of, k, v, strips, out);
  if (between_) between_();
  return out;
}

void StripRun::mix(const VaeAttention& a, const Plane& x, const TokensOf& tokens_of,
                   const at::Tensor& k, const at::Tensor& v, const std::vector<Rows>& strips,
                   Plane& out) {
  const std::int64_t c = x.values.size(1);
  const std::int64_t width = x.values.size(3);
  StripFeed feed(x.values, strips, options_, copies_);
  const at::Tensor beside =
      at::empty({1, c, strips.front().height, width}, options_, at::MemoryFormat::ChannelsLast);
  for (std::size_t i = 0; i < strips.size(); ++i) {
    at::Tensor q = linear(tokens_of(feed.take(i)), a.q_weight, a.q_bias).unsqueeze(1);
    const at::Tensor mixed = attention(q, k, v, /*causal=*/false);
    q.reset();
    const at::Tensor y = linear(mixed, a.out_weight, a.out_bias)
                             .view({1, strips[i].height, width, c})
                             .permute({0, 3, 1, 2});
    const at::Tensor r = beside.narrow(2, 0, strips[i].height);
    feed.load_next(i, [&] { r.copy_(rows_of(x.values, strips[i]), /*non_blocking=*/true); });
    store(out, strips[i], r.add_(y));
  }
}

std::vector<Rows> StripRun::strips_of(std::int64_t height) const {
  std::vector<Rows> strips;
  const std::int64_t rows = strip_latents_ * (height / latent_height_);
  for_each_piece(height, rows, options_.device().is_meta(),
                 [&](std::int64_t top, std::int64_t count) {
                   strips.push_back({top, count});
                 });
  return strips;
}

// On a GPU the copy is queued after the work, and the statistics, which the host waits for, are
// queued after the copy: so the copy is complete when this returns.
void StripRun::store(Plane& plane, const Rows& rows, const at::Tensor& strip) {
  rows_of(plane.values, rows).copy_(strip, /*non_blocking=*/true);
  plane.statistics.add(strip.to(at::kFloat));
}

void HeldValues::convolve(const VaeNorm* /*norm*/, const VaeConv& conv, bool enlarge) {
  if (enlarge) pixels_ *= 4;
  layer(conv.weight.size(0), 0);
}

void HeldValues::resnet(const VaeResnet& r) {
  layer(r.conv2.weight.size(0), r.conv1.weight.size(0));
}

void HeldValues::attend(const VaeAttention& a) { layer(a.out_weight.size(0), 0); }

void HeldValues::shrink(const VaeConv& conv) {
  pixels_ /= 4;
  layer(conv.weight.size(0), 0);
}

void HeldValues::layer(std::int64_t channels, std::int64_t channels_between) {
  const std::int64_t result = channels * pixels_;
  most_ = std::max(most_, input_ + channels_between * pixels_ + result);
  input_ = result;
}

}  // namespace headroom
