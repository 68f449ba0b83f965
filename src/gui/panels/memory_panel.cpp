#include "headroom/core/bytes.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/texture_cache.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "sparkline.h"

#include <algorithm>
#include <string>
#include <vector>

#include <imgui.h>

namespace headroom {
namespace {

// Maps bytes to positions on the bar. This program's part, now or at the coming peak, is [from,
// to): it gets a minimum width at which its segments can be distinguished, even if it is a tiny
// fraction of the total. The rest is to scale.
struct Scale {
  float left = 0;
  float width = 1;
  double total = 1;
  double from = 0, to = 0;  // bytes
  float low = 0, high = 0;  // their positions
  bool stretched = false;
  [[nodiscard]] float at(std::int64_t bytes) const {
    const double b = std::clamp(static_cast<double>(bytes), 0.0, total);
    if (b <= from) return left + part(b, from) * (low - left);
    if (b <= to) return low + part(b - from, to - from) * (high - low);
    return high + part(b - to, total - to) * (left + width - high);
  }

 private:
  static float part(double bytes, double all) {
    return all > 0 ? static_cast<float>(bytes / all) : 0;
  }
};

Scale make_scale(const Ui& ui, const MemorySnapshot& m, float left, float width) {
  std::int64_t ours = std::max(m.ours(), m.peak);
  if (ui.frame.forecast != nullptr) ours = std::max(ours, ui.frame.forecast->plan.peak_bytes);
  Scale s{.left = left, .width = width};
  s.total = static_cast<double>(std::max<std::int64_t>(1, m.total));
  s.from = std::min(s.total, static_cast<double>(m.used_by_others));
  s.to = std::min(s.total, s.from + static_cast<double>(ours));
  const float least = ui.px(76);
  const auto natural = static_cast<float>((s.to - s.from) / s.total) * width;
  s.stretched = ours > 0 && natural < least;
  const float middle = s.stretched ? least : natural;
  const double rest = s.total - (s.to - s.from);
  s.low = left + (rest > 0 ? static_cast<float>(s.from / rest) * (width - middle) : 0);
  s.high = s.low + middle;
  return s;
}

// Two strokes through the bar where it is not to scale.
void draw_break(const Ui& ui, float x, float top, float bottom) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float rise = ui.px(4);
  const float over = ui.px(2);
  for (const float shift : {-ui.px(2), ui.px(2)}) {
    const ImVec2 low{x + shift - rise / 2, bottom + over};
    const ImVec2 high{x + shift + rise / 2, top - over};
    list.AddLine(low, high, ui.colors.panel, ui.px(4));
    list.AddLine(low, high, ui.colors.text_dim, ui.px(1.3F));
  }
}

void draw_segments(const Ui& ui, const MemorySnapshot& m, const Scale& scale, float top,
                   float bottom) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float round = ui.px(3);
  list.AddRectFilled({scale.left, top}, {scale.left + scale.width, bottom}, ui.colors.well, round);
  std::int64_t from = 0;
  const auto next = [&](std::int64_t bytes) {
    const float low = scale.at(from);
    from += bytes;
    return std::pair{low, scale.at(from)};
  };
  const float gap = ui.px(1);
  const auto [others_low, others_high] = next(m.used_by_others);
  draw_hatched(list, {others_low, top}, {others_high, bottom}, ui.colors.others, ui.colors.hatch,
               ui.px(7));
  const auto [weights_low, weights_high] = next(m.weights);
  if (m.weights > 0)
    list.AddRectFilled({weights_low, top},
                       {std::max(weights_low + gap, weights_high - gap), bottom}, ui.colors.weights,
                       round);
  const auto [working_low, working_high] = next(m.activations);
  if (m.activations > 0) {
    const float end = std::max(working_low + gap, working_high - gap);
    list.AddRectFilled({working_low + gap, top}, {end, bottom}, ui.colors.working, round);
    // Fine lines distinguish it from the weights without relying on colour.
    for (float x = working_low + ui.px(5); x < end - ui.px(2); x += ui.px(4))
      list.AddRectFilled({x, top}, {x + ui.px(1), bottom}, faded(ui.colors.well, 0.55F));
  }
  const auto [cached_low, cached_high] = next(m.cached);
  if (cached_high - cached_low > ui.px(2)) {
    list.AddRect({cached_low + gap, top + gap}, {cached_high - gap, bottom - gap},
                 ui.colors.working, round, ui.px(1.2F));
  }
  // The driver's share and what is kept free: a run may use neither.
  std::int64_t limit = m.total - m.reserved_by_driver;
  if (const Forecast* const f = ui.frame.forecast; f != nullptr) {
    const std::int64_t budget = std::max<std::int64_t>(0, f->budget.budget_bytes);
    limit = std::min(limit, m.used_by_others + budget);
  }
  if (limit < m.total) {
    for (float x = scale.at(limit); x < scale.left + scale.width; x += ui.px(4)) {
      list.AddRectFilled({x, top}, {x + ui.px(2), bottom}, ui.colors.others);
    }
  }
  if (scale.stretched) {
    draw_break(ui, scale.low, top, bottom);
    draw_break(ui, scale.high, top, bottom);
  }
}

// The limit of the part that a run may use: "kept free 256 MB", or the cap.
std::string limit_text(const Ui& ui, const Forecast& f) {
  const Budget& b = f.budget;
  return b.cap_bytes && *b.cap_bytes < b.uncapped_bytes()
             ? fill(ui.t("gauge.cap"), {format_bytes(*b.cap_bytes)})
             : fill(ui.t("gauge.kept"), {format_bytes(b.kept_free_bytes)});
}

// A label below the bar, moved to stay within it; skipped if it would touch another.
class Labels {
 public:
  Labels(const Ui& ui, const Scale& scale, float y) : ui_(ui), scale_(scale), y_(y) {}
  void put(float middle, const std::string& text, ImU32 color) {
    const TextStyle style{color, kSmallSize};
    const float width = text_width(ui_, text, style);
    const float low = std::clamp(middle - width / 2, scale_.left,
                                 std::max(scale_.left, scale_.left + scale_.width - width));
    for (const auto& [a, b] : taken_) {
      if (low < b + ui_.px(8) && low + width + ui_.px(8) > a) return;
    }
    draw_text(ui_, {low, y_}, text, style);
    taken_.emplace_back(low, low + width);
  }

 private:
  const Ui& ui_;
  const Scale& scale_;
  float y_;
  std::vector<std::pair<float, float>> taken_;
};

// Draws the labels below the bar; peak and next run share one if they are close together.
void draw_labels(const Ui& ui, const MemorySnapshot& m, const Scale& scale, float y,
                 bool peak_shown) {
  Labels labels(ui, scale, y);
  const Forecast* const f = ui.frame.forecast;
  const std::int64_t next = f != nullptr ? f->plan.peak_bytes : 0;
  const std::string peak_text = format_bytes(m.peak);
  const bool same = peak_shown && next > 0 && peak_text == format_bytes(next);
  if (next > 0) {
    const CardState state = state_of(f);
    const ImU32 color = state == CardState::kFits ? ui.colors.text_dim : state_color(ui, state);
    const float base = scale.at(m.used_by_others);
    const float end = scale.at(m.used_by_others + next);
    labels.put((base + end) / 2,
               same ? fill(ui.t("gauge.peak_is_next"), {peak_text})
                    : fill(ui.t("gauge.next"), {format_bytes(next)}),
               color);
  }
  if (peak_shown && !same) {
    labels.put(scale.at(m.used_by_others + m.peak), fill(ui.t("gauge.peak"), {peak_text}),
               ui.colors.text);
  }
  if (m.used_by_others > 0) {
    labels.put(scale.left, fill(ui.t("gauge.others"), {format_bytes(m.used_by_others)}),
               ui.colors.text_faint);
  }
  if (f != nullptr) labels.put(scale.left + scale.width, limit_text(ui, *f), ui.colors.text_faint);
}

// The bracket of the coming run, and the tick of the highest peak so far.
void draw_marks(const Ui& ui, const MemorySnapshot& m, const Scale& scale, float top,
                float bottom) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (const Forecast* const f = ui.frame.forecast; f != nullptr && f->plan.peak_bytes > 0) {
    const CardState state = state_of(f);
    const ImU32 color = state == CardState::kFits ? ui.colors.text_dim : state_color(ui, state);
    const float base = scale.at(m.used_by_others);
    const float end = scale.at(m.used_by_others + f->plan.peak_bytes);
    const float y = bottom + ui.px(6);
    list.AddLine({base, bottom + ui.px(3)}, {base, y}, color, ui.px(1.3F));
    list.AddLine({base, y}, {end, y}, color, ui.px(1.3F));
    list.AddLine({end, bottom + ui.px(3)}, {end, y}, color, ui.px(1.3F));
  }
  // A smaller peak is from start-up, not from a run; and if others have taken that memory since,
  // the tick would be on theirs.
  const bool peak_shown = m.peak >= kMiB && m.used_by_others + m.peak <= m.total;
  if (peak_shown) {
    const float x = scale.at(m.used_by_others + m.peak);
    list.AddRectFilled({x - ui.px(1), top - ui.px(4)}, {x + ui.px(1), bottom + ui.px(1)},
                       ui.colors.text);
  }
  if (!ui.frame.layout.folds()) draw_labels(ui, m, scale, bottom + ui.px(10), peak_shown);
}

void draw_stretched_note(const Ui& ui) {
  ImGui::PushTextWrapPos(ui.px(280));
  ImGui::PushStyleColor(ImGuiCol_Text, ui.colors.text_faint);
  text_line(ui, ui.t("gauge.stretched"));
  ImGui::PopStyleColor();
  ImGui::PopTextWrapPos();
}

void draw_table(const Ui& ui, const MemorySnapshot& m, bool stretched) {
  const std::string source = m.is_main_memory ? ui.t("gauge.memory") : m.source;
  ImGui::PushStyleColor(ImGuiCol_Text, ui.colors.text_faint);
  text_line(ui, m.pretended ? source + " · " + ui.t("gauge.pretended") : source);
  ImGui::PopStyleColor();
  // A low window has no room for a long column beside the picture.
  const int columns = ui.frame.layout.folds() ? 6 : 2;
  if (ImGui::BeginTable("memory", columns, ImGuiTableFlags_SizingFixedFit)) {
    const auto put = [&](const std::string& name, const std::string& value, ImU32 color) {
      ImGui::PushStyleColor(ImGuiCol_Text, color);
      ImGui::TableNextColumn();
      text_line(ui, name);
      ImGui::TableNextColumn();
      const float width = ui.px(84);
      ImGui::SetCursorPosX(ImGui::GetCursorPosX() + width - ImGui::CalcTextSize(value.c_str()).x);
      text_line(ui, value);
      ImGui::PopStyleColor();
      ui.dump.say("gauge." + name, value);
    };
    const auto line = [&](const std::string& name, std::int64_t bytes, ImU32 color) {
      put(name, format_bytes(bytes), color);
    };
    const auto row = [&](const char* key, std::int64_t bytes) {
      line(ui.t(key), bytes, ui.colors.text);
    };
    row("gauge.row.others", m.used_by_others);
    constexpr std::size_t kMaxPrograms = 6;
    for (std::size_t i = 0; i < std::min(kMaxPrograms, ui.frame.others.size()); ++i) {
      const OtherProgram& program = ui.frame.others[i];
      const std::string name =
          program.name.empty() ? ui.t("gauge.row.unnamed") : shorten(program.name, 32);
      line("    " + name, program.bytes, ui.colors.text_dim);
    }
    row("gauge.row.weights", m.weights);
    row("gauge.row.working", m.activations);
    row("gauge.row.cached", m.cached);
    row("gauge.row.free", m.free);
    if (m.reserved_by_driver > 0) row("gauge.row.reserved", m.reserved_by_driver);
    row("gauge.row.total", m.total);
    row("gauge.row.peak", m.peak);
    row("gauge.row.pictures", ui.pictures.bytes(ui.state.pictures));
    if (const Forecast* const f = ui.frame.forecast; f != nullptr) {
      row("gauge.row.kept", f->budget.kept_free_bytes);
      if (f->budget.cap_bytes) row("gauge.row.cap", *f->budget.cap_bytes);
      row("gauge.row.budget", std::max<std::int64_t>(0, f->budget.budget_bytes));
      row("gauge.row.next", f->plan.peak_bytes);
      if (f->plan.host_peak_bytes > 0) row("gauge.row.host", f->plan.host_peak_bytes);
      if (f->plan.page_cache_bytes > 0) row("gauge.row.files", f->plan.page_cache_bytes);
      if (m.host_available && !m.is_main_memory) row("gauge.row.host_free", *m.host_available);
      if (f->fits && f->plan.seconds > 0) {
        put(ui.t("gauge.row.takes"),
            format_predicted(f->plan.seconds, f->plan.seconds_are_estimated, ui.text),
            ui.colors.text);
      }
    }
    ImGui::EndTable();
  }
  if (stretched) draw_stretched_note(ui);
}

// The numbers beside the bar: used of total, and what a run may use.
void draw_figures(const Ui& ui, const MemorySnapshot& m, ImVec2 at, float width, bool low) {
  draw_text(ui, {at.x, at.y}, format_of(m.total - m.free, m.total),
            {ui.colors.text, kTitleSize, true});
  if (low) return;
  std::int64_t usable = m.free + m.ours();
  if (ui.frame.forecast != nullptr)
    usable = std::max<std::int64_t>(0, ui.frame.forecast->budget.budget_bytes);
  const TextStyle small{ui.colors.text_faint, kSmallSize};
  draw_text(ui, {at.x, at.y + ui.px(24)},
            fit_text(ui, fill(ui.t("gauge.usable"), {format_bytes(usable)}), small, width), small);
}

void draw_name(const Ui& ui, const MemorySnapshot& m, ImVec2 at, float width, bool low) {
  const bool cpu = m.is_main_memory;
  draw_text(ui, at, ui.t(cpu ? "gauge.cpu" : "gauge.vram"), {ui.colors.text_dim, kSmallSize, true});
  if (low) return;
  const TextStyle device{ui.colors.text_faint, kSmallSize};
  const std::string below = m.pretended ? ui.t("gauge.pretended")
                            : cpu       ? ui.t("gauge.memory")
                                        : ui.frame.opened->device_name;
  draw_text(ui, {at.x, at.y + ui.px(20)}, fit_text(ui, below, device, width), device);
}

}  // namespace

void draw_memory_panel(const Ui& ui, const Rect& area) {
  begin_panel(ui, "memory", area, ui.colors.panel, {0, 0},
              ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNav);
  const MemorySnapshot& m = ui.frame.memory;
  const bool low = ui.frame.layout.folds();  // one line
  const auto x = static_cast<float>(area.x);
  const auto y = static_cast<float>(area.y);
  const auto width = static_cast<float>(area.w);
  ImGui::GetWindowDrawList()->AddRectFilled({x, y}, {x + width, y + ui.px(1)}, ui.colors.line);

  const float side = ui.px(16);
  const float label = ui.px(low ? 72 : 120);
  const float spark = low ? 0 : ui.px(width > ui.px(1100) ? 128 : 80);
  const float figures = ui.px(low ? 112 : 144);
  draw_name(ui, m, {x + side, y + ui.px(low ? 12 : 14)}, label - ui.px(12), low);

  const float bar = width - 2 * side - label - figures - spark - ui.px(low ? 16 : 32);
  const Scale scale = make_scale(ui, m, x + side + label, bar);
  const float top = y + ui.px(low ? 9 : 14);
  const float bottom = top + ui.px(low ? 18 : 22);
  draw_segments(ui, m, scale, top, bottom);
  draw_marks(ui, m, scale, top, bottom);
  const float text_left = scale.left + scale.width + ui.px(16);
  draw_figures(ui, m, {text_left, y + ui.px(low ? 10 : 12)}, figures, low);

  const ImVec2 spark_at{x + width - side - spark, y + ui.px(12)};
  const float over_bar = low ? width - 2 * side : spark_at.x - ui.px(8) - x - side;
  ImGui::SetCursorScreenPos({x + side, y + ui.px(4)});
  ImGui::Dummy({over_bar, static_cast<float>(area.h) - ui.px(8)});
  name_item(ui, "gauge");
  keep_clear(ui, item_rect(), /*work=*/false);
  if (begin_tip(ui)) {
    draw_table(ui, m, scale.stretched);
    end_tip(ui);
  }
  if (!low) {
    const Sparkline line(ui);
    line.draw(spark_at, {spark, ui.px(28)});
    const TextStyle small{ui.colors.text_faint, kSmallSize};
    draw_text_right(ui, spark_at.x + spark, y + ui.px(46), ui.t("gauge.span"), small);
    ImGui::SetCursorScreenPos(spark_at);
    ImGui::Dummy({spark, static_cast<float>(area.h) - ui.px(16)});
    name_item(ui, "gauge.spark");
    tooltip(ui, line.read((ImGui::GetIO().MousePos.x - spark_at.x) / spark));
  }
  ImGui::End();
}

}  // namespace headroom
