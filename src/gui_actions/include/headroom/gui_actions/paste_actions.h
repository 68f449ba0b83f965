#pragma once
#include "headroom/gui_actions/settings_actions.h"
#include "headroom/gui_state/pasted_pictures.h"

namespace headroom {

// Handles a picture that was copied in another program and pasted while no field was edited.
class PasteActions {
 public:
  PasteActions(const ActionContext& context, SettingsActions& settings);

  void ask();
  // Saves it as a file and offers its settings, or says why there is no picture.
  void take(const PastedPicture& pasted);

 private:
  ActionContext context_;
  SettingsActions& settings_;
  PastedPictures kept_;
};

}  // namespace headroom
