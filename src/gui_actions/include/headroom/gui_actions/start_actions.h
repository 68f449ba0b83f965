#pragma once
#include "headroom/gui_actions/start_picture_finder.h"

#include <filesystem>

namespace headroom {

// Chooses the start picture.
class StartActions {
 public:
  StartActions(const ActionContext& context, const StartPictureFinder& finder)
      : context_(context), finder_(finder) {}

  void use(const std::filesystem::path& file);
  void use_selected();
  void remove();
  void look_again();  // searches for its missing file again

 private:
  // After the start picture `before` was replaced: keeps its mask if the new one has the same
  // shape. Says what happened to it.
  void carry_mask(const StartPicture& before);

  ActionContext context_;
  const StartPictureFinder& finder_;
};

}  // namespace headroom
