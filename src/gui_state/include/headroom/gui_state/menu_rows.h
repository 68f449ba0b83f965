#pragma once
#include "headroom/gui_state/model_list.h"

#include <string>
#include <vector>

namespace headroom {

// The models in the open menu. Each keeps its place until the menu is closed, and later findings
// are added below, so that nobody clicks another model than the one they saw.
class MenuRows {
 public:
  // Updates the rows: menu_models() of `found`, and the opened model even if it was not found.
  void follow(const std::vector<ModelOffer>& found, const std::vector<std::string>& recent,
              const ModelOnDevice& opened);
  void close() { *this = {}; }
  [[nodiscard]] const std::vector<ModelOffer>& all() const { return rows_; }

  double height_px = 0;  // of the models' part of the menu

 private:
  std::vector<ModelOffer> rows_;
};

}  // namespace headroom
