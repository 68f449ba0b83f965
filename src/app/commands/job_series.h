#pragma once
#include "cli/command_line.h"
#include "cli/signals.h"
#include "commands/job_follower.h"
#include "composition.h"
#include "picture_files.h"
#include "unfinished.h"

#include <functional>
#include <memory>
#include <string>

namespace headroom {

// Jobs one after the other with one opened model, each with a place of its own for its pictures.
// What is sampled is kept until it is saved.
class JobSeries {
 public:
  // What makes the pictures and keeps those that are sampled with `keep`.
  using MakeSource = std::function<GenerationQueue::Source(KeepSampled keep)>;

  // References must outlive it.
  JobSeries(const CommandLine& line, const Composition& app, const BlockedSignals& signals);
  JobSeries(const CommandLine& line, const Composition& app, const MakeSource& make_source,
            const BlockedSignals& signals);

  // As JobFollower::follow().
  int make(const GenerationRequest& request, const OutputPlace& output);
  // The same in a series of several: a failure that ends only this one is named, and counted as
  // failed. Returns false when the series is to end. Throws Error{kDevice}.
  bool make_one_of_many(const std::string& name, const GenerationRequest& request,
                        const OutputPlace& output);
  // A member of the series that could not even begin.
  void fail(const std::string& name, const Error& error);

  // The first failure's, or of a cancelled job kExitCancelled.
  [[nodiscard]] int code() const { return code_; }
  [[nodiscard]] int made() const { return made_; }
  [[nodiscard]] int failed() const { return failed_; }

 private:
  // Changed between jobs alone, when no thread reads it.
  const std::shared_ptr<OutputPlace> output_ = std::make_shared<OutputPlace>();
  GenerationQueue queue_;
  JobFollower follower_;
  int code_ = 0;
  int made_ = 0;
  int failed_ = 0;
};

// On standard error: what became of a series, of which some were there already.
void print_sum(int made, int left_out, int failed);

}  // namespace headroom
