#pragma once
#include "headroom/gui_actions/settings_actions.h"
#include "headroom/gui_state/pasted_pictures.h"

#include <string>

namespace headroom {

// Handles what was copied in another program and pasted while no field was edited.
class PasteActions {
 public:
  PasteActions(const ActionContext& context, SettingsActions& settings);

  // Asks for the clipboard's picture. `text`: what the clipboard has as text, which is neither a
  // path nor settings.
  void ask(std::string text);
  // Saves it as a file and offers its settings, or says why there is no picture. If there is only
  // text, says where it belongs and offers it as the prompt.
  void take(const PastedPicture& pasted);

 private:
  void offer_as_prompt(const std::string& text);

  ActionContext context_;
  SettingsActions& settings_;
  PastedPictures kept_;
  std::string text_;  // while the picture is asked for
};

}  // namespace headroom
