#pragma once
#include "headroom/model_files/model_folder.h"
#include "headroom/pipeline/file_weights.h"
#include "headroom/pipeline/forwarding_weights.h"
#include "headroom/pipeline/run_formats.h"
#include "headroom/weights/network_tensors.h"

#include <memory>

#include <c10/core/ScalarType.h>

namespace headroom {

// The weights of another source, but matrices that are plain there and quantised in the network's
// file are packed: see ExecutionOptions::packed_weights.
class PackedWeights final : public ForwardingWeights {
 public:
  // `source` and `files`, the origin of the bytes, must outlive this object; null = a dry run.
  PackedWeights(WeightSource& source, std::shared_ptr<const PackedMatrices> packed,
                FileWeights* files)
      : ForwardingWeights(source), packed_(std::move(packed)), files_(files) {}

  [[nodiscard]] MatrixStorage stored(std::string_view name, std::int64_t rows,
                                     std::int64_t columns) const override;
  LinearWeight matrix(std::string_view name, std::int64_t rows, std::int64_t columns) override;
  void read_matrix(std::string_view name, const LinearWeight& target) override;

 private:
  const std::shared_ptr<const PackedMatrices> packed_;  // null = none
  FileWeights* const files_;
};

// For a file that has matrices with fewer than 16 bits per value: all matrices that take fewer
// bytes there than in `computed`, except those that `storage` keeps in another form; null for
// other files. Throws Error{kModelFile} for weights that a run of `model`, whose text encoder or
// transformer this is, would refuse.
[[nodiscard]] std::shared_ptr<const PackedMatrices> packed_matrices(const NetworkTensors& tensors,
                                                                    const ModelFolder& model,
                                                                    c10::ScalarType computed,
                                                                    const LayerStorage& storage);

// `formats` with the matrices of this model's text encoder and transformer that plans may keep
// packed; only on the CPU. Reads headers. Weights that do not exist or are damaged are left out,
// since opening the model reports that.
[[nodiscard]] RunFormats with_packed(RunFormats formats, const ModelFolder& model);

}  // namespace headroom
