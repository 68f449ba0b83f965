#include "commands/job_follower.h"

#include "headroom/cli/exit_code.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/config/paths.h"
#include "headroom/core/error.h"
#include "headroom/records/request_json.h"
#include "headroom/records/run_record_json.h"

#include "resumable_folder.h"
#include "saved_pictures.h"

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace headroom {
namespace {

// A line that is rewritten in place; nothing if stderr is not a terminal.
class ProgressBar {
 public:
  void show(const JobStatus& job) {
    if (!is_terminal_) return;
    std::string text(stage_name(job.stage));
    double done = 0;
    if (job.stage == Stage::kDenoise && job.total_steps > 0) {
      text += " " + std::to_string(job.step) + "/" + std::to_string(job.total_steps);
      done = static_cast<double>(job.step) / job.total_steps;
    } else if (job.stage > Stage::kDenoise) {
      done = 1;
    }
    if (job.request.count > 1) {
      text += ", picture " + std::to_string(job.image_index + 1) + "/" +
              std::to_string(job.request.count);
    }
    constexpr int kWidth = 30;
    const auto filled = static_cast<std::size_t>(done * kWidth);
    const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
    std::fprintf(stderr, "\r[%s] %-40s", bar.c_str(), text.c_str());
    shown_ = true;
  }
  void clear() {
    if (shown_) std::fputs("\r\033[K", stderr);
    shown_ = false;
  }

 private:
  bool is_terminal_ = isatty(STDERR_FILENO) == 1;
  bool shown_ = false;
};

// Flushed at once, since a program at the other end of a pipe may wait for this line.
void print_line(const std::string& text) {
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);  // failures are reported at the end, when all pictures are made
}

void print_picture(const FinishedPicture& picture, bool json) {
  if (!json) {
    print_line(picture.file.string());
    return;
  }
  const RunRecord& run_record = picture.picture.run_record;
  const GenerationRequest& request = picture.request;
  nlohmann::ordered_json seconds;
  for (std::size_t i = 0; i < kStageCount; ++i) {
    if (!has_stage(run_record.shape, static_cast<Stage>(i))) continue;
    seconds[std::string(kStages[i].name)] = run_record.stage_seconds[i];
  }
  nlohmann::ordered_json out{{"file", picture.file.string()},
                             {"seed", picture.picture.seed},
                             {"width", request.width},
                             {"height", request.height},
                             {"steps", request.steps},
                             {"guidance", request.guidance_scale},
                             {"plan", to_json(run_record.plan)},
                             {"predicted_peak_bytes", run_record.plan.peak_bytes},
                             {"actual_peak_bytes", run_record.actual_peak_bytes},
                             {"predicted_in_use_bytes", run_record.plan.in_use_peak_bytes},
                             {"actual_in_use_bytes", run_record.actual_in_use_bytes},
                             {"seconds", std::move(seconds)}};
  if (request.origin) out["origin"] = to_json(request)["origin"];
  if (!picture.picture.loras.empty()) out["loras"] = to_json(picture.picture.loras);
  print_line(json_line(out));
}

std::string lost_or_waiting(const GeneratedImage& picture) {
  return picture.kept ? "and no other folder takes the picture; \"headroom resume\" makes it again"
                      : "and no other folder takes the picture, so it is lost";
}

// Saves a picture wherever possible if its place fails. Returns the exit code.
int rescue(FinishedPicture& picture) {
  picture.file = rescue_picture(picture.request, picture.picture);
  const std::string kept = picture.file.empty() ? lost_or_waiting(picture.picture)
                                                : "the picture is kept in " + picture.file.string();
  if (!picture.file.empty() && picture.picture.kept) picture.picture.kept->drop();
  std::fprintf(stderr, "headroom: %s; %s\n", picture.save_error.english().c_str(), kept.c_str());
  return kExitFile;
}

}  // namespace

namespace {

void print_what_waits() {
  if (!ResumableFolder(resumable_folder()).has_own()) return;
  std::fputs(
      "headroom: note: what was sampled and not decoded is kept; finish it with \"headroom "
      "resume\"\n",
      stderr);
}

}  // namespace

int JobFollower::follow(JobId job) {
  ProgressBar bar;
  std::size_t told = 0;
  const auto tell = [&](const std::vector<Notice>& notices) {
    for (; told < notices.size(); ++told) {
      // The job's error says the same.
      if (notices[told].kind == Notice::Kind::kDeviceFailed) continue;
      bar.clear();
      spdlog::warn("{}", notices[told].text.english());
    }
  };
  int code = kExitOk;
  while (true) {
    if (signals_.wait_for(std::chrono::milliseconds(20))) {
      asked_to_stop_ = true;
      queue_.cancel(job);
    }
    // Before the pictures, since no picture follows its job's outcome.
    const auto finished = watcher_.take_finished();
    for (const JobStatus& status : queue_.status()) {
      tell(status.notices);
      bar.show(status);
    }
    for (FinishedPicture& picture : watcher_.take_pictures()) {
      bar.clear();
      if (!picture.save_error.empty()) {
        code = rescue(picture);
        queue_.let_go(picture);
      }
      if (!picture.file.empty()) print_picture(picture, json_);
    }
    if (finished.empty()) continue;
    bar.clear();
    tell(finished.front().notices);
    if (finished.front().value.index() != 0) print_what_waits();
    if (const auto* failure = std::get_if<Failure>(&finished.front().value)) {
      throw Error(failure->kind, failure->message);
    }
    if (std::holds_alternative<Cancelled>(finished.front().value)) {
      std::fprintf(stderr, "headroom: cancelled after %s\n",
                   pictures(finished.front().pictures).c_str());
      return kExitCancelled;
    }
    return code;
  }
}

}  // namespace headroom
