#include "headroom/core/sum_figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace headroom {
namespace {

bool is_small(std::int64_t bytes) {
  constexpr std::int64_t kLeast = kGiB / 10;
  return bytes != 0 && bytes < kLeast && bytes > -kLeast;
}

}  // namespace

SumFigures::SumFigures(std::int64_t whole_bytes, std::initializer_list<std::int64_t> amounts)
    : giga_(whole_bytes >= kGiB && std::ranges::none_of(amounts, is_small)) {}

long long SumFigures::units(std::int64_t bytes) const {
  return std::llround(static_cast<double>(bytes) /
                      (giga_ ? static_cast<double>(kGiB) / 100 : static_cast<double>(kMiB)));
}

std::string SumFigures::number(long long units) const {
  if (!giga_) return std::to_string(units);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%lld.%02lld", units / 100, units % 100);
  return text.data();
}

std::string SumFigures::with_unit(long long units) const {
  return number(units) + (giga_ ? " GB" : " MB");
}

Shortage shortage(std::int64_t needed_bytes, std::int64_t available_bytes) {
  const std::int64_t available = std::max<std::int64_t>(0, available_bytes);
  const SumFigures figures(needed_bytes, {needed_bytes, available, needed_bytes - available});
  const long long needed = std::max(1LL, figures.units(needed_bytes));
  const long long left = std::min(figures.units(available), needed - 1);
  return {figures.with_unit(needed), figures.with_unit(left), figures.with_unit(needed - left)};
}

}  // namespace headroom
