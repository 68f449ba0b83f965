#include "headroom/core/error.h"
#include "headroom/image/settings.h"

#include "commands.h"
#include "composition.h"
#include "exit_code.h"
#include "init_picture.h"
#include "output.h"
#include "picture_files.h"
#include "signals.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace headroom {
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

// At once: a program at the other end of a pipe may be waiting for this line.
void print_line(const std::string& text) {
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);  // a failure is reported at the end, when all pictures are made
}

void print_picture(const FinishedPicture& picture, bool json) {
  if (!json) {
    print_line(picture.file.string());
    return;
  }
  const Receipt& receipt = picture.picture.receipt;
  const GenerationRequest& request = picture.request;
  nlohmann::ordered_json seconds;
  for (std::size_t i = 0; i < kStageCount; ++i) {
    if (!has_stage(receipt.shape, static_cast<Stage>(i))) continue;
    seconds[std::string(kStages[i].name)] = receipt.stage_seconds[i];
  }
  nlohmann::ordered_json out{{"file", picture.file.string()},
                             {"seed", picture.picture.seed},
                             {"width", request.width},
                             {"height", request.height},
                             {"steps", request.steps},
                             {"guidance", request.guidance_scale},
                             {"plan", to_json(receipt.plan)},
                             {"predicted_peak_bytes", receipt.plan.peak_bytes},
                             {"actual_peak_bytes", receipt.actual_peak_bytes},
                             {"predicted_in_use_bytes", receipt.plan.in_use_peak_bytes},
                             {"actual_in_use_bytes", receipt.actual_in_use_bytes},
                             {"seconds", std::move(seconds)}};
  if (!picture.picture.loras.empty()) out["loras"] = to_json(picture.picture.loras);
  print_line(json_line(out));
}

// A picture that cannot go where it should is kept where it can. Returns the exit code.
int rescue(FinishedPicture& picture) {
  picture.file = rescue_picture(picture.request, picture.picture);
  const std::string kept = picture.file.empty()
                               ? "and no other folder takes the picture, so it is lost"
                               : "the picture is kept in " + picture.file.string();
  std::fprintf(stderr, "headroom: %s; %s\n", picture.save_error.english().c_str(), kept.c_str());
  return kExitFile;
}

// What will not be as the person may think, though nothing is wrong.
void print_notes(const CommandLine& line, const GenerationRequest& request,
                 const Composition& app) {
  for (const Message& note : app.pipeline.model.notes) {
    std::fprintf(stderr, "headroom: note: %s\n", note.english().c_str());
  }
  if (app.pipeline.adapters) {
    for (const Message& note : app.pipeline.adapters->notes()) {
      std::fprintf(stderr, "headroom: note: %s\n", note.english().c_str());
    }
  }
  const PromptTokenizer& tokenizer = *app.tokenizer;
  if (line.negative_prompt && !line.negative_prompt->empty() && request.guidance_scale <= 0) {
    std::fputs(
        "headroom: note: the negative prompt is not used, because guidance is off; turn it on "
        "with --guidance\n",
        stderr);
  }
  constexpr std::size_t kRead = PromptTokenizer::kMostRead;
  const std::size_t whole =
      tokenizer.encode_prompt(take_lora_tags(request.prompt).words, kMaxPromptBytes).size();
  if (whole > kRead) {
    std::fprintf(
        stderr,
        "headroom: note: the prompt is %zu tokens long with its template and the model reads "
        "the first %zu; the rest has no effect\n",
        whole, kRead);
  }
}

}  // namespace

int run_generate(const CommandLine& line) {
  BlockedSignals signals;  // before any thread starts, so that all inherit the mask
  const Composition app(line.config, line.dump_file, {line.prompt, line.loras});
  set_up_processor(line.config);
  GenerationRequest request =
      with_loras(build_request(line, app.pipeline.model.info), app.pipeline.adapters.get());
  const std::vector<Message> notes = add_init_picture(line, app.pipeline.model.info, request);
  const auto problems = validate(request, app.pipeline.model.info.size_unit);
  if (!problems.empty()) throw Error(ErrorKind::kInvalidRequest, problems.front().message);
  const OutputPlace output = choose_output(line.output, line.config.output);
  check_output(output, request.count);
  if (!line.dump_file.empty()) check_dump_file(line.dump_file);
  print_notes(line, request, app);
  for (const Message& note : notes) {
    std::fprintf(stderr, "headroom: note: %s\n", note.english().c_str());
  }

  const auto save = [&](const GenerationRequest& r, const GeneratedImage& picture) {
    const std::filesystem::path file = save_picture(output, r, picture);
    spdlog::info("saved {}", file.string());
    return file;
  };
  GenerationQueue queue({app.generator_maker(), app.receipt_keeper()}, save);
  QueueWatcher watcher(queue, [] {});
  const JobId job = queue.submit(request);
  ProgressBar bar;
  std::size_t told = 0;
  const auto tell = [&](const std::vector<Notice>& notices) {
    for (; told < notices.size(); ++told) {
      if (notices[told].kind == Notice::Kind::kDeviceFailed) continue;  // the error says the same
      bar.clear();
      spdlog::warn("{}", notices[told].text.english());
    }
  };
  int code = kExitOk;
  while (true) {
    if (signals.wait_for(std::chrono::milliseconds(20))) queue.cancel(job);
    const auto finished = watcher.take_finished();  // before the pictures: none can follow it
    for (const JobStatus& status : queue.status()) {
      tell(status.notices);
      bar.show(status);
    }
    for (FinishedPicture& picture : watcher.take_pictures()) {
      bar.clear();
      if (!picture.save_error.empty()) {
        code = rescue(picture);
        queue.let_go(picture);
      }
      if (!picture.file.empty()) print_picture(picture, line.json);
    }
    if (finished.empty()) continue;
    bar.clear();
    tell(finished.front().notices);
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
