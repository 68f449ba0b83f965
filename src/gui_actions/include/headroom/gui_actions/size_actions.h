#pragma once
#include "headroom/core/size.h"
#include "headroom/gui_actions/action_context.h"

namespace headroom {

// The size of the next picture.
class SizeActions {
 public:
  explicit SizeActions(const ActionContext& context) : context_(context) {}

  void choose(Size size);
  // For a preset that does not fit: chooses a size that does, and says so.
  void choose_instead(Size wanted, Size fitting);
  // Snaps the size to the present model's unit, after a change of model.
  void fit_to_model();

 private:
  [[nodiscard]] int unit() const;  // px, of the model's sizes

  ActionContext context_;
};

}  // namespace headroom
