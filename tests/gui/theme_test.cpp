// The contrast of what is drawn on what, computed from the palette as WCAG 2.1 defines it.
#include "headroom/gui_toolkit/theme.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

double linear(ImU32 color, int shift) {
  const double c = static_cast<double>(color >> shift & 0xFF) / 255;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(ImU32 color) {
  return 0.2126 * linear(color, IM_COL32_R_SHIFT) + 0.7152 * linear(color, IM_COL32_G_SHIFT) +
         0.0722 * linear(color, IM_COL32_B_SHIFT);
}

double contrast(ImU32 a, ImU32 b) {
  const auto [low, high] = std::minmax({luminance(a), luminance(b)});
  return (high + 0.05) / (low + 0.05);
}

struct Pair {
  const char* name;
  ImU32 Palette::*front;
  ImU32 Palette::*back;
};

void expect_contrast(double least, const std::vector<Pair>& pairs) {
  for (const bool dark : {true, false}) {
    const Palette& c = palette(dark);
    for (const Pair& p : pairs)
      EXPECT_GE(contrast(c.*p.front, c.*p.back), least) << (dark ? "dark: " : "light: ") << p.name;
  }
}

using P = Palette;

TEST(Contrast, OfBlackAndWhiteIs21) {
  EXPECT_NEAR(contrast(IM_COL32_BLACK, IM_COL32_WHITE), 21, 1e-9);
  EXPECT_NEAR(contrast(IM_COL32(0x77, 0x77, 0x77, 0xFF), IM_COL32_WHITE), 4.48, 0.005);
}

TEST(Contrast, OfEveryTextIsEnoughToRead) {
  expect_contrast(4.5, {{"text on panel", &P::text, &P::panel},
                        {"dim on panel", &P::text_dim, &P::panel},
                        {"faint on panel", &P::text_faint, &P::panel},
                        {"text on button", &P::text, &P::field},
                        {"dim on button", &P::text_dim, &P::field},
                        {"faint on button", &P::text_faint, &P::field},
                        {"dim on a button under the mouse", &P::text_dim, &P::field_hover},
                        {"text in a field", &P::text, &P::input},
                        {"hint in a field", &P::text_faint, &P::input},
                        {"text on a card", &P::text, &P::card},
                        {"dim on a card", &P::text_dim, &P::card},
                        {"faint on a card", &P::text_faint, &P::card},
                        {"dim on a card under the mouse", &P::text_dim, &P::card_hover},
                        {"faint on popup", &P::text_faint, &P::popup},
                        {"faint on the canvas", &P::text_faint, &P::canvas},
                        {"faint on the empty picture", &P::text_faint, &P::well},
                        {"letters of the main button", &P::on_accent, &P::accent},
                        {"the same under the mouse", &P::on_accent, &P::accent_hover},
                        {"the same when pressed", &P::on_accent, &P::accent_active},
                        {"accent as a letter", &P::ring, &P::panel}});
}

TEST(Contrast, OfTheThreeStatesIsEnoughToReadWhereverTheyStand) {
  for (ImU32 P::*const state : {&P::ok, &P::warn, &P::bad}) {
    expect_contrast(4.5, {{"state on panel", state, &P::panel},
                          {"state in a field", state, &P::input},
                          {"state on a card", state, &P::card},
                          {"state on a card under the mouse", state, &P::card_hover},
                          {"state on popup", state, &P::popup}});
  }
}

TEST(Contrast, OfOutlinesAndMarksIsEnoughToSee) {
  expect_contrast(3, {{"outline on panel", &P::edge, &P::panel},
                      {"outline of a field", &P::edge, &P::input},
                      {"outline of a button", &P::edge, &P::field},
                      {"outline of a card", &P::edge, &P::card},
                      {"outline on popup", &P::edge, &P::popup},
                      {"outline on the canvas", &P::edge, &P::canvas},
                      {"selection on panel", &P::ring, &P::panel},
                      {"selection around a card", &P::ring, &P::card},
                      {"selection on the canvas", &P::ring, &P::canvas},
                      {"focus on panel", &P::text, &P::panel},
                      {"focus around a button", &P::text, &P::field},
                      {"weights in the gauge", &P::weights, &P::well},
                      {"working memory in the gauge", &P::working, &P::well},
                      {"others in the gauge", &P::hatch, &P::well},
                      {"the hatch on others", &P::hatch, &P::others}});
}

TEST(Contrast, OfWhatTheMouseIsOverIsAChangeThatShows) {
  expect_contrast(1.4, {{"button", &P::field_hover, &P::field},
                        {"quiet button", &P::field_hover, &P::panel},
                        {"card", &P::card_hover, &P::card}});
  expect_contrast(1.2, {{"main button", &P::accent_hover, &P::accent}});
}

TEST(Contrast, FocusAndSelectionAreNotTheSameColour) {
  expect_contrast(1.5, {{"focus and selection", &P::text, &P::ring}});
}

}  // namespace
}  // namespace headroom
