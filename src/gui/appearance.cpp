#include "appearance.h"

#include "headroom/core/error.h"
#include "headroom/gui_toolkit/theme.h"
#include "headroom/gui_toolkit/ui_zoom.h"

#include "language.h"

#include <filesystem>
#include <system_error>

namespace headroom {

Appearance::Appearance(const WindowServices& services)
    : services_(services), preferences_(read_preferences(services.state_file)) {}

double Appearance::first_zoom() const {
  const auto& zoom = preferences_.zoom;
  return zoom && zoom->configured == zoom_text(services_.config.window.ui_scale)
             ? read_zoom(zoom->chosen)
             : 1;
}

void Appearance::restore(UiState& state, Graphics& graphics) {
  const WindowOptions& configured = services_.config.window;
  state.language = choose_language(choose(preferences_.language, configured.language));
  state.zoom = graphics.zoom();
  state.dark = choose(preferences_.theme, configured.theme) != "light";
  use_language(state);
  use_theme(state, graphics);
}

void Appearance::follow(UiState& state, Graphics& graphics) {
  const bool speaks_another = state.language != language_;
  if (speaks_another || state.dark != dark_ || state.zoom != graphics.zoom())
    remember(state, graphics);
  if (speaks_another) use_language(state);
  if (state.dark != dark_ || graphics.scale() != scale_) use_theme(state, graphics);
}

void Appearance::remember(UiState& state, Graphics& graphics) {
  const WindowOptions& configured = services_.config.window;
  if (state.language != language_) preferences_.language = {state.language, configured.language};
  if (state.dark != dark_) preferences_.theme = {state.dark ? "dark" : "light", configured.theme};
  if (state.zoom != graphics.zoom()) {
    preferences_.zoom = {zoom_text(state.zoom), zoom_text(configured.ui_scale)};
    graphics.set_zoom(state.zoom);
  }
  if (services_.state_file.empty()) return;
  try {
    write_preferences(services_.state_file, preferences_);
  } catch (const Error& e) {
    state.add_banner({.kind = Banner::Kind::kWarning, .text = e.message()});
  }
}

void Appearance::use_language(UiState& state) {
  const std::filesystem::path folder = services_.assets_folder / "lang";
  text_ = StringTable(folder / (state.language + ".yaml"));
  // Without a catalogue, messages of other rooms are in English.
  const std::filesystem::path messages = folder / ("messages." + state.language + ".yaml");
  std::error_code error;
  if (std::filesystem::exists(messages, error)) text_.add(messages);
  state.forget_size_note();
  state.number_note = {};
  language_ = state.language;
}

void Appearance::use_theme(const UiState& state, const Graphics& graphics) {
  scale_ = graphics.scale();
  dark_ = state.dark;
  apply_theme(palette(dark_), dark_, scale_);
}

}  // namespace headroom
