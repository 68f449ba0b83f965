#include "headroom/memory/frontier.h"

#include "headroom/core/error.h"

#include <algorithm>
#include <string>

namespace headroom {

namespace {

// The smallest preset. People rarely ask for less, and the seconds of smaller pictures are nearly
// all fixed costs.
constexpr int kSmallestOfUse_px = 512;

}  // namespace

FrontierCell judge_size(Size size, PlanSpace space, PlanCosts& costs, std::int64_t budget_bytes,
                        const std::optional<HostMemory>& host, bool low_vram) {
  FrontierCell cell;
  cell.width = size.width;
  cell.height = size.height;
  const PlanSpace whole = space;
  const std::optional<PlanCandidate> best = choose_plan(space, costs, budget_bytes, host, low_vram);
  const PlanCandidate plan = best ? *best : closest_plan(whole, costs, budget_bytes, host);
  cell.peak_bytes = plan.peak_bytes;
  cell.execution = plan.execution;
  if (!best) {
    // At least 1, since the peak may fit when it is the machine's own memory that is short.
    cell.shortfall_bytes = std::max<std::int64_t>(1, plan.peak_bytes - budget_bytes);
    return cell;
  }
  const double resident_seconds = compose(ExecutionOptions{}, space, costs).seconds;
  cell.state = plan.seconds > kSlowerThanResident * resident_seconds
                   ? FrontierCell::State::kFitsSlower
                   : FrontierCell::State::kFits;
  return cell;
}

const FrontierCell* Frontier::find(Size size) const {
  const auto in_table = [&](int side) { return side > 0 && side <= max && side % step == 0; };
  if (step <= 0 || !in_table(size.width) || !in_table(size.height)) return nullptr;
  const auto row = static_cast<std::size_t>(size.height / step - 1);
  const auto column = static_cast<std::size_t>(size.width / step - 1);
  return &cells[row * static_cast<std::size_t>(max / step) + column];
}

Frontier compute_frontier(int step, int max, const std::function<FrontierCell(Size)>& evaluate) {
  if (step <= 0 || max < step) {
    throw Error(ErrorKind::kInvalidRequest,
                "A table of sizes needs a step of at least 1 and a largest side of at least one "
                "step, not " +
                    std::to_string(step) + " and " + std::to_string(max) + "; choose others.");
  }
  Frontier table;
  table.step = step;
  table.max = max;
  const int sides = max / step;
  bool at_full_speed = true;
  table.cells.reserve(static_cast<std::size_t>(sides) * static_cast<std::size_t>(sides));
  for (int height = step; height <= max; height += step) {
    for (int width = step; width <= max; width += step) {
      FrontierCell cell = evaluate({width, height});
      cell.width = width;
      cell.height = height;
      // Smaller neighbours are settled already; a refusal passes on to larger sizes.
      bool refused = false;
      std::int64_t shortfall_bytes = 0;
      for (const Size smaller : {Size{width - step, height}, Size{width, height - step}}) {
        const FrontierCell* neighbour = table.find(smaller);
        if (neighbour != nullptr && neighbour->state == FrontierCell::State::kNo) {
          refused = true;
          shortfall_bytes = std::max(shortfall_bytes, neighbour->shortfall_bytes);
        }
      }
      if (refused && cell.state != FrontierCell::State::kNo) {
        cell.state = FrontierCell::State::kNo;
        cell.shortfall_bytes = shortfall_bytes;
      }
      if (width == height && at_full_speed) {
        if (cell.state == FrontierCell::State::kFits) {
          table.critical_point = Size{width, height};
        } else if (width >= kSmallestOfUse_px) {
          at_full_speed = false;
        }
      }
      table.cells.push_back(cell);
    }
  }
  return table;
}

}  // namespace headroom
