#pragma once
#include "headroom/gui_toolkit/ui.h"

#include <string>
#include <vector>

#include <imgui.h>

namespace headroom {

// All memory in use during the last minute, on a scale that begins at what others hold at least.
// The limit of a run is a hairline if it is near. Lives for one frame.
class Sparkline {
 public:
  explicit Sparkline(const Ui& ui);
  void draw(ImVec2 at, ImVec2 size) const;  // screen pixels
  // "12 s ago: 3.4 GB", for the position `part` (0..1) of the width.
  [[nodiscard]] std::string read(float part) const;

 private:
  [[nodiscard]] double age(const MemorySampler::Sample& sample) const;  // seconds
  [[nodiscard]] float height_of(double bytes) const;                    // 0 = top

  const Ui& ui_;
  const std::vector<MemorySampler::Sample>& history_;
  double low_ = 0, high_ = 0, limit_ = 0, top_ = 1;
  bool shows_limit_ = false;
};

}  // namespace headroom
