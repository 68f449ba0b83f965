#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/image/settings.h"
#include "commands.h"
#include "composition.h"
#include "exit_code.h"
#include "paths.h"
#include "signals.h"

#include <chrono>
#include <cstdio>
#include <mutex>
#include <system_error>

#include <unistd.h>

#include <nlohmann/json.hpp>

namespace headroom {
namespace fs = std::filesystem;
namespace {

// One line that is rewritten in place; nothing when stderr is not a terminal.
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
      text += ", picture " + std::to_string(job.image_index + 1) + "/" + std::to_string(job.request.count);
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

// A picture that cannot go where it should is kept where it can.
fs::path rescue(const FinishedPicture& picture) {
  for (const fs::path& folder : {fs::current_path(), default_output_folder(), fs::temp_directory_path()}) {
    try {
      return save_picture(folder, picture.request, picture.picture);
    } catch (const Error&) {
      continue;  // the next place; the caller reports the first failure
    }
  }
  return {};
}

void print_picture(const FinishedPicture& picture, double save_seconds, bool json) {
  if (!json) {
    std::printf("%s\n", picture.file.c_str());
    return;
  }
  const Receipt& receipt = picture.picture.receipt;
  const GenerationRequest& request = picture.request;
  const auto seconds = [&](Stage s) { return receipt.stage_seconds[static_cast<std::size_t>(s)]; };
  const nlohmann::ordered_json out{{"file", picture.file.string()},
                                   {"seed", picture.picture.seed},
                                   {"width", request.width},
                                   {"height", request.height},
                                   {"steps", request.steps},
                                   {"guidance", request.guidance_scale},
                                   {"plan", to_json(receipt.plan)},
                                   {"predicted_peak_bytes", receipt.plan.peak_bytes},
                                   {"actual_peak_bytes", receipt.actual_peak_bytes},
                                   {"seconds",
                                    {{"load", seconds(Stage::kLoad)},
                                     {"encode", seconds(Stage::kEncode)},
                                     {"denoise", seconds(Stage::kDenoise)},
                                     {"decode", seconds(Stage::kDecode)},
                                     {"save", save_seconds}}}};
  std::printf("%s\n", out.dump().c_str());
}

}  // namespace

int run_generate(const CommandLine& line) {
  BlockedSignals signals;  // before any thread starts, so that all inherit the mask
  const Composition app(line.config, line.dump_file);
  const GenerationRequest request = build_request(line, app.pipeline.model.info);
  const auto problems = validate(request, app.pipeline.model.info.size_unit);
  if (!problems.empty()) throw Error(ErrorKind::kInvalidRequest, problems.front().message);
  fs::path output = line.output;
  if (output.empty()) output = line.config.output.folder;
  if (output.empty()) output = default_output_folder();
  check_output(output);

  double save_seconds = 0;  // written and read one after the other: the queue hands pictures over
  std::mutex mutex;         // guards save_seconds
  const auto save = [&](const GenerationRequest& r, const GeneratedImage& picture) {
    const auto start = std::chrono::steady_clock::now();
    fs::path file = save_picture(output, r, picture);
    const std::scoped_lock lock(mutex);
    save_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return file;
  };
  GenerationQueue queue(app.generator_maker(), save, [] {});
  const JobId job = queue.submit(request);
  ProgressBar bar;
  int code = kExitOk;
  while (true) {
    if (signals.wait_for(std::chrono::milliseconds(20))) queue.cancel(job);
    const auto finished = queue.take_finished();  // before the pictures: none can follow it
    for (const JobStatus& status : queue.status()) bar.show(status);
    for (FinishedPicture& picture : queue.take_pictures()) {
      bar.clear();
      if (!picture.save_error.empty()) {
        const fs::path kept = rescue(picture);
        std::fprintf(stderr, "headroom: %s%s\n", picture.save_error.c_str(),
                     kept.empty() ? "" : ("; the picture is kept in " + kept.string()).c_str());
        code = kExitFile;
        picture.file = kept;
        if (kept.empty()) continue;
      }
      double seconds = 0;
      {
        const std::scoped_lock lock(mutex);
        seconds = save_seconds;
      }
      print_picture(picture, seconds, line.json);
    }
    if (finished.empty()) continue;
    bar.clear();
    if (const auto* failure = std::get_if<Failure>(&finished.front().value)) {
      throw Error(failure->kind, failure->message);
    }
    if (std::holds_alternative<Cancelled>(finished.front().value)) {
      std::fprintf(stderr, "headroom: cancelled after %d picture(s)\n", finished.front().pictures);
      return kExitCancelled;
    }
    return code;
  }
}

}  // namespace headroom
