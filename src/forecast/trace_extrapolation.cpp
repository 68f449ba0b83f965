#include "trace_extrapolation.h"

#include "headroom/core/error.h"
#include "headroom/core/round_up.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>

namespace headroom {
namespace {

constexpr std::int64_t kTokenUnit = 32;  // lengths that the transformer pads to

// How for_each_piece() of model/chunking.h cuts on meta tensors.
struct Pieces {
  std::int64_t kinds;  // 1, 2, or 3 for more: first, second, last
  std::int64_t last;
};
Pieces cut(std::int64_t size, std::int64_t step) {
  const std::int64_t count = (size + step - 1) / step;
  return {std::min<std::int64_t>(count, 3), size - (count - 1) * step};
}

bool same_form(const AllocationTrace& a, const AllocationTrace& b) {
  const auto same_entry = [](const AllocationTrace::Entry& x, const AllocationTrace::Entry& y) {
    return x.kind == y.kind && x.tag == y.tag && x.stage == y.stage && x.id == y.id;
  };
  const auto same_use = [](const AllocationTrace::Use& x, const AllocationTrace::Use& y) {
    return x.entry == y.entry && x.operation.law == y.operation.law &&
           x.operation.dtype == y.operation.dtype;
  };
  return std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                    same_entry) &&
         std::equal(a.operations.begin(), a.operations.end(), b.operations.begin(),
                    b.operations.end(), same_use);
}

}  // namespace

namespace {

// Adds to the kind into how many pieces `size` is cut, and to the position how large the last is.
Pieces cut_along(TraceShape& shape, std::int64_t size, std::int64_t step) {
  const Pieces pieces = cut(size, step);
  shape.kind.push_back(pieces.kinds);
  shape.position.push_back(pieces.last);
  return pieces;
}

void add_transformer(TraceShape& shape, const ModelFolder& model, const RunFormats& formats,
                     const DryRunRequest& what) {
  const ExecutionOptions& execution = what.execution;
  const std::int64_t patch = model.transformer.patch_size;
  const std::int64_t height = what.shape.height / model.vae.scale();
  const std::int64_t width = what.shape.width / model.vae.scale();
  const std::int64_t tokens = height / patch * (width / patch);
  const std::int64_t rows = round_up(tokens, kTokenUnit);
  shape.kind.insert(shape.kind.end(),
                    {guided_in_dry_run(what.shape), int{execution.sequential_guidance},
                     execution.chunk_tokens, int{execution.packed_weights}});
  const ShortNetwork kept = short_network(Stage::kDenoise, model, formats, execution);
  shape.kind.push_back(static_cast<std::int64_t>(kept.staying.size()));
  shape.kind.insert(shape.kind.end(), kept.staying.begin(), kept.staying.end());
  shape.kind.insert(shape.kind.end(), kept.streamed.begin(), kept.streamed.end());
  // With one row or column of tokens, some permutes are views and allocate nothing.
  shape.kind.insert(shape.kind.end(), {int{height == patch}, int{width == patch}});
  shape.position.insert(shape.position.end(), {tokens, rows});
  if (execution.chunk_tokens > 0) cut_along(shape, rows, execution.chunk_tokens);
  for (const std::int64_t length : {what.shape.prompt_tokens, what.shape.negative_tokens}) {
    const std::int64_t caption = round_up(length, kTokenUnit);
    shape.position.push_back(caption);
    if (execution.chunk_tokens == 0 || length == 0) continue;
    cut_along(shape, caption, execution.chunk_tokens);
    cut_along(shape, rows + caption, execution.chunk_tokens);
  }
}

void add_vae(TraceShape& shape, Stage stage, const ModelFolder& model, const DryRunRequest& what) {
  const std::int64_t height = what.shape.height / model.vae.scale();
  const std::int64_t width = what.shape.width / model.vae.scale();
  const std::int64_t tile = what.execution.tile_latent;
  shape.kind.insert(shape.kind.end(), {tile, int{what.execution.cpu_decode}});
  // The image encoder pads by a row and a column before it halves.
  const bool pads = stage == Stage::kEncodeImage;
  // A GPU computes the statistics of norms by rows.
  if (what.kernels.card || pads) shape.position.push_back(height);
  if (pads) shape.position.push_back(width);
  if (tile == 0) return;
  // Attention and all other layers work in strips of whole rows.
  const Pieces strips = cut(height, tile);
  shape.kind.push_back(strips.kinds);
  shape.position.insert(shape.position.end(), {width, strips.last * width});
  if (what.kernels.card || pads) shape.position.push_back(strips.last);
}

}  // namespace

TraceShape trace_shape(Stage stage, const ModelFolder& model, const RunFormats& formats,
                       const DryRunRequest& what) {
  const std::int64_t height = what.shape.height / model.vae.scale();
  const std::int64_t width = what.shape.width / model.vae.scale();
  // All of these stages hold the encoded prompts.
  const std::int64_t prompt = what.shape.prompt_tokens;
  const std::int64_t negative = what.shape.negative_tokens;
  TraceShape shape{{static_cast<std::int64_t>(stage), int{negative > 0},
                    static_cast<std::int64_t>(what.shape.start)},
                   {1, height * width, prompt, negative}};
  switch (stage) {
    case Stage::kDenoise:
      add_transformer(shape, model, formats, what);
      return shape;
    case Stage::kEncodeImage:
    case Stage::kDecode:
      add_vae(shape, stage, model, what);
      return shape;
    case Stage::kLoad:
    case Stage::kEncode:  // has few cases, which are not extrapolated
    case Stage::kUpscale:
    case Stage::kSave:
      break;
  }
  throw Error(ErrorKind::kInternal,
              "the allocations of the stage " + std::string(stage_name(stage)) +
                  " have no law; please report this as a fault of the program");
}

// Solves sum of weight_i * position_i = position by elimination; nothing when there is no
// solution. Known positions are linearly independent, so the solution is unique.
std::optional<std::vector<long double>> TraceExtrapolation::weights_at(
    const std::vector<std::int64_t>& position) const {
  constexpr long double kNothing = 1e-9L;
  const std::size_t unknowns = positions_.size();
  std::vector<std::vector<long double>> rows;
  for (std::size_t r = 0; r < position.size(); ++r) {
    std::vector<long double> row;
    for (const auto& point : positions_) row.push_back(point[r]);
    row.push_back(position[r]);
    // Scale quantities to similar size, so that one threshold suits all.
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

std::optional<AllocationTrace> TraceExtrapolation::at(const std::vector<std::int64_t>& position,
                                                      const Law& law) const {
  if (positions_.empty() || !alike_) return std::nullopt;
  const std::optional<std::vector<long double>> weights = weights_at(position);
  if (!weights) return std::nullopt;

  std::vector<std::int64_t> sizes;
  for (const std::vector<std::int64_t>& values : quantities_) {
    long double size = 0;
    for (std::size_t i = 0; i < weights->size(); ++i) {
      size += (*weights)[i] * values[i];
    }
    sizes.push_back(std::llround(size));
    // A size that is not whole, or negative, shows that the function is not affine.
    constexpr long double kWhole = 1e-4L;
    if (std::fabs(size - sizes.back()) > kWhole || sizes.back() < 0) return std::nullopt;
  }
  std::vector<AllocationTrace::Operation> operations;
  std::vector<std::int64_t> taken;
  for (const Operation& operation : operations_) {
    AllocationTrace::Operation& now = operations.emplace_back();
    now.law = operation.law;
    now.dtype = operation.dtype;
    for (std::size_t k = 0; k < now.sizes.size(); ++k) now.sizes[k] = sizes[operation.sizes[k]];
    taken.push_back(law(now));
  }

  AllocationTrace allocations = form_;
  for (std::size_t i = 0; i < entries_.size(); ++i)
    allocations.entries[i].bytes = sizes[entries_[i]];
  for (std::size_t i = 0; i < uses_.size(); ++i) {
    AllocationTrace::Use& use = allocations.operations[i];
    use.operation = operations[uses_[i]];
    allocations.entries[use.entry].bytes = taken[uses_[i]];
  }
  return allocations;
}

void TraceExtrapolation::add(const std::vector<std::int64_t>& position,
                             const AllocationTrace& allocations) {
  if (!alike_ || weights_at(position)) return;  // the new position adds no information
  if (positions_.empty()) {
    form_ = allocations;
    entries_.assign(allocations.entries.size(), 0);
    use_sizes_.assign(allocations.operations.size(), {});
    quantities_.assign(1, {});
  }
  alike_ = same_form(form_, allocations);
  if (!alike_) return;
  positions_.push_back(position);

  // A quantity is split into as many as it has different sizes in this trace.
  std::vector<std::vector<std::int64_t>> quantities;
  std::map<std::pair<std::size_t, std::int64_t>, std::size_t> known;
  const auto split = [&](std::size_t& quantity, std::int64_t size) {
    const auto [found, is_new] = known.emplace(std::pair{quantity, size}, quantities.size());
    if (is_new) quantities.emplace_back(quantities_[quantity]).push_back(size);
    quantity = found->second;
  };
  std::vector<std::int64_t> bytes;
  for (const AllocationTrace::Entry& entry : allocations.entries) bytes.push_back(entry.bytes);
  for (const AllocationTrace::Use& use : allocations.operations)
    bytes[use.entry] = 0;  // computed by its law instead
  for (std::size_t i = 0; i < entries_.size(); ++i) split(entries_[i], bytes[i]);

  operations_.clear();
  uses_.clear();
  for (std::size_t i = 0; i < use_sizes_.size(); ++i) {
    const auto& sizes = allocations.operations[i].operation.sizes;
    for (std::size_t k = 0; k < sizes.size(); ++k) split(use_sizes_[i][k], sizes[k]);
    const AllocationTrace::Use& use = form_.operations[i];
    const Operation operation{use.operation.law, use.operation.dtype, use_sizes_[i]};
    const auto found = std::find(operations_.begin(), operations_.end(), operation);
    uses_.push_back(static_cast<std::size_t>(found - operations_.begin()));
    if (found == operations_.end()) operations_.push_back(operation);
  }
  quantities_ = std::move(quantities);
}

}  // namespace headroom
