#pragma once
#include "headroom/memory/networks.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace headroom {

// How one network comes and goes: its line among those of a pipeline.
struct NetworkSlot {
  NetworkId network;
  int layers = 0;  // of which some may be copied in at their turn
  std::function<bool()> is_loaded;
  std::function<void(const ExecutionOptions&)> load;
  std::function<void()> drop;  // gives all of its memory back
  // Of its layers, empty where it has none that are copied in: gives back their two buffers, and
  // loads one by itself, to measure by.
  std::function<void()> drop_buffers = {};
  std::function<std::shared_ptr<const void>(int index)> load_layer = {};
};

// Which networks of a pipeline are on the device: loads them and lets them go as the table in
// memory/networks.h says. Used on one thread.
class Residency {
 public:
  // One slot for each network, in the order in which they are loaded.
  explicit Residency(std::vector<NetworkSlot> slots);

  // Of the plan in force.
  [[nodiscard]] const ExecutionOptions& execution() const { return *execution_; }

  // From `now` on, a stage that has not begun or was broken off, `execution` is in force: what
  // it does not keep leaves.
  void adopt(const ExecutionOptions& execution, Stage now);
  // adopt() from kLoad on, then what the plan holds from the start arrives; all leaves when that
  // fails. Again with the same plan: costs nothing.
  void prepare(const ExecutionOptions& execution);
  // Before `stage`: the networks that it uses arrive, where they are not there already.
  void begin(Stage stage);
  // After it: they leave unless the plan keeps them.
  void end(Stage stage);
  // Everything leaves.
  void clear();
  [[nodiscard]] const std::vector<NetworkSlot>& slots() const { return slots_; }
  // To measure by: one network as it is loaded under `execution`; everything else leaves.
  void load_alone(NetworkId network, const ExecutionOptions& execution);

 private:
  void load(const NetworkSlot& slot);

  std::vector<NetworkSlot> slots_;
  std::optional<ExecutionOptions> execution_;
};

}  // namespace headroom
