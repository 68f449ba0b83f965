#pragma once
#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace headroom {

// The rows of a list that changes while it is shown. While the mouse points at the list, each row
// keeps its place (and its height, where the list keeps that here), so that a click reaches the row
// that was seen: new items are appended, and rows of removed items stay. When the mouse leaves, the
// rows become the items in their order. Items are told apart by is_same(Item, Item).
template <typename Item>
class HeldRows {
 public:
  struct Row {
    Item item;
    std::size_t number = 0;  // its name: where it was in the list when it came
    float height = 0;        // 0: not known yet
  };

  // Takes the rows from `items` in `order`. `held`: the mouse points at the list; new items are
  // then added only if `comes` is true for them, because they push away what is below the list.
  void follow(const std::vector<Item>& items, const std::vector<std::size_t>& order, bool held,
              const std::function<bool(const Item&)>& comes) {
    if (!held) rows_.clear();
    for (Row& row : rows_) {
      const auto now =
          std::ranges::find_if(items, [&](const Item& item) { return is_same(row.item, item); });
      if (now != items.end()) row.item = *now;
    }
    for (const std::size_t i : order) {
      const bool is_there =
          std::ranges::any_of(rows_, [&](const Row& row) { return is_same(row.item, items[i]); });
      if (!is_there && (!held || comes(items[i]))) rows_.push_back({items[i], free_number(i)});
    }
  }
  void close() { rows_.clear(); }
  [[nodiscard]] std::vector<Row>& all() { return rows_; }
  [[nodiscard]] const std::vector<Row>& all() const { return rows_; }

 private:
  [[nodiscard]] std::size_t free_number(std::size_t wanted) const {
    std::size_t free = 0;
    bool is_taken = false;
    for (const Row& row : rows_) {
      free = std::max(free, row.number + 1);
      is_taken = is_taken || row.number == wanted;
    }
    return is_taken ? free : wanted;
  }

  std::vector<Row> rows_;
};

}  // namespace headroom
