#include "headroom/cli/signals.h"
#include "headroom/core/error.h"

#include "commands/commands.h"
#include "commands/job_series.h"
#include "generation_context.h"
#include "init_folder_run.h"
#include "picture_grid.h"
#include "prompt_series.h"
#include "read_init_image.h"
#include "saved_pictures.h"

#include <cstdio>
#include <vector>

namespace headroom {
namespace {

// Prints remarks on what may surprise the user although it is no error.
void print_notes(const CommandLine& line, const GenerationRequest& request,
                 const GenerationContext& app) {
  for (const Message& note : app.pipeline.model.notes) {
    std::fprintf(stderr, "headroom: note: %s\n", note.english().c_str());
  }
  if (app.pipeline.opened_loras) {
    for (const Message& note : app.pipeline.opened_loras->notes()) {
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
  constexpr std::size_t kRead = PromptTokenizer::kMaxRead;
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
  BlockedSignals signals;  // before any thread starts, so that all threads inherit the mask
  if (asks_for_grid(line)) return run_picture_grid(line, signals);
  const GenerationContext app(line.config, line.dump_file, {line.prompt, line.loras});
  set_up_processor(line.config);
  GenerationRequest request =
      with_loras(build_request(line, app.pipeline.model.info), app.pipeline.opened_loras.get());
  if (starts_from_folder(line) || has_many_prompts(line)) {
    if (starts_from_folder(line) && has_many_prompts(line)) {
      throw Error(ErrorKind::kInvalidRequest,
                  "a folder of pictures takes one prompt without choices; leave out --prompts, "
                  "{a|b} and wildcards, or the folder");
    }
    if (!line.dump_file.empty()) {
      throw Error(ErrorKind::kInvalidRequest,
                  "--dump writes what one run computes; leave it out, or make one picture");
    }
    print_notes(line, request, app);
    return starts_from_folder(line) ? run_init_folder(line, app, request, signals)
                                    : run_prompts(line, app, request, signals);
  }
  const std::vector<Message> notes = read_init_image(line, app.pipeline.model.info, request);
  const auto problems = validate(request, app.pipeline.model.info.size_unit);
  if (!problems.empty()) throw Error(ErrorKind::kInvalidRequest, problems.front().message);
  const OutputPlace output = choose_output(line.output, line.config.output);
  check_output(output, request.count);
  if (!line.dump_file.empty()) check_dump_file(line.dump_file);
  print_notes(line, request, app);
  for (const Message& note : notes) {
    std::fprintf(stderr, "headroom: note: %s\n", note.english().c_str());
  }
  return JobSeries(line, app, signals).make(request, output);
}

}  // namespace headroom
