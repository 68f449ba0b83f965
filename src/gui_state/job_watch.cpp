#include "headroom/gui_state/job_watch.h"

#include <algorithm>

namespace headroom {
namespace {

double seconds_between(JobWatch::Time from, JobWatch::Time to) {
  return std::max(0.0, std::chrono::duration<double>(to - from).count());
}

}  // namespace

ProgressInput JobWatch::look(const JobStatus& job, Time now) {
  if (job_ != job.id) step_seconds_ = 0;
  if (job_ != job.id || image_ != job.image_index || step_ != job.step) {
    job_ = job.id;
    image_ = job.image_index;
    step_ = job.step;
    step_at_ = now;
  }
  const bool steps = job.stage == Stage::kDenoise || job.stage == Stage::kUpscale;
  const Time step_began = std::max(step_at_, job.stage_started);
  if (steps && job.step > 0)
    step_seconds_ = std::max(1e-6, seconds_between(job.stage_started, step_began)) / job.step;
  return {.steps = job.total_steps > 0 ? job.total_steps : job.request.steps,
          .count = job.request.count,
          .plan = job.plan,
          .stage = job.stage,
          .image_index = job.image_index,
          .step = steps ? job.step : 0,
          .stage_elapsed = seconds_between(job.stage_started, now),
          .step_elapsed = seconds_between(step_began, now),
          .step_seconds = step_seconds_};
}

}  // namespace headroom
