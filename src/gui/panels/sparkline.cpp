#include "panels/sparkline.h"

#include "headroom/core/bytes.h"
#include "headroom/gui_state/format.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>

namespace headroom {
namespace {

constexpr double kSpan_s = 60;

double used(const MemorySnapshot& m) { return static_cast<double>(m.total - m.free); }

}  // namespace

Sparkline::Sparkline(const Ui& ui) : ui_(ui), history_(ui.frame.memory_history) {
  low_ = std::numeric_limits<double>::max();
  for (const auto& sample : history_) {
    low_ = std::min(low_, static_cast<double>(sample.memory.used_by_others));
    high_ = std::max(high_, used(sample.memory));
  }
  const MemorySnapshot& m = ui.frame.memory;
  limit_ = static_cast<double>(m.total - m.reserved_by_driver);
  if (const Forecast* const f = ui.frame.forecast; f != nullptr) {
    limit_ =
        static_cast<double>(m.used_by_others + std::max<std::int64_t>(0, f->budget.budget_bytes));
  }
  // On a device with much free memory, including the limit would flatten the curve.
  const double span = std::max(high_ - low_, static_cast<double>(kMiB));
  shows_limit_ = limit_ <= low_ + 4 * span;
  top_ = shows_limit_ ? std::max(limit_, high_) : low_ + 1.25 * span;
}

void Sparkline::draw(ImVec2 at, ImVec2 size) const {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddLine({at.x, at.y + size.y}, {at.x + size.x, at.y + size.y}, ui_.colors.edge, ui_.px(1));
  if (shows_limit_) {
    const float y = at.y + size.y * height_of(limit_);
    list.AddLine({at.x, y}, {at.x + size.x, y}, ui_.colors.edge, ui_.px(1));
  }
  if (history_.size() < 2) return;
  std::vector<ImVec2> points;
  points.reserve(history_.size());
  for (const auto& sample : history_) {
    const double part = 1 - std::min(1.0, age(sample) / kSpan_s);
    points.push_back({at.x + size.x * static_cast<float>(part),
                      at.y + (size.y - ui_.px(2)) * height_of(used(sample.memory))});
  }
  list.AddPolyline(points.data(), static_cast<int>(points.size()), ui_.colors.text_dim,
                   ui_.px(1.4F));
}

std::string Sparkline::read(float part) const {
  if (history_.empty()) return {};
  const double wanted = (1 - part) * kSpan_s;
  const auto nearest =
      std::min_element(history_.begin(), history_.end(), [&](const auto& a, const auto& b) {
        return std::abs(age(a) - wanted) < std::abs(age(b) - wanted);
      });
  return fill(ui_.t("gauge.ago"), {format_seconds(std::round(age(*nearest)), ui_.text),
                                   format_bytes(static_cast<std::int64_t>(used(nearest->memory)))});
}

double Sparkline::age(const MemorySampler::Sample& sample) const {
  return std::chrono::duration<double>(history_.back().time - sample.time).count();
}

float Sparkline::height_of(double bytes) const {
  const double span = std::max(1.0, top_ - low_);
  return static_cast<float>(1 - std::clamp((bytes - low_) / span, 0.0, 1.0));
}

}  // namespace headroom
