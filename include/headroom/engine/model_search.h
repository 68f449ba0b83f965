#pragma once
#include "headroom/core/error.h"
#include "headroom/core/size.h"
#include "headroom/engine/model_on_device.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace headroom {

// A model that was found on this machine.
struct ModelOffer {
  std::string model;            // as SessionChoice takes it
  std::string name;             // for people
  std::string place;            // its folder or file, for people
  std::string formats;          // its matrices are stored in, "bf16", "q4_k + q6_k"
  std::int64_t file_bytes = 0;  // of all its parts
  bool is_starter = false;
  Message problem;  // why it cannot be opened, with the way out; empty: it can
  // What fits on the device now: the largest of the square presets; nothing: not the smallest.
  std::optional<Size> largest;
  std::int64_t shortfall_bytes = 0;  // of the smallest, where it does not fit
};

// Looks for models on a thread of its own, since files are opened for it. The public functions
// belong to one thread.
class ModelSearch {
 public:
  // Tells of each model that it finds, in the order in which they are shown. `found` throws when
  // nobody waits for them any more, which must be let through. What fails finds nothing.
  using Find = std::function<void(const SessionChoice& present,
                                  const std::function<void(ModelOffer)>& found)>;

  // `wake` runs on the search's thread when there is something new. An empty `find` finds nothing.
  ModelSearch(Find find, std::function<void()> wake);
  ~ModelSearch();
  ModelSearch(const ModelSearch&) = delete;
  ModelSearch& operator=(const ModelSearch&) = delete;

  // Looks again, for the device and number format of `present`; a search under way ends.
  void look(const SessionChoice& present);
  struct Found {
    std::vector<ModelOffer> models;  // while it is looked again: those of before, until they are
                                     // replaced as a whole
    bool is_looking = false;
  };
  [[nodiscard]] Found found() const;  // a copy

 private:
  void run(const std::stop_token& stop);
  void search(const SessionChoice& present, std::uint64_t asked, const std::stop_token& stop);

  Find find_;
  std::function<void()> wake_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable_any changed_;
  std::optional<SessionChoice> wanted_;
  std::uint64_t asked_ = 0;
  Found found_;
  std::jthread thread_;  // last member
};

}  // namespace headroom
