#pragma once
#include "headroom/core/typed_settings.h"
#include "headroom/gui_toolkit/ui.h"

#include <optional>
#include <string>

namespace headroom {

struct NumberField {
  std::string id;  // unique in its window, "##..."
  double value = 0;
  double low = 0, high = 1;  // allowed values
  double step = 1;           // of the arrow keys; ten times as much with Shift
  NumberOf of = NumberOf::kAnything;
};

// The result of an edit, whichever way the field is left, so that no input is lost. A paste that
// is not a number leaves the field unchanged and is reported at once.
struct EnteredNumber {
  double value = 0;    // within the limits; the old value if the text is no number
  std::string note{};  // why it differs from the text, in the window's language; usually empty
  bool refused = false;
  std::optional<double> other_side{};  // in pixels, as typed; see TypedSetting
};

// Draws the field as the next item. While it is edited, `live` receives each intermediate number.
std::optional<EnteredNumber> number_field(const Ui& ui, const NumberField& field, float width,
                                          double* live = nullptr);

}  // namespace headroom
