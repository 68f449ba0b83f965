#pragma once
#include "headroom/gui_actions/picture_actions.h"
#include "headroom/gui_actions/start_actions.h"

#include <filesystem>

namespace headroom {

// Makes more pictures like the selected one, and handles results of a repaint.
class ResultActions {
 public:
  struct Others {
    PictureActions& picture;
    StartPictureFinder& finder;
    StartActions& start;
  };
  ResultActions(const ActionContext& context, const Others& others)
      : context_(context), others_(others) {}

  void vary();
  // For the selected result of a repaint: keep() makes it the start picture; discard() removes it
  // from the window, which can be undone; more() makes more such results.
  void keep();
  void discard();
  void more();
  void step(int by);

 private:
  // Adds a request made from the picture in the file `made`, which may be empty; if that picture's
  // start is missing, says so.
  void submit(GenerationRequest request, const std::filesystem::path& made);

  ActionContext context_;
  Others others_;
};

}  // namespace headroom
