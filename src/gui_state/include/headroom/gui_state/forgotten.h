#pragma once
#include "headroom/gui_state/saved_session.h"

#include <cstddef>
#include <string>
#include <vector>

namespace headroom {

// What of a session nobody would have again: typed, painted or asked for, and not kept.
struct Forgotten {
  std::vector<std::string> prompts;  // the one in the field first
  bool negative = false;
  bool mask = false;
  std::size_t jobs = 0;
  [[nodiscard]] bool any() const { return !prompts.empty() || negative || mask || jobs > 0; }
};

// What of `now` is not in `kept`, which is what stands on the disk.
[[nodiscard]] Forgotten forgotten(const SavedSession& now, const SavedSession& kept);

}  // namespace headroom
