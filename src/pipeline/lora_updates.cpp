#include "headroom/pipeline/lora_updates.h"

#include "headroom/device/memory_tag.h"

#include "lora_layout.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/kron.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>

namespace headroom {
namespace {

constexpr std::string_view kLayers = "layers.";

// "attention.to_q.weight" for a main layer's matrix; nothing for other matrices.
std::optional<std::string> within_layer(const std::string& matrix) {
  if (!matrix.starts_with(kLayers)) return std::nullopt;
  return matrix.substr(matrix.find('.', kLayers.size()) + 1);
}

at::Tensor view_of(const at::Tensor& memory, std::int64_t at, std::int64_t rows,
                   std::int64_t columns) {
  return memory.narrow(0, at, rows * columns).view({rows, columns});
}

LinearUpdate views_of(const at::Tensor& memory, const PlacedUpdate& placed) {
  LinearUpdate update;
  if (placed.rank > 0) {
    update.down = view_of(memory, placed.down, placed.rank, placed.columns);
    update.up = view_of(memory, placed.up, placed.rank, placed.rows);
  }
  for (const PlacedChange& change : placed.changes) {
    if (change.kind == PlacedChange::Kind::kPair) continue;
    update.kroneckers.push_back({view_of(memory, change.first, change.rows1, change.columns1),
                                 view_of(memory, change.second, change.rows2, change.columns2)});
  }
  return update;
}

// Values of the intermediate result per row of x.
std::int64_t inner_values(const LinearUpdate::Kronecker& k) {
  return k.first.size(1) * k.second.size(0);
}

void widen(LinearUpdate& widest, const LinearUpdate& update) {
  if (update.down.defined() &&
      (!widest.down.defined() || update.down.size(0) > widest.down.size(0))) {
    widest.down = update.down;
    widest.up = update.up;
  }
  for (const LinearUpdate::Kronecker& k : update.kroneckers) {
    if (widest.kroneckers.empty()) widest.kroneckers.push_back(k);
    if (inner_values(k) > inner_values(widest.kroneckers.front())) widest.kroneckers.front() = k;
  }
}

// Reads the changes' values and combines them in host memory, one change at a time.
class ChangeReader {
 public:
  explicit ChangeReader(const PlacedChange& placed)
      : placed_(placed), change_(*placed.change), factor_(placed.strength * change_.scale) {}

  void fill_pair(const at::Tensor& down, const at::Tensor& up) const {
    const LoraFactor& first = change_.first;
    at::Tensor left = read(first.left, change_.first_row, change_.rows);
    at::Tensor right = read(*first.right, 0, first.rank());
    if (change_.second) {
      const LoraFactor& second = *change_.second;
      const std::int64_t rank = placed_.rank;
      // Column (i, j) is the elementwise product of the first factor's column i and the second's
      // j.
      left = left.unsqueeze(2)
                 .mul(read(second.left, change_.first_row, change_.rows).unsqueeze(1))
                 .reshape({change_.rows, rank});
      right = right.unsqueeze(1)
                  .mul(read(*second.right, 0, second.rank()).unsqueeze(0))
                  .reshape({rank, change_.columns});
    }
    put(right, down.narrow(0, placed_.first_rank, placed_.rank));
    put(left.mul_(factor_).t().contiguous(), up.narrow(0, placed_.first_rank, placed_.rank));
  }

  void fill_kronecker(const LinearUpdate::Kronecker& target) const {
    const std::int64_t first_row = change_.first_row / placed_.rows2;
    put(product(change_.first, first_row, placed_.rows1).mul_(factor_), target.first);
    put(product(*change_.second, 0, placed_.rows2), target.second);
  }

  void fill_whole(const LinearUpdate::Kronecker& target) const {
    at::Tensor values;
    if (change_.form == MatrixChange::Form::kKronecker) {
      values = at::kron(product(change_.first, 0, change_.first.rows()),
                        product(*change_.second, 0, change_.second->rows()))
                   .narrow(0, change_.first_row, change_.rows);
    } else {
      values = product(change_.first, change_.first_row, change_.rows)
                   .mul_(product(*change_.second, change_.first_row, change_.rows));
    }
    put(values.mul_(factor_), target.second);
    put(at::ones({1, 1}), target.first);
  }

 private:
  [[nodiscard]] at::Tensor read(const LoraMatrix& matrix, std::int64_t first,
                                std::int64_t rows) const {
    const at::Tensor values = at::empty({rows, matrix.columns}, at::kFloat);
    placed_.file->read(
        matrix, first, rows,
        {values.mutable_data_ptr<float>(), static_cast<std::size_t>(values.numel())});
    return values;
  }
  // Rows of a factor from `first` on; of a product they are multiplied out.
  [[nodiscard]] at::Tensor product(const LoraFactor& factor, std::int64_t first,
                                   std::int64_t rows) const {
    const at::Tensor left = read(factor.left, first, rows);
    return factor.right ? at::matmul(left, read(*factor.right, 0, factor.rank())) : left;
  }
  static void put(const at::Tensor& values, const at::Tensor& target) {
    target.copy_(values.to(target.scalar_type()).contiguous());
  }

  const PlacedChange& placed_;
  const MatrixChange& change_;
  const double factor_;
};

void fill(const PlacedUpdate& placed, const LinearUpdate& update) {
  const ScopedMemoryTag host(MemoryTag::kHost);
  std::size_t kronecker = 0;
  for (const PlacedChange& change : placed.changes) {
    const ChangeReader reader(change);
    switch (change.kind) {
      case PlacedChange::Kind::kPair:
        reader.fill_pair(update.down, update.up);
        break;
      case PlacedChange::Kind::kKronecker:
        reader.fill_kronecker(update.kroneckers[kronecker++]);
        break;
      case PlacedChange::Kind::kWhole:
        reader.fill_whole(update.kroneckers[kronecker++]);
        break;
    }
  }
}

}  // namespace

LinearUpdates load_updates(const OpenedLoras* opened_loras, const at::TensorOptions& options) {
  LinearUpdates updates;
  if (opened_loras == nullptr || opened_loras->values() == 0) return updates;
  const LoraLayout& layout = opened_loras->layout();
  {
    const ScopedMemoryTag tag(MemoryTag::kWeights);
    updates.memory = at::empty({layout.values}, options);
  }
  std::map<std::string, LinearUpdate> widest;
  for (const PlacedUpdate& placed : layout.updates) {
    auto update = std::make_shared<const LinearUpdate>(views_of(updates.memory, placed));
    if (!options.device().is_meta()) {
      fill(placed, *update);
    } else if (const auto name = within_layer(placed.matrix)) {
      widen(widest[*name], *update);
    }
    updates.by_matrix[placed.matrix] = std::move(update);
  }
  if (widest.empty()) return updates;
  for (const NamedMatrix& matrix : layout.network) {
    const auto name = within_layer(matrix.name);
    const auto found = name ? widest.find(*name) : widest.end();
    if (found != widest.end()) {
      updates.by_matrix[matrix.name] = std::make_shared<const LinearUpdate>(found->second);
    }
  }
  return updates;
}

}  // namespace headroom
