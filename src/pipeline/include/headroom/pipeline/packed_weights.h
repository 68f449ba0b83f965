#pragma once
#include "headroom/model_files/model_folder.h"
#include "headroom/pipeline/forwarding_weights.h"
#include "headroom/pipeline/number_format.h"
#include "headroom/pipeline/weight_sources.h"
#include "headroom/weights/network_tensors.h"

#include <memory>

#include <c10/core/ScalarType.h>

namespace headroom {

// The weights of another source with those matrices packed that its network's file quantises, as
// far as they are plain there: see ExecutionOptions::packed_weights.
class PackedWeights final : public ForwardingWeights {
 public:
  // `source` and `files`, where the bytes come from, must outlive this object; null = a dry run.
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

// Of a file that has matrices in fewer than 16 bits a value, all that take fewer bytes there than
// in `computed`, but for those that `storage` keeps otherwise; null for other files. Throws
// Error{kModelFile} for weights that a run of `model`, whose text encoder or transformer it is,
// would refuse.
[[nodiscard]] std::shared_ptr<const PackedMatrices> packed_matrices(const NetworkTensors& tensors,
                                                                    const ModelFolder& model,
                                                                    c10::ScalarType computed,
                                                                    const LayerStorage& storage);

// `formats` with what plans may keep packed of this model's text encoder and transformer, on the
// processor. Reads headers. Nothing of weights that are not here or not sound, which is said when
// the model is opened.
[[nodiscard]] NumberFormats with_packed(NumberFormats formats, const ModelFolder& model);

}  // namespace headroom
