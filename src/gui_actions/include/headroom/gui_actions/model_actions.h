#pragma once
#include "headroom/gui_actions/action_context.h"

#include <filesystem>
#include <string>

namespace headroom {

// Changes model, device and number format, and the folders that are searched for models.
class ModelActions {
 public:
  explicit ModelActions(const ActionContext& context) : context_(context) {}

  // Changes to the model in a folder or file, given as typed or pasted text, if it can be opened.
  void choose(const std::string& typed);
  void choose(const ModelOffer& offer);  // from the list
  // Changes model, device or number format, see Session.
  void change(const SessionChoice& to);
  void keep();       // cancels a change that has not taken effect
  void open_list();  // the list of all models
  // Adds a folder, as typed or dropped, to those that are searched for models, or removes it. A
  // problem with it becomes UiState::folder_trouble.
  void add_folder(const std::string& typed);
  void remove_folder(const std::filesystem::path& folder);

 private:
  void look_at_folders();

  ActionContext context_;
};

}  // namespace headroom
