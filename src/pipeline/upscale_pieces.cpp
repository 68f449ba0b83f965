#include "headroom/pipeline/upscale_pieces.h"

#include "headroom/device/memory_tag.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>

namespace headroom {
namespace {

std::int64_t pieces_along(std::int64_t size, std::int64_t side) {
  return side == 0 ? 1 : (size + side - 1) / side;
}

// All pieces of a plane, row by row; their sizes differ by at most one.
std::vector<PieceRect> pieces_of(std::int64_t height, std::int64_t width, std::int64_t side) {
  const std::int64_t rows = pieces_along(height, side);
  const std::int64_t columns = pieces_along(width, side);
  std::vector<PieceRect> pieces;
  for (std::int64_t r = 0; r < rows; ++r) {
    const std::int64_t top = height * r / rows;
    for (std::int64_t c = 0; c < columns; ++c) {
      const std::int64_t left = width * c / columns;
      pieces.push_back(
          {top, left, height * (r + 1) / rows - top, width * (c + 1) / columns - left});
    }
  }
  return pieces;
}

// The piece with its margin, clipped to the plane.
PieceRect with_margin(const PieceRect& piece, std::int64_t margin, std::int64_t height,
                      std::int64_t width) {
  const std::int64_t top = std::max<std::int64_t>(0, piece.top - margin);
  const std::int64_t left = std::max<std::int64_t>(0, piece.left - margin);
  return {top, left, std::min(height, piece.top + piece.height + margin) - top,
          std::min(width, piece.left + piece.width + margin) - left};
}

at::Tensor cut(const at::Tensor& plane, const PieceRect& piece) {
  return plane.narrow(2, piece.top, piece.height).narrow(3, piece.left, piece.width);
}

at::Tensor to_device(const at::Tensor& plane, const PieceRect& piece, at::Device device) {
  at::Tensor target = at::empty({1, plane.size(1), piece.height, piece.width},
                                plane.options().device(device), at::MemoryFormat::ChannelsLast);
  target.copy_(cut(plane, piece));
  return target;
}

class PieceRun {
 public:
  PieceRun(const UpscaleNetwork& network, const at::Tensor& picture, std::int64_t side,
           at::Device device, const PieceHooks& hooks)
      : network_(network),
        height_(picture.size(2)),
        width_(picture.size(3)),
        options_(picture.options()),
        device_(device),
        hooks_(hooks),
        pieces_(pieces_of(height_, width_, side)),
        total_(static_cast<std::int64_t>(network.stages().size() * pieces_.size())) {
    planes_[0] = picture;
  }

  void at_once() {
    const PieceRect all = pieces_.front();
    const auto between = [this] { before(); };
    const at::Tensor result = network_.forward(to_device(planes_.at(0), all, device_), between);
    finish(result, all, network_.stages().back().scale);
  }

  void in_pieces() {
    const std::vector<UpscaleStage>& stages = network_.stages();
    for (std::size_t i = 0; i < stages.size(); ++i) {
      const bool is_last = i + 1 == stages.size();
      at::Tensor out;
      if (!is_last) {
        const ScopedMemoryTag host(MemoryTag::kHost);
        out = at::empty({1, stages[i].channels, height_, width_}, options_,
                        at::MemoryFormat::ChannelsLast);
      }
      run_stage(i, out);
      release(i);
      if (!is_last) planes_[static_cast<int>(i) + 1] = std::move(out);
    }
  }

 private:
  void before() {
    if (hooks_.before) hooks_.before(done_, total_);
    ++done_;
  }

  void run_stage(std::size_t i, const at::Tensor& out) {
    const UpscaleStage& stage = network_.stages()[i];
    for (const PieceRect& piece : device_.is_meta() ? largest(stage.margin) : pieces_) {
      before();
      const PieceRect wide = with_margin(piece, stage.margin, height_, width_);
      at::Tensor beside;
      if (stage.beside >= 0) beside = to_device(planes_.at(stage.beside), wide, device_);
      at::Tensor result = network_.run(i, to_device(planes_.at(static_cast<int>(i)), wide, device_),
                                       std::move(beside));
      const std::int64_t s = stage.scale;
      const PieceRect inside{(piece.top - wide.top) * s, (piece.left - wide.left) * s,
                             piece.height * s, piece.width * s};
      result = cut(result, inside);
      if (out.defined()) {
        cut(out, piece).copy_(result);
      } else {
        finish(result, piece, s);
      }
    }
  }

  void finish(const at::Tensor& result, const PieceRect& piece, std::int64_t scale) const {
    if (!hooks_.finished) return;
    hooks_.finished(
        result, {piece.top * scale, piece.left * scale, piece.height * scale, piece.width * scale});
  }

  // The piece that is largest with its margin.
  [[nodiscard]] std::vector<PieceRect> largest(std::int64_t margin) const {
    const auto size = [&](const PieceRect& piece) {
      const PieceRect wide = with_margin(piece, margin, height_, width_);
      return wide.height * wide.width;
    };
    return {*std::ranges::max_element(pieces_, {}, size)};
  }

  // Releases planes that no stage after `done` reads.
  void release(std::size_t done) {
    std::erase_if(planes_, [&](const auto& plane) {
      const std::vector<UpscaleStage>& stages = network_.stages();
      for (std::size_t i = done + 1; i < stages.size(); ++i) {
        if (stages[i].beside == plane.first) return false;
      }
      return true;
    });
  }

  const UpscaleNetwork& network_;
  const std::int64_t height_, width_;
  const at::TensorOptions options_;  // of the planes
  const at::Device device_;
  const PieceHooks& hooks_;
  const std::vector<PieceRect> pieces_;
  const std::int64_t total_;
  std::int64_t done_ = 0;
  std::map<int, at::Tensor> planes_;  // in host memory: 0 is the picture, n the output of stage n-1
};

}  // namespace

std::int64_t piece_count(std::int64_t height, std::int64_t width, std::int64_t side) {
  return pieces_along(height, side) * pieces_along(width, side);
}

void upscale_in_pieces(const UpscaleNetwork& network, const at::Tensor& picture, std::int64_t side,
                       at::Device device, const PieceHooks& hooks) {
  PieceRun run(network, picture, side, device, hooks);
  if (side == 0) {
    run.at_once();
  } else {
    run.in_pieces();
  }
}

}  // namespace headroom
