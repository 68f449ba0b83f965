#include "headroom/cli/exit_code.h"
#include "headroom/cli/signals.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/core/error.h"
#include "headroom/core/quote.h"

#include "chosen_loras.h"
#include "commands/commands.h"
#include "commands/job_series.h"
#include "generation_context.h"
#include "input_pictures.h"
#include "models_of_pictures.h"
#include "picture_to_finish.h"
#include "run_need.h"
#include "saved_pictures.h"
#include "session_loras.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace headroom {
namespace fs = std::filesystem;
namespace {

// A picture that will be finished, with its memory needs.
struct Work {
  PictureToFinish picture;
  OutputPlace place;
  RunNeed need{};
};

// Prepares pictures; holds the options that are the same for all of them.
class Finisher {
 public:
  Finisher(const CommandLine& line, OutputPlace output, const GenerationContext& app,
           std::shared_ptr<LoraSets> loras)
      : line_(line),
        output_(std::move(output)),
        app_(app),
        loras_(std::move(loras)),
        typed_loras_(add_typed_loras(line, app, *loras_)) {}

  // Throws Error for a picture that cannot be finished.
  [[nodiscard]] Work prepare(const fs::path& file) const {
    Work work{read_picture_to_finish(line_, file, app_.pipeline.model.info), output_};
    GenerationRequest& request = work.picture.request;
    if (typed_loras_) {
      request.prompt = take_lora_tags(request.prompt).words;
      request = with_loras(std::move(request), typed_loras_.get());
    }
    work.need = need_of(request, app_, *loras_);
    return work;
  }

 private:
  const CommandLine& line_;
  const OutputPlace output_;
  const GenerationContext& app_;
  const std::shared_ptr<LoraSets> loras_;
  const std::shared_ptr<const OpenedLoras> typed_loras_;  // replace the pictures' own; null = none
};

// Chooses the picture's file in a folder: fox_1024x1024.png for fox.png, with a number if that is
// another picture or in `taken`; adds it to `taken`. Returns whether the picture exists there
// already.
bool choose_file(Work& work, std::set<fs::path>& taken) {
  if (work.place.is_file) return false;
  const GenerationRequest& request = work.picture.request;
  const fs::path first =
      work.place.path / (work.picture.file.stem().string() + "_" + std::to_string(request.width) +
                         "x" + std::to_string(request.height) + ".png");
  std::error_code error;
  work.place = {first, true};
  const auto is_free = [&](const fs::path& file) {
    return !taken.contains(file) && !fs::exists(fs::symlink_status(file, error));
  };
  for (int i = 1; !is_free(work.place.path); ++i) {
    if (is_picture_of(work.place.path, request)) return true;
    work.place.path = numbered(first, i);
  }
  taken.insert(work.place.path);
  return false;
}

// Prepares all pictures that do not exist yet, and prints what they need. Pictures that fail are
// reported.
std::vector<Work> prepare_all(const std::vector<fs::path>& files, const Finisher& finisher,
                              JobSeries& series, int& left_out) {
  std::vector<Work> all;
  RunNeed need;
  std::set<fs::path> taken;
  for (const fs::path& file : files) {
    try {
      Work work = finisher.prepare(file);
      if (choose_file(work, taken)) {
        ++left_out;
        continue;
      }
      need.add(work.need);
      all.push_back(std::move(work));
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kDevice) throw;
      series.fail(file.filename().string(), e);
    }
  }
  if (all.size() > 1) {
    std::fprintf(stderr, "headroom: %s to finish: at most %s\n",
                 pictures(static_cast<int>(all.size())).c_str(), need.text().c_str());
  }
  return all;
}

// Prints which picture is made next.
void tell(const Work& work, std::size_t number, std::size_t of) {
  const std::string name = printable(work.picture.file.filename().string());
  const GenerationRequest& request = work.picture.request;
  std::fprintf(stderr, "headroom: %zu of %zu: %s: %s by %s to %s px: %s\n", number, of,
               name.c_str(), to_string(work.picture.size).c_str(), request.origin->how.c_str(),
               to_string(Size{request.width, request.height}).c_str(), work.need.text().c_str());
  for (const std::string& note : work.picture.notes) {
    std::fprintf(stderr, "headroom: note: %s: %s\n", name.c_str(), printable(note).c_str());
  }
}

void tell_of_seeds(const std::vector<Work>& all) {
  const bool draws_anew = std::ranges::any_of(all, [](const Work& work) {
    const GenerationRequest& request = work.picture.request;
    return !request.init && request.seed_mode == SeedMode::kPlain;
  });
  if (!draws_anew) return;
  std::fputs(
      "headroom: note: a seed is other noise at another size, so compositions may be other ones; "
      "pictures made with --seed-mode composition keep theirs\n",
      stderr);
}

// What happened to the files.
struct Sum {
  int code = kExitOk;
  SeriesSum counts;
  bool goes_on = true;  // continue with the next files
};

// Finishes the pictures of one model.
void finish_files(const CommandLine& line, const std::vector<fs::path>& files,
                  const OutputPlace& output, const BlockedSignals& signals, Sum& sum) {
  const GenerationContext app(line.config);
  set_up_processor(line.config);
  std::shared_ptr<LoraSets> loras;
  JobSeries series(
      line, app,
      [&](KeepSampled keep) {
        loras = make_lora_sets(line.config, app, std::move(keep));
        return lora_source(app, loras);
      },
      signals);
  const std::vector<Work> all =
      prepare_all(files, Finisher(line, output, app, loras), series, sum.counts.left_out);
  tell_of_seeds(all);
  for (std::size_t i = 0; i < all.size() && sum.goes_on; ++i) {
    tell(all[i], i + 1, all.size());
    const std::string name = all[i].picture.file.filename().string();
    try {
      const GenerationRequest request = with_pixels(all[i].picture);
      sum.goes_on = series.make_one_of_many(name, request, all[i].place);
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kDevice) throw;
      series.fail(name, e);
    }
  }
  if (sum.code == kExitOk || !sum.goes_on) sum.code = series.code();
  sum.counts.made += series.made();
  sum.counts.failed += series.failed();
  sum.counts.unsaved += series.unsaved();
}

}  // namespace

int run_finish(const CommandLine& line) {
  if (line.finish_how && !line.finish_how->upscaler.empty()) {
    CommandLine upscale = line;
    upscale.config.model.path = line.finish_how->upscaler;
    return run_upscale(upscale);
  }
  const BlockedSignals signals;  // before any thread
  const std::vector<fs::path> files = all_pictures(line.pictures);
  const OutputPlace output = choose_output(line.output, line.config.output);
  if (output.is_file && files.size() > 1) {
    throw Error(ErrorKind::kInvalidRequest, "several pictures go to a folder; name one with -o");
  }
  check_output(output, 1);
  check_goes_elsewhere(line.pictures, output.path);
  Sum sum;
  for (const FilesOfModel& group : by_model(line, files)) {
    if (!sum.goes_on) break;
    CommandLine one = line;
    one.config = group.config;
    finish_files(one, group.files, output, signals, sum);
  }
  if (files.size() > 1 || sum.counts.left_out > 0) print_sum(sum.counts);
  return sum.code;
}

}  // namespace headroom
