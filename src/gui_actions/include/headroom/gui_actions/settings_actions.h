#pragma once
#include "headroom/gui_actions/prompt_actions.h"
#include "headroom/gui_actions/size_actions.h"
#include "headroom/gui_actions/start_actions.h"

#include <filesystem>

namespace headroom {

// Takes over settings from a picture: the selected one, or one that was dropped or pasted.
class SettingsActions {
 public:
  struct Others {
    PromptActions& prompt;
    SizeActions& size;
    StartPictureFinder& finder;
    StartActions& start;
  };
  SettingsActions(const ActionContext& context, const Others& others)
      : context_(context), others_(others) {}

  // From the selected picture.
  void use_all();
  void use_prompt();
  void use_seed();

  // Asks which of a picture's settings to take over, or says what is wrong with its file.
  void offer(const std::filesystem::path& file);
  // Offers the settings that a copied text has; false if it has none. `field`: that it was pasted
  // into, and that gets the keyboard back.
  bool offer_text(const std::string& text, const std::string& field = {});
  enum class Part { kAll, kPrompt, kSeed, kImage };
  void take_offered(Part part);

 private:
  ActionContext context_;
  Others others_;
};

}  // namespace headroom
