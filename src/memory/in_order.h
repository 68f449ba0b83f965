#pragma once
#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace headroom {

// Hands out pairs by their first, then by their second; not all need be taken.
template <typename Rank>
class InOrder {
 public:
  using Pair = std::pair<Rank, std::size_t>;
  void add(Rank rank, std::size_t c) { heap_.emplace_back(rank, c); }
  // Calls visit(rank, c) until it returns false.
  template <typename Visit>
  void visit(const Visit& visit) {
    std::make_heap(heap_.begin(), heap_.end(), std::greater<Pair>());
    while (!heap_.empty() && visit(heap_.front().first, heap_.front().second)) {
      std::pop_heap(heap_.begin(), heap_.end(), std::greater<Pair>());
      heap_.pop_back();
    }
    heap_.clear();
  }

 private:
  std::vector<Pair> heap_;
};

}  // namespace headroom
