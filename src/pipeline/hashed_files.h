#pragma once
#include "headroom/core/run_record.h"
#include "headroom/pipeline/make_generator.h"
#include "headroom/pipeline/opened_model.h"

#include <vector>

namespace headroom {

// The weight files of `model` as they were when it was opened, with the hashes that `hash_of`,
// which may be empty, knows: see RunRecord::model_files.
[[nodiscard]] std::vector<HashedFile> hashed_files(const OpenedModel& model, const HashOf& hash_of);

}  // namespace headroom
