#pragma once
#include "headroom/config/string_table.h"
#include "headroom/gui_state/ui_state.h"
#include "headroom/gui_state/window_preferences.h"
#include "headroom/gui_state/window_services.h"
#include "headroom/gui_toolkit/graphics.h"

#include <string>

namespace headroom {

// Language, theme and zoom: those of the last time at first, then those chosen in the window, which
// are remembered. Main thread.
class Appearance {
 public:
  // `services` must outlive this object.
  explicit Appearance(const WindowServices& services);

  // In addition to the configured scale.
  [[nodiscard]] double first_zoom() const;
  // Puts the choices of the last time into the state, and applies them.
  void restore(UiState& state, Graphics& graphics);
  // Applies and remembers what has been chosen in `state` since the last call.
  void follow(UiState& state, Graphics& graphics);

  // The window's texts; the same object all the time.
  [[nodiscard]] const StringTable& text() const { return text_; }
  [[nodiscard]] float scale() const { return scale_; }

 private:
  void remember(UiState& state, Graphics& graphics);
  void use_language(UiState& state);
  void use_theme(const UiState& state, const Graphics& graphics);

  const WindowServices& services_;
  WindowPreferences preferences_;
  StringTable text_;
  std::string language_;
  bool dark_ = false;
  float scale_ = 0;
};

}  // namespace headroom
