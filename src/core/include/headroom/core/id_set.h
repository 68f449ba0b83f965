#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace headroom {

// A set of values of an enumeration that has at most 32 values, counted from 0.
template <typename Id>
class IdSet {
 public:
  constexpr IdSet() = default;
  constexpr IdSet(std::initializer_list<Id> ids) {
    for (const Id id : ids) add(id);
  }
  constexpr void add(Id id) { bits_ |= bit(id); }
  constexpr void remove(Id id) { bits_ &= ~bit(id); }
  [[nodiscard]] constexpr bool has(Id id) const { return (bits_ & bit(id)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(const IdSet&, const IdSet&) = default;

 private:
  [[nodiscard]] static constexpr std::uint32_t bit(Id id) {
    return std::uint32_t{1} << static_cast<std::size_t>(id);
  }
  std::uint32_t bits_ = 0;
};

}  // namespace headroom
