#pragma once
#include "headroom/gui_actions/action_context.h"

namespace headroom {

// Enlarges pictures by an upscaler, like `headroom upscale`.
class UpscaleActions {
 public:
  explicit UpscaleActions(const ActionContext& context) : context_(context) {}

  // Adds a job that enlarges the selected picture. A problem with its file becomes a banner.
  void start(const Upscale& upscale);

 private:
  ActionContext context_;
};

}  // namespace headroom
