#include "headroom/engine/in_parallel.h"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace headroom {

void in_parallel(int shares, const std::function<void(int)>& work) {
  std::mutex guard;
  std::exception_ptr failure;
  {
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(std::max(0, shares)));
    for (int i = 0; i < shares; ++i) {
      threads.emplace_back([&, i] {
        try {
          work(i);
        } catch (...) {
          const std::lock_guard lock(guard);
          if (!failure) failure = std::current_exception();
        }
      });
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace headroom
