#pragma once
#include "headroom/gui_actions/action_context.h"

#include <filesystem>

namespace headroom {

// Pictures that could not be saved, and where pictures go.
class SaveActions {
 public:
  explicit SaveActions(const ActionContext& context) : context_(context) {}

  void save_again();  // the selected picture
  // Saves what is not saved yet into the folder; when that went well, all later pictures go there,
  // too, and a note says so.
  void save_unsaved_to(const std::filesystem::path& folder);
  // Closes and starts the program anew; pictures that could not be saved are put where they can.
  void start_again();

 private:
  void use_output_folder(const std::filesystem::path& folder);

  ActionContext context_;
};

}  // namespace headroom
