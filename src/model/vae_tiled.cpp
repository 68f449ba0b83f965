#include "headroom/device/memory_tag.h"
#include "headroom/model/vae.h"

#include "group_norm.h"
#include "ops.h"
#include "pieces.h"
#include "vae_layers.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <ATen/ops/add.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/upsample_nearest2d.h>

// Decoding in tiles that equals decoding at once. Every layer runs over the whole picture before
// the next begins: tile by tile with a margin of one pixel, from host memory and back to it. The
// statistics of the next GroupNorm are gathered from the tiles of the layer before it. So no tile
// sees less than the whole picture's statistics and nothing is computed twice; the device holds one
// tile.
namespace headroom {
namespace {

// A layer's result for the whole picture, in host memory, with what the next GroupNorm must know.
struct Plane {
  at::Tensor values;  // [1, C, H, W] channels-last
  ChannelStatistics statistics;
};

struct Rect {
  std::int64_t top, left, height, width;
};

class TiledRun {
 public:
  TiledRun(std::int64_t groups, std::int64_t tile_latent, const at::Tensor& z,
           const BetweenLayers& between)
      : groups_(groups),
        tile_latent_(tile_latent),
        latent_height_(z.size(1)),
        options_(z.options()),
        between_(between) {}

  // Host memory for a whole layer; on meta as on the CPU it is the tag that keeps it off the
  // device.
  [[nodiscard]] at::Tensor host_plane(std::int64_t channels, std::int64_t height,
                                      std::int64_t width) const {
    const ScopedMemoryTag tag(MemoryTag::kHost);
    const auto device = options_.device().is_cuda() ? at::Device(at::kCPU) : options_.device();
    return at::empty({1, channels, height, width}, options_.device(device),
                     at::MemoryFormat::ChannelsLast);
  }

  // conv(silu(norm(x))) with x enlarged first if asked, plus `shortcut`'s rows of the same place.
  Plane convolve(const Plane& in, const VaeNorm* norm, const VaeConv& conv, bool enlarge,
                 const Plane* residual = nullptr, const VaeConv* shortcut = nullptr) {
    const std::int64_t factor = enlarge ? 2 : 1;
    const std::int64_t height = in.values.size(2) * factor;
    const std::int64_t width = in.values.size(3) * factor;
    Plane out{host_plane(conv.weight.size(0), height, width), {}};
    std::optional<ChannelAffine> affine;
    const at::Tensor device = at::empty({0}, options_);
    if (norm != nullptr) {
      affine = in.statistics.normalisation(groups_, norm->weight, norm->bias, device);
    }
    const std::int64_t margin = conv.weight.size(2) / 2;
    for_each_tile(height, width, [&](const Rect& tile) {
      // The part of the input that the tile's pixels depend on, clipped to the picture; where it is
      // clipped, the convolution's own zero padding takes over.
      const Rect need = grown(tile, margin, height, width);
      const Rect source = enlarge ? halved(need) : need;
      at::Tensor x = load(in.values, source);
      if (affine) {
        x = x.to(at::kFloat);
        apply_affine(x, *affine, /*silu=*/true);
        x = x.to(options_.dtype());
      }
      if (enlarge) x = at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
      x = run_conv(conv, x);
      at::Tensor y = x.narrow(2, tile.top - source.top * factor, tile.height)
                         .narrow(3, tile.left - source.left * factor, tile.width);
      if (residual != nullptr) {
        at::Tensor r = load(residual->values, tile);
        if (shortcut != nullptr) r = run_conv(*shortcut, r);
        y = y.add_(r);
      }
      store(out, tile, y);
    });
    if (between_) between_();
    return out;
  }

  Plane resnet(const VaeResnet& r, Plane x) {
    const Plane h = convolve(x, &r.norm1, r.conv1, false);
    return convolve(h, &r.norm2, r.conv2, false, &x,
                    r.conv_shortcut.weight.defined() ? &r.conv_shortcut : nullptr);
  }

  // The mid block's attention: keys and values of all tokens on the device, queries a tile's worth
  // at a time.
  Plane attend(const VaeAttention& a, Plane x) {
    const std::int64_t c = x.values.size(1);
    const std::int64_t height = x.values.size(2);
    const std::int64_t width = x.values.size(3);
    Plane out{host_plane(c, height, width), {}};
    const at::Tensor device = at::empty({0}, options_);
    const ChannelAffine affine =
        x.statistics.normalisation(groups_, a.group_norm.weight, a.group_norm.bias, device);
    const auto tokens_of = [&](const Rect& rect) {  // normalised, [tokens, C]
      at::Tensor t = load(x.values, rect).to(at::kFloat);
      apply_affine(t, affine, /*silu=*/false);
      return t.to(options_.dtype()).permute({0, 2, 3, 1}).reshape({rect.height * rect.width, c});
    };
    const at::Tensor k = at::empty({height * width, 1, c}, options_);
    const at::Tensor v = at::empty({height * width, 1, c}, options_);
    const std::int64_t rows = std::max<std::int64_t>(1, tile_latent_ * tile_latent_ / width);
    const auto for_each_strip = [&](auto work) {
      for_each_piece(height, rows, on_meta(), [&](std::int64_t top, std::int64_t strip_height) {
        work(Rect{top, 0, strip_height, width});
      });
    };
    for_each_strip([&](const Rect& strip) {
      const at::Tensor t = tokens_of(strip);
      k.narrow(0, strip.top * width, t.size(0)).copy_(linear(t, a.k_weight, a.k_bias).unsqueeze(1));
      v.narrow(0, strip.top * width, t.size(0)).copy_(linear(t, a.v_weight, a.v_bias).unsqueeze(1));
    });
    for_each_strip([&](const Rect& strip) {
      at::Tensor q = linear(tokens_of(strip), a.q_weight, a.q_bias).unsqueeze(1);
      const at::Tensor mixed = attention(q, k, v, /*causal=*/false);
      q.reset();
      const at::Tensor y = linear(mixed, a.out_weight, a.out_bias)
                               .view({1, strip.height, width, c})
                               .permute({0, 3, 1, 2});
      store(out, strip, at::add(y, load(x.values, strip)));
    });
    if (between_) between_();
    return out;
  }

  // Brings whole-picture values into host memory and gathers their statistics.
  Plane adopt(const at::Tensor& x) {
    Plane plane{host_plane(x.size(1), x.size(2), x.size(3)), {}};
    store(plane, {0, 0, x.size(2), x.size(3)}, x);
    return plane;
  }

 private:
  template <typename Work>
  void for_each_tile(std::int64_t height, std::int64_t width, Work work) const {
    const std::int64_t side = tile_latent_ * (height / latent_height_);
    for_each_piece(height, side, on_meta(), [&](std::int64_t top, std::int64_t tile_height) {
      for_each_piece(width, side, on_meta(), [&](std::int64_t left, std::int64_t tile_width) {
        work(Rect{top, left, tile_height, tile_width});
      });
    });
  }
  [[nodiscard]] bool on_meta() const { return options_.device().is_meta(); }

  static Rect grown(const Rect& r, std::int64_t margin, std::int64_t height, std::int64_t width) {
    const std::int64_t top = std::max<std::int64_t>(0, r.top - margin);
    const std::int64_t left = std::max<std::int64_t>(0, r.left - margin);
    return {top, left, std::min(height, r.top + r.height + margin) - top,
            std::min(width, r.left + r.width + margin) - left};
  }
  // The pixels of the picture of half the size that `r` is enlarged from.
  static Rect halved(const Rect& r) {
    const std::int64_t top = r.top / 2;
    const std::int64_t left = r.left / 2;
    return {top, left, (r.top + r.height + 1) / 2 - top, (r.left + r.width + 1) / 2 - left};
  }

  [[nodiscard]] at::Tensor load(const at::Tensor& host, const Rect& r) const {
    const at::Tensor part = host.narrow(2, r.top, r.height).narrow(3, r.left, r.width);
    at::Tensor tile =
        at::empty({1, host.size(1), r.height, r.width}, options_, at::MemoryFormat::ChannelsLast);
    return tile.copy_(part);
  }

  static void store(Plane& plane, const Rect& r, const at::Tensor& tile) {
    plane.values.narrow(2, r.top, r.height).narrow(3, r.left, r.width).copy_(tile);
    plane.statistics.add(tile.to(at::kFloat));
  }

  std::int64_t groups_;
  std::int64_t tile_latent_;
  std::int64_t latent_height_;
  at::TensorOptions options_;
  const BetweenLayers& between_;
};

}  // namespace

at::Tensor VaeDecoder::forward_tiled(const at::Tensor& z, std::int64_t tile_latent,
                                     const BetweenLayers& between) const {
  TiledRun run(config_.norm_num_groups, tile_latent, z, between);
  Plane x = run.adopt(z.unsqueeze(0).contiguous(at::MemoryFormat::ChannelsLast));
  if (post_quant_conv_.weight.defined()) x = run.convolve(x, nullptr, post_quant_conv_, false);
  x = run.convolve(x, nullptr, conv_in_, false);
  x = run.resnet(mid_.first, std::move(x));
  if (mid_.has_attention) x = run.attend(mid_.attention, std::move(x));
  x = run.resnet(mid_.second, std::move(x));
  for (const UpBlock& block : up_blocks_) {
    for (const VaeResnet& resnet : block.resnets) x = run.resnet(resnet, std::move(x));
    if (block.upsampler.weight.defined()) x = run.convolve(x, nullptr, block.upsampler, true);
  }
  x = run.convolve(x, &conv_norm_out_, conv_out_, false);
  return x.values.squeeze(0);
}

}  // namespace headroom
