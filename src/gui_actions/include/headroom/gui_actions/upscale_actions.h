#pragma once
#include "headroom/gui_actions/action_context.h"

namespace headroom {

// Makes kept pictures larger by an upscaler: what `headroom upscale` does.
class UpscaleActions {
 public:
  explicit UpscaleActions(const ActionContext& context) : context_(context) {}

  // Sends the selected picture to the queue. What is wrong with its file becomes a banner.
  void start(const Upscale& upscale);

 private:
  ActionContext context_;
};

}  // namespace headroom
