#pragma once
#include "headroom/gui_actions/settings_actions.h"
#include "headroom/gui_state/pasted_pictures.h"

namespace headroom {

// A picture that was copied in another program and is pasted where no field is edited.
class PasteActions {
 public:
  PasteActions(const ActionContext& context, SettingsActions& settings);

  void ask();
  // Keeps it as a file and offers that, or says why there is none.
  void take(const PastedPicture& pasted);

 private:
  ActionContext context_;
  SettingsActions& settings_;
  PastedPictures kept_;
};

}  // namespace headroom
