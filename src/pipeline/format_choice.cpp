#include "format_choice.h"

#include "sampled_picture.h"

#include <utility>

namespace headroom {

namespace {

std::shared_ptr<Forecaster> forecaster_of(PipelineOptions options) {
  const auto make = options.make_forecaster;
  return make(std::move(options));
}

}  // namespace

FormatChoice format_choice(NumberFormat dtype, PipelineOptions options) {
  options.dtype = dtype;
  RunFormats formats = choose_formats(dtype, options.device);
  return {std::move(formats), forecaster_of(std::move(options))};
}

FormatChoice format_choice(const SampledPicture& sampled, PipelineOptions options) {
  return format_choice(read_number_format(sampled.decoder_format), std::move(options));
}

bool decodes_in(const FormatChoice& choice, const GenerationRequest& request) {
  return !request.sampled || request.sampled->decoder_format == decoder_format(choice.formats);
}

Error broken_model(const PipelineOptions& options, const Message& what,
                   const FormatChoice& choice) {
  return {ErrorKind::kModelFile,
          say("{0}: {1} in {2}, and no safer number format is left that fits; the weights are "
              "damaged or of another kind of model",
              options.model.root, what, choice.formats.name)};
}

Message one_colour_notice(const Message& what, const std::string& format, bool is_retry) {
  return say(
      "{0}, in {1}; if that is not what was asked for, the model's files may "
      "be damaged",
      what, is_retry ? say("{0} too", format) : Message(format));
}

}  // namespace headroom
