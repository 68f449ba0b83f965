#pragma once
#include "headroom/gui_actions/action_context.h"

#include <filesystem>

namespace headroom {

// Saves pictures that could not be saved, and changes the folder.
class SaveActions {
 public:
  explicit SaveActions(const ActionContext& context) : context_(context) {}

  void save_again();  // the selected picture
  // Saves all unsaved pictures to the folder. If that works, later pictures are saved there too,
  // and a note says so.
  void save_unsaved_to(const std::filesystem::path& folder);
  // Closes and restarts the program; pictures that could not be saved are then offered, or saved
  // wherever possible.
  void start_again();

 private:
  void use_output_folder(const std::filesystem::path& folder);

  ActionContext context_;
};

}  // namespace headroom
