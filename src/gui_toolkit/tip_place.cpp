#include "headroom/gui_toolkit/tip_place.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headroom {
namespace {

double shared(double a, double a_length, double b, double b_length) {
  return std::max(0.0, std::min(a + a_length, b + b_length) - std::max(a, b));
}

double shared_area(const Rect& a, const Rect& b) {
  return shared(a.x, a.w, b.x, b.w) * shared(a.y, a.h, b.y, b.h);
}

double apart(double a, double a_length, double b, double b_length) {
  return std::max({0.0, b - a - a_length, a - b - b_length});
}

// Left or upper edges at which a tooltip of this length touches something. The covered area is
// least at one of these, since it is linear between them.
std::vector<double> edges(const TipRoom& room, double length, double Rect::*at,
                          double Rect::*extent) {
  std::vector<double> found;
  const double first = room.screen.*at + room.gap;
  const double last = std::max(first, room.screen.*at + room.screen.*extent - room.gap - length);
  const auto add = [&](double edge) { found.push_back(std::clamp(edge, first, last)); };
  const auto beside = [&](const Rect& r) {
    add(r.*at + r.*extent + room.gap);
    add(r.*at - room.gap - length);
  };
  add(first);
  add(last);
  add(room.item.*at);
  add(room.item.*at + room.item.*extent - length);
  beside(room.item);
  for (const Rect& r : room.work) beside(r);
  for (const Rect& r : room.rest) beside(r);
  return found;
}

// The cost of a place, in pixels of distance; the least is chosen.
double price(const Rect& tip, const TipRoom& room) {
  constexpr double kPerArea = 0.02;   // per square pixel of `rest` that is covered
  constexpr double kAskew = 0.05;     // per pixel of difference between the left edges
  constexpr double kPerWork = 1000;   // per square pixel of work: exceeds any distance
  constexpr double kOnItself = 1e12;  // the item must stay visible in any case
  const double away = std::hypot(apart(tip.x, tip.w, room.item.x, room.item.w),
                                 apart(tip.y, tip.h, room.item.y, room.item.h));
  return away + kAskew * std::abs(tip.x - room.item.x) + kPerArea * covered(tip, room.rest) +
         kPerWork * covered(tip, room.work) + (shared_area(tip, room.item) > 0 ? kOnItself : 0.0);
}

}  // namespace

double covered(const Rect& tip, const std::vector<Rect>& work) {
  double area = 0;
  for (const Rect& r : work) area += shared_area(tip, r);
  return area;
}

Rect place_tip(const TipRoom& room, double width, double height) {
  Rect best{room.screen.x, room.screen.y, width, height};
  double least = std::numeric_limits<double>::infinity();
  const std::vector<double> lefts = edges(room, width, &Rect::x, &Rect::w);
  for (const double y : edges(room, height, &Rect::y, &Rect::h)) {
    for (const double x : lefts) {
      const Rect tip{x, y, width, height};
      const double costs = price(tip, room);
      if (costs >= least) continue;
      least = costs;
      best = tip;
    }
  }
  return best;
}

}  // namespace headroom
