#include "commands/job_series.h"

#include "headroom/cli/exit_code.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/core/quote.h"

#include <cstdio>
#include <filesystem>
#include <utility>

#include <spdlog/spdlog.h>

namespace headroom {

JobSeries::JobSeries(const CommandLine& line, const GenerationContext& app,
                     const BlockedSignals& signals)
    : JobSeries(
          line, app,
          [&app](KeepSampled keep) -> GenerationQueue::Source {
            return {app.generator_maker(std::move(keep)), app.run_record_keeper()};
          },
          signals) {}

JobSeries::JobSeries(const CommandLine& line, const GenerationContext& app,
                     const MakeSource& make_source, const BlockedSignals& signals)
    : queue_(make_source(sample_keeper(line.config.model, app.pipeline.model.info.name, output_)),
             [output = output_](const GenerationRequest& request, const GeneratedImage& picture) {
               const std::filesystem::path file = save_picture(*output, request, picture);
               spdlog::info("saved {}", file.string());
               return file;
             }),
      follower_(queue_, signals, line.json) {}

int JobSeries::make(const GenerationRequest& request, const OutputPlace& output) {
  *output_ = output;
  return follower_.follow(queue_.submit(request));
}

bool JobSeries::make_one_of_many(const std::string& name, const GenerationRequest& request,
                                 const OutputPlace& output) {
  try {
    const int code = make(request, output);
    if (code == kExitCancelled) {
      code_ = code;
      return false;
    }
    if (code != kExitOk && code_ == kExitOk) code_ = code;
    ++(code == kExitOk ? made_ : unsaved_);
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::kDevice) throw;
    fail(name, e);
  }
  if (!follower_.is_asked_to_stop()) return true;
  // The signal arrived when the job was almost done: the series ends all the same.
  std::fprintf(stderr, "headroom: cancelled after %s\n", pictures(made_ + unsaved_).c_str());
  code_ = kExitCancelled;
  return false;
}

void JobSeries::fail(const std::string& name, const Error& error) {
  std::fprintf(stderr, "headroom: %s\n", printable(told_of(name, error.what())).c_str());
  ++failed_;
  if (code_ == kExitOk) code_ = exit_code(error.kind());
}

void print_sum(const SeriesSum& sum) {
  const std::string unsaved =
      sum.unsaved == 0 ? ""
                       : "; " + pictures(sum.unsaved) +
                             " could not be saved there, and the lines above say where to find " +
                             (sum.unsaved == 1 ? "it" : "them");
  std::fprintf(stderr, "headroom: %s made, %d were there already, %d failed%s\n",
               pictures(sum.made).c_str(), sum.left_out, sum.failed, unsaved.c_str());
}

}  // namespace headroom
