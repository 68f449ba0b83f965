// Drawing of text lines and paragraphs; see widgets.h.
#include "headroom/core/languages.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <imgui.h>

namespace headroom {
namespace {

ImFont* face(const Ui& ui, bool bold) { return bold ? ui.fonts.bold : ui.fonts.regular; }

// Dear ImGui renders letters only in whole sizes; others would be scaled, which blurs.
float line_height(const Ui& ui, const TextStyle& style) {
  return std::round(style.size * kLineOfEm * ui.scale);
}

struct Wrapped {
  std::vector<std::string> lines;
  float widest = 0, above = 0, step = 0;  // screen pixels; `above` precedes the first line
  [[nodiscard]] float height() const { return step * static_cast<float>(lines.size()); }
};

Wrapped wrap(const Ui& ui, const std::string& words, const TextStyle& style, float width) {
  const std::string text = bind_units(words);
  ImFont* const font = face(ui, style.bold);
  const float height = line_height(ui, style);
  Wrapped out;
  const auto em = static_cast<float>(language_of(ui.state.language).line_of_em);
  out.step = std::round(style.size * em * ui.scale);
  out.above = std::floor((out.step - height) / 2);
  const char* from = text.data();
  const char* const end = from + text.size();
  do {
    const char* const line_end = std::find(from, end, '\n');
    const char* to = font->CalcWordWrapPosition(height, from, line_end, width);
    if (to == from && from != line_end) ++to;
    out.lines.emplace_back(from, to);
    out.widest = std::max(out.widest, text_width(ui, out.lines.back(), style));
    while (to < line_end && *to == ' ') ++to;
    from = to < line_end || to == end ? to : to + 1;
  } while (from < end);
  return out;
}

}  // namespace

float text_width(const Ui& ui, const std::string& text, const TextStyle& style) {
  return face(ui, style.bold)
      ->CalcTextSizeA(line_height(ui, style), FLT_MAX, 0, text.data(), text.data() + text.size())
      .x;
}

int text_lines(const Ui& ui, const std::string& words, const TextStyle& style, float width) {
  const std::string text = bind_units(words);
  const float line = line_height(ui, style);
  const float height =
      face(ui, style.bold)
          ->CalcTextSizeA(line, FLT_MAX, width, text.data(), text.data() + text.size())
          .y;
  return static_cast<int>(std::lround(height / line));
}

void draw_text(const Ui& ui, ImVec2 at, const std::string& text, const TextStyle& style) {
  ui.dump.show(text);
  ImGui::GetWindowDrawList()->AddText(face(ui, style.bold), line_height(ui, style),
                                      {std::floor(at.x), std::floor(at.y)}, style.color,
                                      text.data(), text.data() + text.size());
}

void text_line(const Ui& ui, const std::string& text) {
  ui.dump.show(text);
  const std::string bound = bind_units(text);
  ImGui::TextUnformatted(bound.data(), bound.data() + bound.size());
}

float draw_text_right(const Ui& ui, float right, float y, const std::string& text,
                      const TextStyle& style) {
  const float left = right - text_width(ui, text, style);
  draw_text(ui, {left, y}, text, style);
  return left;
}

std::string fit_text(const Ui& ui, const std::string& text, const TextStyle& style, float width) {
  if (text_width(ui, text, style) <= width) return text;
  std::string cut = shorten(text, 200);  // measuring takes linear time, and prompts may be long
  while (!cut.empty()) {
    std::size_t end = cut.size() - 1;
    while (end > 0 && (static_cast<unsigned char>(cut[end]) & 0xC0) == 0x80) --end;
    cut.resize(end);
    if (text_width(ui, cut + "…", style) <= width) return cut + "…";
  }
  return "…";
}

void paragraph(const Ui& ui, const std::string& text, const TextStyle& style, float width) {
  const bool own_width = width > 0;
  if (!own_width) width = ImGui::GetContentRegionAvail().x;
  const Wrapped wrapped = wrap(ui, text, style, width);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  float y = at.y + wrapped.above;
  for (const std::string& line : wrapped.lines) {
    draw_text(ui, {at.x, y}, line, style);
    y += wrapped.step;
  }
  ImGui::Dummy({own_width ? wrapped.widest : width, wrapped.height()});
}

bool paragraph_within(const Ui& ui, const std::string& text, const TextStyle& style, float width,
                      float height) {
  const Wrapped wrapped = wrap(ui, text, style, width);
  const auto room = static_cast<std::size_t>(std::max(1.0F, height / wrapped.step + 0.01F));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  float y = at.y + wrapped.above;
  for (std::size_t i = 0; i < std::min(room, wrapped.lines.size()); ++i) {
    std::string line = wrapped.lines[i];
    if (i + 1 == room && room < wrapped.lines.size()) {
      // Joined with the next line it is too long, so that fit_text() ends it with an ellipsis.
      const char* const between = ends_in_chinese(line) ? "" : " ";
      line = fit_text(ui, line + between + wrapped.lines[i + 1], style, width);
    }
    draw_text(ui, {at.x, y}, line, style);
    y += wrapped.step;
  }
  return wrapped.lines.size() <= room;
}

ImVec2 paragraph_size(const Ui& ui, const std::string& text, const TextStyle& style, float width) {
  const Wrapped wrapped = wrap(ui, text, style, width);
  return {wrapped.widest, wrapped.height()};
}

void section(const Ui& ui, const std::string& label, const std::string& right, ImU32 right_color) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.px(16);
  // Small capitals are letter-spaced; Chinese characters are not.
  const TextStyle style{ui.colors.text_faint, kSmallSize, true};
  float x = at.x;
  for (std::size_t i = 0; i < label.size();) {
    std::size_t length = 1;
    while (i + length < label.size() &&
           (static_cast<unsigned char>(label[i + length]) & 0xC0) == 0x80)
      ++length;
    const std::string letter = label.substr(i, length);
    draw_text(ui, {x, at.y + ui.px(1)}, letter, style);
    x += text_width(ui, letter, style) + (length == 1 ? ui.px(0.9F) : 0);
    i += length;
  }
  if (!right.empty()) {
    const TextStyle quiet{right_color != 0 ? right_color : ui.colors.text_faint, kSmallSize};
    const float room = at.x + width - x - ui.px(12);
    draw_text_right(ui, at.x + width, at.y, fit_text(ui, right, quiet, room), quiet);
  }
  ImGui::Dummy({width, height});
}

}  // namespace headroom
