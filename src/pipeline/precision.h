#pragma once
#include "headroom/core/error.h"
#include "headroom/core/generation.h"
#include "headroom/memory/forecast.h"
#include "headroom/pipeline/make_generator.h"
#include "headroom/pipeline/number_format.h"

#include <memory>
#include <string>

namespace headroom {

// How the networks compute, and predictions for that.
struct Precision {
  NumberFormats formats;
  std::shared_ptr<Forecaster> forecaster;
};

// Another than that of the options. `dtype` as in PipelineOptions.
[[nodiscard]] Precision precision_in(const std::string& dtype, PipelineOptions options);

// What was sampled is decoded as the run that sampled it would have: whether that is so here.
[[nodiscard]] bool decodes_in(const Precision& precision, const GenerationRequest& request);

[[nodiscard]] Error broken_model(const PipelineOptions& options, const Message& what,
                                 const Precision& precision);
[[nodiscard]] Message one_colour_notice(const Message& what, const std::string& format,
                                        bool is_retry);

}  // namespace headroom
