#pragma once
#include "headroom/pipeline/adapters.h"
#include "headroom/pipeline/forwarding_weights.h"

#include <map>
#include <memory>
#include <string>

namespace headroom {

// What LoRAs add to the matrices of a transformer, on its device: views of one block.
struct LinearUpdates {
  at::Tensor memory;  // undefined where there are none
  std::map<std::string, std::shared_ptr<const LinearUpdate>, std::less<>> by_matrix;
};

// Takes the block and reads the files into it; null = none. For a dry run, on meta tensors, every
// main layer has the widest update that any of them has: what a layer takes beside its weights is
// then what the one that takes most does, whichever few layers stand for all. Throws
// Error{kModelFile} for values that no LoRA can have.
[[nodiscard]] LinearUpdates load_updates(const Adapters* adapters,
                                         const at::TensorOptions& options);

// The weights of another source with updates beside their matrices. Those are not the source's: a
// matrix that is read into the memory of another layer's gets its own.
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
