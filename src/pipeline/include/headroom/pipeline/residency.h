#pragma once
#include "headroom/memory/networks.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace headroom {

// The functions that load and evict one network of a pipeline.
struct NetworkSlot {
  NetworkId network;
  int layers = 0;  // layers that can be streamed
  std::function<bool()> is_loaded;
  std::function<void(const ExecutionOptions&)> load;
  std::function<void()> drop;  // frees all of its memory
  // For a network with streamed layers, otherwise empty: frees their two buffers; loads a single
  // layer, for measurements.
  std::function<void()> drop_buffers = {};
  std::function<std::shared_ptr<const void>(int index)> load_layer = {};
};

// Loads and evicts the networks of a pipeline as the table in memory/networks.h says. Used on one
// thread.
class Residency {
 public:
  // One slot for each network, in loading order.
  explicit Residency(std::vector<NetworkSlot> slots);

  // Options of the present plan.
  [[nodiscard]] const ExecutionOptions& execution() const { return *execution_; }

  // From stage `now` on, which has not begun or was interrupted, `execution` applies: networks
  // that it does not keep are evicted.
  void adopt(const ExecutionOptions& execution, Stage now);
  // adopt() from kLoad on, then loads what the plan has on the device from the start; if that
  // fails, everything is evicted. Calling it again with the same plan costs nothing.
  void prepare(const ExecutionOptions& execution);
  // Call before `stage`: loads the networks that it uses, if they are not there already.
  void begin(Stage stage);
  // Call after `stage`: evicts them unless the plan keeps them.
  void end(Stage stage);
  // Evicts everything.
  void clear();
  [[nodiscard]] const std::vector<NetworkSlot>& slots() const { return slots_; }
  // For measurements: loads one network as under `execution` and evicts everything else.
  void load_alone(NetworkId network, const ExecutionOptions& execution);

 private:
  void load(const NetworkSlot& slot);

  std::vector<NetworkSlot> slots_;
  std::optional<ExecutionOptions> execution_;
};

}  // namespace headroom
