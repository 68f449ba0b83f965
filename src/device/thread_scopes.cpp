#include "thread_scopes.h"

namespace headroom {

ThreadScopes& thread_scopes() {
  thread_local ThreadScopes scopes;
  return scopes;
}

}  // namespace headroom
