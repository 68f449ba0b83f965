#pragma once
#include "headroom/gui_actions/picture_actions.h"
#include "headroom/gui_actions/start_actions.h"

namespace headroom {

// More pictures like the selected one, and what becomes of it where it is the result of a repaint.
class ResultActions {
 public:
  struct Others {
    PictureActions& picture;
    StartFinder& finder;
    StartActions& start;
  };
  ResultActions(const ActionContext& context, const Others& others)
      : context_(context), others_(others) {}

  void vary();
  // Of the results of a repaint, the selected one: it becomes the picture that the next one starts
  // from; it leaves the window, with a way back; and more of its kind.
  void keep();
  void discard();
  void more();
  void step(int by);

 private:
  // A request that the selected picture leads to; says why when its start is not there any more.
  void submit(GenerationRequest request);

  ActionContext context_;
  Others others_;
};

}  // namespace headroom
