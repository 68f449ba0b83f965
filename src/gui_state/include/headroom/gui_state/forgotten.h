#pragma once
#include "headroom/gui_state/saved_session.h"

#include <cstddef>
#include <string>
#include <vector>

namespace headroom {

// What would be lost with a session: typed, painted or asked for, but not written to the disk.
struct Forgotten {
  std::vector<std::string> prompts;  // the one in the field first
  bool negative = false;
  bool mask = false;
  std::size_t jobs = 0;
  [[nodiscard]] bool any() const { return !prompts.empty() || negative || mask || jobs > 0; }
};

// What `now` has and `kept`, the session on the disk, does not.
[[nodiscard]] Forgotten forgotten(const SavedSession& now, const SavedSession& kept);

}  // namespace headroom
