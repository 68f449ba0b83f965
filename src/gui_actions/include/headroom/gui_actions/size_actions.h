#pragma once
#include "headroom/core/size.h"
#include "headroom/gui_actions/action_context.h"

namespace headroom {

// The size of the next picture.
class SizeActions {
 public:
  explicit SizeActions(const ActionContext& context) : context_(context) {}

  void choose(Size size);
  // A preset that does not fit: takes the size that does and says so.
  void choose_instead(Size wanted, Size fitting);
  // The model may be another one than when the size was chosen: snaps it to what this one can make.
  void fit_to_model();

 private:
  [[nodiscard]] int unit() const;  // px, of the model

  ActionContext context_;
};

}  // namespace headroom
