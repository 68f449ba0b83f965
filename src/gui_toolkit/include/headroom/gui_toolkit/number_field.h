#pragma once
#include "headroom/core/typed_settings.h"
#include "headroom/gui_toolkit/ui.h"

#include <optional>
#include <string>

namespace headroom {

struct NumberField {
  std::string id;  // unique in its window, "##..."
  double value = 0;
  double low = 0, high = 1;  // what is allowed
  double step = 1;           // of the arrow keys; ten times that with Shift
  NumberOf of = NumberOf::kAnything;
};

// What was entered, once the field is left by whatever way: it is no way to lose it. A paste that
// is no number leaves the field as it was, and is told of at once.
struct EnteredNumber {
  double value = 0;    // within the limits; the one from before when the text is no number
  std::string note{};  // why it is not what was typed, in the window's language; usually empty
  bool refused = false;
  std::optional<double> other_side{};  // pixels, as it was typed; see TypedSetting
};

// The field as the next item. While it is edited `live` gets each number on the way.
std::optional<EnteredNumber> number_field(const Ui& ui, const NumberField& field, float width,
                                          double* live = nullptr);

}  // namespace headroom
