#pragma once
#include "headroom/model/vae_decoder.h"
#include "headroom/model/vae_encoder.h"

#include <algorithm>
#include <functional>
#include <vector>

#include <ATen/ops/cat.h>

// The reference implementation's tiling (AutoencoderKL's enable_tiling), which the product does not
// use: its blending of overlapping tiles changes the picture slightly. Here the networks are
// compared with it. Blends work in place on uncropped tiles, so later neighbours see already
// blended ones.
namespace headroom::test {

// Blends the end of `before` into the beginning of `tile` along axis `dim`.
inline void blend(const at::Tensor& before, at::Tensor& tile, std::int64_t dim,
                  std::int64_t extent) {
  extent = std::min({before.size(dim), tile.size(dim), extent});
  for (std::int64_t i = 0; i < extent; ++i) {
    const double weight = static_cast<double>(i) / static_cast<double>(extent);
    at::Tensor row = tile.select(dim, i);
    row.mul_(weight).add_(before.select(dim, before.size(dim) - extent + i), 1.0 - weight);
  }
}

struct Tiling {
  std::int64_t tile;    // input side
  std::int64_t stride;  // input distance of two tiles
  std::int64_t blend;   // output overlap
  std::int64_t keep;    // output side that remains of a tile
};

inline at::Tensor run_tiles(const at::Tensor& x, const Tiling& t,
                            const std::function<at::Tensor(const at::Tensor&)>& run) {
  std::vector<std::vector<at::Tensor>> rows;
  for (std::int64_t y = 0; y < x.size(1); y += t.stride) {
    std::vector<at::Tensor>& row = rows.emplace_back();
    for (std::int64_t column = 0; column < x.size(2); column += t.stride) {
      const at::Tensor tile = x.narrow(1, y, std::min(t.tile, x.size(1) - y))
                                  .narrow(2, column, std::min(t.tile, x.size(2) - column));
      row.push_back(run(tile).contiguous());
    }
  }
  std::vector<at::Tensor> strips;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::vector<at::Tensor> strip;
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      at::Tensor& tile = rows[r][c];
      if (r > 0) blend(rows[r - 1][c], tile, 1, t.blend);
      if (c > 0) blend(rows[r][c - 1], tile, 2, t.blend);
      strip.push_back(tile.narrow(1, 0, std::min(t.keep, tile.size(1)))
                          .narrow(2, 0, std::min(t.keep, tile.size(2))));
    }
    strips.push_back(at::cat(strip, 2));
  }
  return at::cat(strips, 1);
}

// tile_latent is a multiple of 4, the overlap a quarter.
inline at::Tensor decode_blended_tiles(const VaeDecoder& decoder, const VaeConfig& config,
                                       const at::Tensor& z, std::int64_t tile_latent) {
  const std::int64_t tile_px = tile_latent * config.scale();
  if (z.size(1) <= tile_latent && z.size(2) <= tile_latent) return decoder.forward(z);
  const std::int64_t overlap = tile_px / 4;
  const Tiling tiling{tile_latent, tile_latent * 3 / 4, overlap, tile_px - overlap};
  return run_tiles(z, tiling, [&](const at::Tensor& tile) { return decoder.forward(tile); });
}

inline at::Tensor encode_blended_tiles(const VaeEncoder& encoder, const VaeConfig& config,
                                       const at::Tensor& image, std::int64_t tile_px) {
  const std::int64_t tile_latent = tile_px / config.scale();
  if (image.size(1) <= tile_px && image.size(2) <= tile_px) return encoder.forward(image);
  const std::int64_t overlap = tile_latent / 4;
  const Tiling tiling{tile_px, tile_px * 3 / 4, overlap, tile_latent - overlap};
  return run_tiles(image, tiling, [&](const at::Tensor& tile) { return encoder.forward(tile); });
}

}  // namespace headroom::test
