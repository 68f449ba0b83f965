#pragma once
#include "headroom/cli/command_line.h"
#include "headroom/cli/signals.h"

#include "commands/job_follower.h"
#include "generation_context.h"
#include "resumable_folder.h"
#include "saved_pictures.h"

#include <functional>
#include <memory>
#include <string>

namespace headroom {

// Runs jobs one after the other with one opened model; each has its own place for pictures.
// Sampled pictures are kept on the disk until they are saved.
class JobSeries {
 public:
  // Makes the source of pictures; that must keep sampled pictures by `keep`.
  using MakeSource = std::function<GenerationQueue::Source(KeepSampled keep)>;

  // References must outlive this object.
  JobSeries(const CommandLine& line, const GenerationContext& app, const BlockedSignals& signals);
  JobSeries(const CommandLine& line, const GenerationContext& app, const MakeSource& make_source,
            const BlockedSignals& signals);

  // Like JobFollower::follow().
  int make(const GenerationRequest& request, const OutputPlace& output);
  // The same for one of several jobs: a failure that affects only this job is reported and
  // counted. Returns false when the series must end. Throws Error{kDevice}.
  bool make_one_of_many(const std::string& name, const GenerationRequest& request,
                        const OutputPlace& output);
  // Counts a job that could not even begin.
  void fail(const std::string& name, const Error& error);

  // The exit code of the first failure; kExitCancelled after a cancel.
  [[nodiscard]] int code() const { return code_; }
  // Jobs of make_one_of_many(): those whose pictures are where they belong, those with a picture
  // that could not be saved there, and those that failed.
  [[nodiscard]] int made() const { return made_; }
  [[nodiscard]] int unsaved() const { return unsaved_; }
  [[nodiscard]] int failed() const { return failed_; }

 private:
  // Changed only between jobs, when no thread reads it.
  const std::shared_ptr<OutputPlace> output_ = std::make_shared<OutputPlace>();
  GenerationQueue queue_;
  JobFollower follower_;
  int code_ = 0;
  int made_ = 0;
  int unsaved_ = 0;
  int failed_ = 0;
};

// How many pictures a series made, left out (they existed already), failed to make, and made but
// could not save where they belong.
struct SeriesSum {
  int made = 0;
  int left_out = 0;
  int failed = 0;
  int unsaved = 0;
};
void print_sum(const SeriesSum& sum);

}  // namespace headroom
