#include "ledger_family.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace headroom {
namespace {

std::int64_t ceil_to(std::int64_t n, std::int64_t unit) { return (n + unit - 1) / unit * unit; }

// How for_each_piece() in model/pieces.h cuts on meta.
struct Pieces {
  std::int64_t kinds;  // 1, 2, or 3 for more: first, second, last
  std::int64_t last;
};
Pieces cut(std::int64_t size, std::int64_t step) {
  const std::int64_t count = (size + step - 1) / step;
  return {std::min<std::int64_t>(count, 3), size - (count - 1) * step};
}

std::vector<std::int64_t> sizes_of(const Ledger& ledger) {
  std::vector<std::int64_t> sizes;
  for (const Ledger::Entry& entry : ledger.entries) sizes.push_back(entry.bytes);
  for (const Ledger::Use& use : ledger.operations) {
    sizes[use.entry] = 0;  // follows from the operation
    sizes.insert(sizes.end(), use.operation.sizes.begin(), use.operation.sizes.end());
  }
  return sizes;
}

bool same_form(const Ledger& a, const Ledger& b) {
  const auto same_entry = [](const Ledger::Entry& x, const Ledger::Entry& y) {
    return x.kind == y.kind && x.tag == y.tag && x.stage == y.stage && x.id == y.id;
  };
  const auto same_use = [](const Ledger::Use& x, const Ledger::Use& y) {
    return x.entry == y.entry && x.operation.law == y.operation.law &&
           x.operation.dtype == y.operation.dtype;
  };
  return std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                    same_entry) &&
         std::equal(a.operations.begin(), a.operations.end(), b.operations.begin(),
                    b.operations.end(), same_use);
}

}  // namespace

LedgerShape ledger_shape(Stage stage, const ModelFolder& model, const ReplayRequest& what) {
  const std::int64_t height = what.request.height / model.vae.scale();
  const std::int64_t width = what.request.width / model.vae.scale();
  LedgerShape shape{{static_cast<std::int64_t>(stage)}, {1, height * width}};
  const auto cut_along = [&](std::int64_t size, std::int64_t step) {
    const Pieces pieces = cut(size, step);
    shape.kind.push_back(pieces.kinds);
    shape.position.push_back(pieces.last);
    return pieces;
  };
  const Rungs& rungs = what.rungs;
  if (stage == Stage::kDenoise) {
    const std::int64_t patch = model.transformer.patch_size;
    const std::int64_t tokens = height / patch * (width / patch);
    const std::int64_t rows = ceil_to(tokens, 32);
    shape.kind.insert(shape.kind.end(), {int{rungs.sequential_guidance}, rungs.chunk_tokens,
                                         std::min(rungs.stream_blocks, 2)});
    shape.position.insert(shape.position.end(), {tokens, rows});
    if (rungs.chunk_tokens > 0) cut_along(rows, rungs.chunk_tokens);
    for (const auto* ids : {&what.ids.positive, &what.ids.negative}) {
      const auto length = static_cast<std::int64_t>(ids->size());
      const std::int64_t caption = ceil_to(length, 32);
      shape.kind.push_back(length % 32 == 0 ? (length == 0 ? 2 : 1) : 0);  // with padding or none
      shape.position.insert(shape.position.end(), {length, caption});
      if (rungs.chunk_tokens == 0 || length == 0) continue;
      cut_along(caption, rungs.chunk_tokens);
      cut_along(rows + caption, rungs.chunk_tokens);
    }
    return shape;
  }
  shape.kind.insert(shape.kind.end(), {rungs.tile_latent, int{rungs.cpu_decode}});
  const std::int64_t tile = rungs.tile_latent;
  if (tile == 0) return shape;
  const Pieces down = cut_along(height, tile);
  const Pieces across = cut_along(width, tile);
  shape.position.push_back(down.last * across.last);
  // The attention goes by strips of whole rows.
  const std::int64_t strip = std::max<std::int64_t>(1, tile * tile / width);
  const Pieces strips = cut_along(height, strip);
  shape.position.insert(shape.position.end(),
                        {std::min(strip, height) * width, strips.last * width});
  return shape;
}

// Solves sum of weight_i * position_i = position by elimination; nothing when there is no solution.
// The positions of the points are linearly independent, so that it is the only one.
std::optional<std::vector<long double>> LedgerFamily::weights_at(
    const std::vector<std::int64_t>& position) const {
  constexpr long double kNothing = 1e-9L;
  const std::size_t unknowns = points_.size();
  std::vector<std::vector<long double>> rows;
  for (std::size_t r = 0; r < position.size(); ++r) {
    std::vector<long double> row;
    for (const Point& point : points_) row.push_back(point.position[r]);
    row.push_back(position[r]);
    // Quantities of like weight, so that one threshold serves for all.
    long double largest = 0;
    for (const long double value : row) largest = std::max(largest, std::fabs(value));
    if (largest == 0) continue;
    for (long double& value : row) value /= largest;
    rows.push_back(std::move(row));
  }
  for (std::size_t k = 0; k < unknowns; ++k) {
    if (k >= rows.size()) return std::nullopt;
    const auto pivot = std::max_element(
        rows.begin() + static_cast<std::ptrdiff_t>(k), rows.end(),
        [k](const auto& a, const auto& b) { return std::fabs(a[k]) < std::fabs(b[k]); });
    if (std::fabs((*pivot)[k]) < kNothing) return std::nullopt;
    std::iter_swap(pivot, rows.begin() + static_cast<std::ptrdiff_t>(k));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (r == k) continue;
      const long double factor = rows[r][k] / rows[k][k];
      if (factor == 0) continue;
      for (std::size_t c = k; c <= unknowns; ++c) rows[r][c] -= factor * rows[k][c];
    }
  }
  std::vector<long double> weights;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (k < unknowns) {
      weights.push_back(rows[k][unknowns] / rows[k][k]);
    } else if (std::fabs(rows[k][unknowns]) > kNothing) {
      return std::nullopt;
    }
  }
  return weights;
}

std::optional<Ledger> LedgerFamily::at(const std::vector<std::int64_t>& position,
                                       const Law& law) const {
  if (points_.empty() || !alike_) return std::nullopt;
  const std::optional<std::vector<long double>> weights = weights_at(position);
  if (!weights) return std::nullopt;

  std::vector<std::int64_t> sizes(points_.front().sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::int64_t first = points_.front().sizes[i];
    long double size = 0;
    bool varies = false;
    for (std::size_t p = 0; p < points_.size(); ++p) {
      size += (*weights)[p] * points_[p].sizes[i];
      varies = varies || points_[p].sizes[i] != first;
    }
    if (!varies) {
      sizes[i] = first;
      continue;
    }
    sizes[i] = std::llround(size);
    // A size that is no whole number, or none at all, shows that it is not affine.
    constexpr long double kWhole = 1e-4L;
    if (std::fabs(size - sizes[i]) > kWhole || sizes[i] < 0) return std::nullopt;
  }

  Ledger ledger = form_;
  for (std::size_t i = 0; i < ledger.entries.size(); ++i) ledger.entries[i].bytes = sizes[i];
  auto next = sizes.begin() + static_cast<std::ptrdiff_t>(ledger.entries.size());
  for (Ledger::Use& use : ledger.operations) {
    auto& its = use.operation.sizes;
    std::copy_n(next, its.size(), its.begin());
    next += static_cast<std::ptrdiff_t>(its.size());
    const std::int64_t bytes = law(use.operation);
    // Memory that comes where there was none: nobody would give it back.
    if ((bytes == 0) != (form_.entries[use.entry].bytes == 0)) return std::nullopt;
    ledger.entries[use.entry].bytes = bytes;
  }
  return ledger;
}

void LedgerFamily::add(const std::vector<std::int64_t>& position, const Ledger& ledger) {
  if (points_.empty()) {
    form_ = ledger;
  } else if (!same_form(form_, ledger)) {
    alike_ = false;
  } else if (weights_at(position)) {
    return;  // it says nothing new
  }
  points_.push_back({position, sizes_of(ledger)});
}

}  // namespace headroom
