#include "prompt_series.h"

#include "headroom/cli/stdout_text.h"
#include "headroom/core/error.h"
#include "headroom/core/prompt_choices.h"
#include "headroom/core/quote.h"
#include "headroom/image/file_io.h"

#include "chosen_loras.h"
#include "commands/job_series.h"
#include "read_init_image.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace headroom {
namespace fs = std::filesystem;
namespace {

// The lines of a text that are neither empty nor comments (#), without byte order mark and
// carriage returns.
std::vector<std::string> lines_of(const fs::path& file) {
  constexpr std::uintmax_t kMaxBytes = 16U << 20U;
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(file, error);
  if (error) {
    throw Error(ErrorKind::kIo, say("{0} cannot be read: {1}", file, io_reason(error.value())));
  }
  std::ifstream in(file, std::ios::binary);
  std::string text;
  if (bytes <= kMaxBytes) text.assign(std::istreambuf_iterator<char>(in), {});
  if (bytes > kMaxBytes || !is_valid_utf8(text)) {
    throw Error(ErrorKind::kInvalidRequest,
                file.string() +
                    " is no text in UTF-8 of at most 16 MB; save it as such, with a "
                    "line for each prompt");
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  std::vector<std::string> lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    line.erase(0, line.find_first_not_of(" \t"));
    if (!line.empty() && line.front() != '#') lines.push_back(std::move(line));
  }
  return lines;
}

Wildcards wildcards_in(const fs::path& folder) {
  if (folder.empty()) return {};
  return [folder](const std::string& name) -> std::optional<std::vector<std::string>> {
    const bool leads_out = name.front() == '/' || name.find("..") != std::string::npos;
    std::error_code error;
    const fs::path file = folder / (name + ".txt");
    if (leads_out || !fs::is_regular_file(file, error)) return std::nullopt;
    return lines_of(file);
  };
}

std::vector<std::string> prompts_of(const CommandLine& line) {
  if (line.prompts_file.empty()) return {line.prompt};
  std::vector<std::string> prompts = lines_of(line.prompts_file);
  if (prompts.empty()) {
    throw Error(ErrorKind::kInvalidRequest,
                line.prompts_file.string() + " holds no prompt; write one on each line");
  }
  return prompts;
}

// One job: all pictures of a prompt, or one of them if each has its own prompt or file.
struct PromptJob {
  GenerationRequest request;
  std::string name;  // for messages
  int pictures_before = 0;
};

std::vector<PromptJob> jobs_of(const CommandLine& line, const GenerationRequest& request,
                               const Wildcards& wildcards, bool each_alone) {
  std::vector<PromptJob> jobs;
  int before = 0;
  int number = 0;
  for (const std::string& prompt : prompts_of(line)) {
    PromptJob job{request, "prompt " + std::to_string(++number), before};
    before += request.count;
    job.request.prompt = prompt;
    const bool is_picked = has_choices(prompt, wildcards);
    if (!is_picked && !each_alone) {
      jobs.push_back(job);
      continue;
    }
    if (!job.request.seed) job.request.seed = std::random_device()();
    for (int i = 0; i < request.count; ++i) {
      PromptJob one = job;
      one.request.count = 1;
      one.request.seed = seed_of(job.request, i);
      if (one.request.variation) one.request.variation->seed += static_cast<std::uint64_t>(i);
      if (is_picked) {
        const std::uint64_t seed = *job.request.seed + static_cast<std::uint64_t>(i);
        one.request.prompt = pick_choices(prompt, seed, wildcards);
        one.request.prompt_source = prompt;
      }
      one.pictures_before = job.pictures_before + i;
      jobs.push_back(std::move(one));
    }
  }
  return jobs;
}

}  // namespace

bool has_many_prompts(const CommandLine& line) {
  return !line.prompts_file.empty() || has_choices(line.prompt, wildcards_in(line.wildcards));
}

int run_prompts(const CommandLine& line, const GenerationContext& app,
                const GenerationRequest& request, const BlockedSignals& signals) {
  const OutputPlace output = choose_output(line.output, line.config.output);
  std::vector<PromptJob> jobs =
      jobs_of(line, request, wildcards_in(line.wildcards), /*each_alone=*/output.is_file);
  check_output(output, jobs.back().pictures_before + jobs.back().request.count);
  JobSeries series(line, app, signals);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    PromptJob& job = jobs[i];
    std::fprintf(stderr, "headroom: %zu of %zu: %s\n", i + 1, jobs.size(),
                 printable(job.request.prompt).c_str());
    OutputPlace place = output;
    if (place.is_file) place.path = numbered(output.path, job.pictures_before);
    try {
      GenerationRequest one = with_loras(std::move(job.request), app.pipeline.opened_loras.get());
      for (const Message& note : read_init_image(line, app.pipeline.model.info, one)) {
        std::fprintf(stderr, "headroom: note: %s\n", note.english().c_str());
      }
      const auto problems = validate(one, app.pipeline.model.info.size_unit);
      if (!problems.empty()) throw Error(ErrorKind::kInvalidRequest, problems.front().message);
      if (!series.make_one_of_many(job.name, one, place)) break;
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kDevice) throw;
      series.fail(job.name, e);
    }
  }
  if (series.failed() > 0) {
    std::fprintf(stderr, "headroom: %d of %zu failed\n", series.failed(), jobs.size());
  }
  return series.code();
}

}  // namespace headroom
