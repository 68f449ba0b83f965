#include "headroom/pipeline/opened_loras.h"

#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/pipeline/run_formats.h"

#include "ask_for_weights.h"
#include "lora_layout.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <ATen/ops/empty.h>

namespace headroom {
namespace {

// Lists a network's matrices by running the code that loads it.
class MatrixList final : public WeightSource {
 public:
  at::Tensor get(std::string_view, at::IntArrayRef shape) override {
    return at::empty(shape, options());
  }
  void read(std::string_view, const at::Tensor&) override {}
  LinearWeight matrix(std::string_view name, std::int64_t rows, std::int64_t columns) override {
    found.push_back({std::string(name), rows, columns});
    return {get(name, {rows, columns})};
  }
  at::Tensor gather_rows(std::string_view, std::span<const std::int32_t>, std::int64_t,
                         std::int64_t width) override {
    return at::empty({0, width}, options());
  }
  [[nodiscard]] at::TensorOptions options() const override {
    return at::TensorOptions(at::kMeta).dtype(at::kFloat);
  }

  std::vector<NamedMatrix> found;
};

// Every piece begins at a multiple of a cache line, in every number format.
std::int64_t take(std::int64_t& end, std::int64_t values) {
  constexpr std::int64_t kUnit = 32;
  const std::int64_t place = end;
  end += (values + kUnit - 1) / kUnit * kUnit;
  return place;
}

PlacedChange whole(PlacedChange placed) {
  placed.kind = PlacedChange::Kind::kWhole;
  placed.rows1 = placed.columns1 = 1;
  placed.rows2 = placed.change->rows;
  placed.columns2 = placed.change->columns;
  return placed;
}

// Chooses how a change is computed and sets its sizes; places are set later.
PlacedChange plan(const LoraFile& file, const MatrixChange& change, double strength) {
  PlacedChange placed;
  placed.file = &file;
  placed.change = &change;
  placed.strength = strength;
  if (change.form != MatrixChange::Form::kKronecker) {
    placed.rank = change.first.rank();
    if (change.form == MatrixChange::Form::kProduct) return placed;
    // The elementwise product of two low-rank products is a low-rank product whose rank is the
    // product of both ranks.
    placed.rank *= change.second->rank();
    const bool is_less =
        placed.rank * (change.rows + change.columns) <= change.rows * change.columns;
    return is_less ? placed : whole(placed);
  }
  placed.rows2 = change.second->rows();
  placed.columns2 = change.second->columns();
  placed.columns1 = change.first.columns();
  placed.rows1 = change.rows / placed.rows2;
  // A part must consist of whole rows of the first factor, each of which makes `rows2` rows.
  const bool is_cut_well = change.rows % placed.rows2 == 0 && change.first_row % placed.rows2 == 0;
  if (!is_cut_well || placed.rows1 * placed.columns1 == 1) return whole(placed);
  placed.kind = PlacedChange::Kind::kKronecker;
  return placed;
}

void place(PlacedUpdate& update, std::int64_t& end) {
  for (PlacedChange& change : update.changes) {
    if (change.kind == PlacedChange::Kind::kPair) {
      change.first_rank = update.rank;
      update.rank += change.rank;
    } else {
      change.first = take(end, change.rows1 * change.columns1);
      change.second = take(end, change.rows2 * change.columns2);
    }
  }
  update.down = take(end, update.rank * update.columns);
  update.up = take(end, update.rank * update.rows);
}

std::int64_t values_of(const PlacedChange& change) {
  if (change.kind == PlacedChange::Kind::kPair) {
    return change.rank * (change.change->rows + change.change->columns);
  }
  return change.rows1 * change.columns1 + change.rows2 * change.columns2;
}

void check_strength(const LoraTag& tag) {
  if (std::abs(tag.strength) <= kMaxLoraStrength) return;  // also false for NaN
  throw Error(
      ErrorKind::kInvalidRequest,
      say("the strength of the LoRA {0} must be a number from -100 to 100", in_quotes(tag.name)));
}

}  // namespace

OpenedLoras::OpenedLoras(const TransformerConfig& network, const std::vector<AskedLora>& asked) {
  auto layout = std::make_shared<LoraLayout>();
  MatrixList matrices;
  ask_for_transformer(network, matrices);
  layout->network = std::move(matrices.found);
  for (const AskedLora& lora : asked) {
    check_strength(lora.tag);
    const LoraFile& file = layout->files.emplace_back(lora.file, layout->network);
    loras_.push_back({lora.tag, lora.file, file.keys(), file.matched_keys(), 0});
  }
  std::map<std::string, PlacedUpdate> updates;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const double strength = asked[i].tag.strength;
    if (strength == 0) continue;
    for (const MatrixChange& change : layout->files[i].changes()) {
      PlacedUpdate& update = updates[change.matrix];
      update.matrix = change.matrix;
      update.rows = change.rows;
      update.columns = change.columns;
      update.changes.push_back(plan(layout->files[i], change, strength));
      loras_[i].values += values_of(update.changes.back());
    }
  }
  for (auto& [name, update] : updates) {
    place(update, layout->values);
    layout->updates.push_back(std::move(update));
  }
  layout_ = std::move(layout);
}

std::vector<LoraTag> OpenedLoras::tags() const {
  std::vector<LoraTag> tags;
  tags.reserve(loras_.size());
  for (const Lora& lora : loras_) tags.push_back(lora.tag);
  return tags;
}

std::vector<Message> OpenedLoras::notes() const {
  std::vector<Message> notes;
  for (const LoraFile& file : layout_->files) {
    notes.insert(notes.end(), file.notes().begin(), file.notes().end());
  }
  return notes;
}

std::int64_t OpenedLoras::values() const { return layout_->values; }

std::vector<UsedLora> OpenedLoras::used() const {
  std::vector<UsedLora> used;
  used.reserve(loras_.size());
  for (std::size_t i = 0; i < loras_.size(); ++i) {
    used.push_back({loras_[i].tag.name, loras_[i].tag.strength, layout_->files[i].hash()});
  }
  return used;
}

std::int64_t lora_bytes(const OpenedLoras& opened_loras, NumberFormat dtype, const Device& device) {
  const c10::ScalarType format = choose_formats(dtype, device).networks;
  return opened_loras.values() * static_cast<std::int64_t>(c10::elementSize(format));
}

void check_loras(const std::string& prompt, const OpenedLoras* opened_loras) {
  const std::vector<LoraTag> asked = take_lora_tags(prompt).loras;
  if (asked == (opened_loras != nullptr ? opened_loras->tags() : std::vector<LoraTag>())) return;
  std::string tags;
  for (const LoraTag& tag : asked) tags += (tags.empty() ? "" : ", ") + write_lora_tag(tag);
  throw Error(ErrorKind::kInvalidRequest,
              say("the prompt asks for LoRAs ({0}) that were not opened with the model; take "
                  "them out of the prompt",
                  tags.empty() ? std::string("none") : printable(tags)));
}

}  // namespace headroom
