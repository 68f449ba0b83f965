#pragma once
#include "headroom/gui_actions/action_context.h"

#include <filesystem>
#include <string>

namespace headroom {

// The model, device and number format that pictures are made with, and where models are looked for.
class ModelActions {
 public:
  explicit ModelActions(const ActionContext& context) : context_(context) {}

  // Changes to the model in a folder or file, as a person typed or pasted it, if it can be opened.
  void choose(const std::string& typed);
  void choose(const ModelOffer& offer);  // of the list
  // To another model, device or number format, see Session.
  void change(const SessionChoice& to);
  void keep();       // ends a change that has not happened
  void open_list();  // of all models
  // Models are looked for in this folder, too, as it was typed or dropped; or no more. What is
  // wrong with it becomes UiState::folder_trouble.
  void add_folder(const std::string& typed);
  void remove_folder(const std::filesystem::path& folder);

 private:
  void look_at_folders();

  ActionContext context_;
};

}  // namespace headroom
