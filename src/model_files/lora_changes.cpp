#include "lora_changes.h"

#include "headroom/core/quote.h"
#include "headroom/weights/dequantize.h"
#include "headroom/weights/model_file_error.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace headroom {
namespace {

std::string shape_text(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (const std::int64_t n : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
  return text + "]";
}

std::string shape_text(std::int64_t rows, std::int64_t columns) {
  return "[" + std::to_string(rows) + ", " + std::to_string(columns) + "]";
}

const char* name_of(LoraPart part) {
  switch (part) {
    case LoraPart::kDown:
      return "lora_A (lora_down)";
    case LoraPart::kUp:
      return "lora_B (lora_up)";
    case LoraPart::kKron1:
      return "lokr_w1";
    case LoraPart::kKron1A:
      return "lokr_w1_a";
    case LoraPart::kKron1B:
      return "lokr_w1_b";
    case LoraPart::kKron2:
      return "lokr_w2";
    case LoraPart::kKron2A:
      return "lokr_w2_a";
    case LoraPart::kKron2B:
      return "lokr_w2_b";
    case LoraPart::kHada1A:
      return "hada_w1_a";
    case LoraPart::kHada1B:
      return "hada_w1_b";
    case LoraPart::kHada2A:
      return "hada_w2_a";
    case LoraPart::kHada2B:
      return "hada_w2_b";
    default:
      return "alpha";
  }
}

bool has_any(const LoraGroup& group, LoraPart first, LoraPart last) {
  const auto found = group.parts.lower_bound(first);
  return found != group.parts.end() && found->first <= last;
}

// Whether a * b == product, without overflow.
bool is_product(std::int64_t a, std::int64_t b, std::int64_t product) {
  return a > 0 && product % a == 0 && product / a == b;
}

}  // namespace

void LoraChanges::refuse_shape(const NamedView& tensor) const {
  fail_model_file(path_, say("{0} has shape {1}, which does not go with the other tensors of its "
                             "module; the file is damaged or of another kind, so choose another "
                             "one",
                             printable(tensor.first), shape_text(tensor.second.shape)));
}

const NamedView& LoraChanges::need(const LoraGroup& group, LoraPart part) const {
  if (const NamedView* const found = group.find(part)) return *found;
  fail_model_file(path_,
                  say("{0} has {1} but no {2}; the file is incomplete, so download it again",
                      printable(group.module), name_of(group.parts.begin()->first), name_of(part)));
}

LoraMatrix LoraChanges::matrix(const NamedView& tensor) const {
  const auto& [name, view] = tensor;
  if (!has_own_values(view.dtype)) {
    fail_model_file(path_, say("{0} is stored as {1}, which no weight of a LoRA can be; choose "
                               "another file",
                               printable(name), dtype_name(view.dtype)));
  }
  // Some tools write matrices as 1x1 convolutions.
  const bool is_matrix =
      view.shape.size() >= 2 && view.shape[0] > 0 && view.shape[1] > 0 &&
      std::all_of(view.shape.begin() + 2, view.shape.end(), [](std::int64_t n) { return n == 1; });
  if (!is_matrix) refuse_shape(tensor);
  LoraMatrix matrix{name, view, view.shape[0], view.shape[1], false};
  matrix.view.shape.resize(2);
  return matrix;
}

LoraFactor LoraChanges::product(const LoraGroup& group, LoraPart left, LoraPart right) const {
  LoraFactor factor{matrix(need(group, left)), matrix(need(group, right))};
  if (factor.left.columns != factor.right->rows) refuse_shape(need(group, right));
  factor.right->is_random_at_first = right != LoraPart::kKron1B && right != LoraPart::kKron2B;
  return factor;
}

LoraFactor LoraChanges::factor(const LoraGroup& group, LoraPart whole, LoraPart left,
                               LoraPart right) const {
  if (!has_any(group, left, right)) return {matrix(need(group, whole)), std::nullopt};
  if (const NamedView* const both = group.find(whole)) refuse_shape(*both);
  return product(group, left, right);
}

MatrixChange LoraChanges::form_of(const LoraGroup& group) const {
  using enum LoraPart;
  if (const NamedView* const unread = group.find(kUnread)) {
    fail_model_file(path_, say("{0} belongs to a kind of adapter that cannot be applied here; "
                               "choose a LoRA, LoHa or LoKr",
                               printable(unread->first)));
  }
  const bool is_kron = has_any(group, kKron1, kKron2B);
  const bool is_hada = has_any(group, kHada1A, kHada2B);
  const bool is_lora = has_any(group, kDown, kUp);
  if (static_cast<int>(is_kron) + static_cast<int>(is_hada) + static_cast<int>(is_lora) > 1) {
    refuse_shape(*group.parts.begin()->second);
  }
  MatrixChange change;
  if (is_kron) {
    change.form = MatrixChange::Form::kKronecker;
    change.first = factor(group, kKron1, kKron1A, kKron1B);
    change.second = factor(group, kKron2, kKron2A, kKron2B);
  } else if (is_hada) {
    change.form = MatrixChange::Form::kHadamard;
    change.first = product(group, kHada1A, kHada1B);
    change.second = product(group, kHada2A, kHada2B);
  } else {
    change.first = product(group, kUp, kDown);
  }
  return change;
}

void LoraChanges::check_rank(const LoraFactor& factor, std::int64_t most) const {
  if (!factor.right || factor.rank() <= most) return;
  fail_model_file(path_, say("{0} has the rank {1}, of which its matrix can use {2} at most; the "
                             "file is damaged or no LoRA, so choose another one",
                             printable(factor.right->name), factor.rank(), most));
}

double LoraChanges::scale_of(const LoraGroup& group, const MatrixChange& change) const {
  std::int64_t rank = change.first.rank();
  if (change.form == MatrixChange::Form::kKronecker) {
    // The rank only matters when a factor is a product; the second factor's rank comes before the
    // first's.
    if (!change.first.right && !change.second->right) return 1.0;
    if (change.second->right) rank = change.second->rank();
  }
  const auto ranks = static_cast<double>(rank);
  const NamedView* const alpha = group.find(LoraPart::kAlpha);
  if (alpha == nullptr) return scales_.of(group.module, ranks);
  const double value = read_number_(alpha->second);
  if (!std::isfinite(value)) {
    fail_model_file(path_, say("{0} is not one finite number, which a scale must be; the file is "
                               "damaged, so download it again",
                               printable(alpha->first)));
  }
  return value / ranks;
}

void LoraChanges::add(const LoraGroup& group, std::vector<MatrixChange>& changes) const {
  MatrixChange change = form_of(group);
  std::int64_t rows = 0;
  for (const std::size_t i : group.matrices) rows += network_[i].rows;
  const NamedMatrix& target = network_[group.matrices.front()];
  const LoraFactor& first = change.first;
  bool fits = first.rows() == rows && first.columns() == target.columns;
  if (change.form == MatrixChange::Form::kHadamard) {
    fits = fits && change.second->rows() == rows && change.second->columns() == target.columns;
  } else if (change.form == MatrixChange::Form::kKronecker) {
    fits = is_product(first.rows(), change.second->rows(), rows) &&
           is_product(first.columns(), change.second->columns(), target.columns);
  }
  if (!fits) {
    fail_model_file(
        path_,
        say("{0} is of the shape {1}, which does not change {2} of {3} ({4} of {5} keys matched by "
            "their names); choose a LoRA that was made for this model",
            printable(group.module),
            shape_text(first.rows(), first.columns()) +
                (change.second ? ", " + shape_text(change.second->rows(), change.second->columns())
                               : std::string()),
            target.name, shape_text(rows, target.columns), matched_keys_, keys_));
  }
  const std::int64_t most = std::max(rows, target.columns);
  check_rank(first, most);
  if (change.second) check_rank(*change.second, most);
  change.scale = scale_of(group, change);
  for (const std::size_t i : group.matrices) {
    change.matrix = network_[i].name;
    change.rows = network_[i].rows;
    change.columns = network_[i].columns;
    changes.push_back(change);
    change.first_row += change.rows;
  }
}

}  // namespace headroom
