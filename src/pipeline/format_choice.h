#pragma once
#include "headroom/core/error.h"
#include "headroom/core/generation.h"
#include "headroom/core/number_format.h"
#include "headroom/memory/forecaster.h"
#include "headroom/pipeline/make_generator.h"
#include "headroom/pipeline/run_formats.h"

#include <memory>
#include <string>

namespace headroom {

// The networks' number formats, and a forecaster for them.
struct FormatChoice {
  RunFormats formats;
  std::shared_ptr<Forecaster> forecaster;
};

// For another format than that of the options.
[[nodiscard]] FormatChoice format_choice(NumberFormat dtype, PipelineOptions options);
// For the format that the run which sampled the picture would have decoded it in. Throws
// Error{kInvalidRequest} for a format that is not known.
[[nodiscard]] FormatChoice format_choice(const SampledPicture& sampled, PipelineOptions options);

// Whether these formats decode the request's sampled picture as the run that sampled it would
// have.
[[nodiscard]] bool decodes_in(const FormatChoice& choice, const GenerationRequest& request);

[[nodiscard]] Error broken_model(const PipelineOptions& options, const Message& what,
                                 const FormatChoice& choice);
[[nodiscard]] Message one_colour_notice(const Message& what, const std::string& format,
                                        bool is_retry);

}  // namespace headroom
