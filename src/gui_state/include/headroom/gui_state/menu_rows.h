#pragma once
#include "headroom/gui_state/model_list.h"

#include <string>
#include <vector>

namespace headroom {

// The models that the menu shows while it is open. Each keeps its place until it is closed: what is
// found meanwhile comes below them, so that nobody clicks another than the one that was seen.
class MenuRows {
 public:
  // What is known by now: menu_models() of `found`, and what is opened even where it was not found.
  void follow(const std::vector<ModelOffer>& found, const std::vector<std::string>& recent,
              const ModelOnDevice& opened);
  void close() { *this = {}; }
  [[nodiscard]] const std::vector<ModelOffer>& all() const { return rows_; }

  double height_px = 0;  // of their part of the menu

 private:
  std::vector<ModelOffer> rows_;
};

}  // namespace headroom
