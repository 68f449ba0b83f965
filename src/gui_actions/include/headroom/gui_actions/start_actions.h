#pragma once
#include "headroom/gui_actions/start_finder.h"

#include <filesystem>

namespace headroom {

// The picture that the next ones start from.
class StartActions {
 public:
  StartActions(const ActionContext& context, const StartFinder& finder)
      : context_(context), finder_(finder) {}

  void use(const std::filesystem::path& file);
  void use_selected();
  void remove();
  void look_again();  // for its file, which was not there

 private:
  // The picture is another one than `before`: its mask stays where it has the same shape. Says what
  // came of it.
  void carry_mask(const StartPicture& before);

  ActionContext context_;
  const StartFinder& finder_;
};

}  // namespace headroom
