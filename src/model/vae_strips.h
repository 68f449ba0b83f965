#pragma once
#include "headroom/device/copy_stream.h"
#include "headroom/model/vae_layers.h"

#include "group_norm.h"
#include "plane_memory.h"

#include <cstdint>
#include <functional>
#include <vector>

// Decoding or encoding strip by strip, with the same result as in one go. Every layer runs over
// the whole picture before the next begins: a few rows at a time with a margin of one, from host
// memory and back to it. The statistics of the next GroupNorm are gathered from the strips of the
// layer before it. So every strip is normalised with the whole picture's statistics, and only the
// margins are computed twice; the device holds one strip and the input of the next.
//
// Rows of full width are contiguous in channels-last memory. Narrower tiles would each have to
// be made contiguous before their copy, on both sides of the bus.
namespace headroom {

// Runs the layers of a VAE: one call per layer, each on the output of the one before.
class StripRun {
 public:
  // `z` [C, H, W] is the first layer's input, for a picture with `latent_height` rows of latents.
  // `most_values`: the most values of planes that are held at once, from HeldValues. `between`
  // must outlive this object.
  StripRun(std::int64_t groups, std::int64_t strip_latents, std::int64_t latent_height,
           const at::Tensor& z, std::int64_t most_values, const BetweenLayers& between);

  // conv(silu(norm(x))), or without `norm` conv(x), with x enlarged to twice its sides if asked.
  void convolve(const VaeNorm* norm, const VaeConv& conv, bool enlarge);
  void resnet(const VaeResnet& r);
  // The mid block's attention: keys and values of all tokens are on the device, queries come a
  // strip at a time.
  void attend(const VaeAttention& a);
  // The encoder's downsampling by two: 3x3 with stride 2, padded with zeros only below and at the
  // right.
  void shrink(const VaeConv& conv);

  // In host memory, [1, C, H, W].
  [[nodiscard]] const at::Tensor& result() const { return plane_.values; }

  struct Rows {
    std::int64_t top, height;
  };

 private:
  // A layer's output for the whole picture, in host memory, and statistics for the next GroupNorm.
  struct Plane {
    at::Tensor values;  // [1, C, H, W] channels-last
    ChannelStatistics statistics;
  };
  // [1, C, rows, W], overwritten -> [tokens, C].
  using TokensOf = std::function<at::Tensor(at::Tensor)>;

  void pass_on(Plane result);
  // Adds the same rows of `residual`, which go through `shortcut` if it is given. `between`: the
  // output is an intermediate plane, not the next layer's input.
  Plane convolve(const Plane& in, const VaeNorm* norm, const VaeConv& conv, bool enlarge,
                 bool between, const Plane* residual = nullptr, const VaeConv* shortcut = nullptr);
  Plane shrink(const Plane& in, const VaeConv& conv);
  Plane attend(const VaeAttention& a, const Plane& x);
  void mix(const VaeAttention& a, const Plane& x, const TokensOf& tokens_of, const at::Tensor& k,
           const at::Tensor& v, const std::vector<Rows>& strips, Plane& out);
  // The strips of a layer of this height, the first one the highest. On meta, equal strips are
  // left out.
  [[nodiscard]] std::vector<Rows> strips_of(std::int64_t height) const;
  static void store(Plane& plane, const Rows& rows, const at::Tensor& strip);

  std::int64_t groups_;
  std::int64_t strip_latents_;
  std::int64_t latent_height_;
  at::TensorOptions options_;
  const BetweenLayers& between_;
  PlaneMemory memory_;
  Plane plane_;  // the input of the next layer
  CopyStream copies_;
};

// Computes how many values of planes are held at once at the layer that needs most: its input, its
// output and intermediate planes. Call it for the same layers, before the run.
class HeldValues {
 public:
  explicit HeldValues(const at::Tensor& z) : pixels_(z.size(1) * z.size(2)), input_(z.numel()) {}

  void convolve(const VaeNorm* norm, const VaeConv& conv, bool enlarge);
  void resnet(const VaeResnet& r);
  void attend(const VaeAttention& a);
  void shrink(const VaeConv& conv);
  [[nodiscard]] std::int64_t most() const { return most_; }

 private:
  void layer(std::int64_t channels, std::int64_t channels_between);

  std::int64_t pixels_;
  std::int64_t input_;
  std::int64_t most_ = 0;
};

}  // namespace headroom
