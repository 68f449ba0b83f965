#include "start_warnings.h"

namespace headroom {

std::vector<Message>& start_warnings() {
  static std::vector<Message> all;
  return all;
}

}  // namespace headroom
