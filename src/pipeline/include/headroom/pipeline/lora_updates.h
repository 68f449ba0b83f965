#pragma once
#include "headroom/pipeline/forwarding_weights.h"
#include "headroom/pipeline/opened_loras.h"

#include <map>
#include <memory>
#include <string>

namespace headroom {

// The changes of LoRAs to a transformer's matrices, on its device: views of one memory block.
struct LinearUpdates {
  at::Tensor memory;  // undefined without LoRAs
  std::map<std::string, std::shared_ptr<const LinearUpdate>, std::less<>> by_matrix;
};

// Allocates the block and reads the files into it; null = no LoRAs. For a dry run, on meta
// tensors, every main layer gets the widest update that any layer has: a dry run covers a few
// layers only, and these must need as much as the layer that needs most. Throws Error{kModelFile}
// for values that no LoRA can have.
[[nodiscard]] LinearUpdates load_updates(const OpenedLoras* opened_loras,
                                         const at::TensorOptions& options);

// The weights of another source, with updates beside their matrices. A matrix that is read into
// the memory of another layer's gets its own layer's update.
class UpdatedWeights final : public ForwardingWeights {
 public:
  // Both must outlive this object.
  UpdatedWeights(WeightSource& source, const LinearUpdates& updates)
      : ForwardingWeights(source), updates_(updates) {}

  LinearWeight matrix(std::string_view name, std::int64_t rows, std::int64_t columns) override {
    LinearWeight weight = ForwardingWeights::matrix(name, rows, columns);
    const auto found = updates_.by_matrix.find(name);
    return found == updates_.by_matrix.end() ? weight : weight.updated(found->second);
  }

 private:
  const LinearUpdates& updates_;
};

}  // namespace headroom
