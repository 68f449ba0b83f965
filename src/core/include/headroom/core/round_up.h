#pragma once
#include <concepts>
#include <type_traits>

namespace headroom {

// The smallest multiple of `unit` that is at least `value`. `value` >= 0, `unit` > 0.
template <std::integral Number>
[[nodiscard]] constexpr Number round_up(Number value, std::type_identity_t<Number> unit) {
  return (value + unit - 1) / unit * unit;
}

}  // namespace headroom
