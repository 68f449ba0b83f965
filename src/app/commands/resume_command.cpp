#include "headroom/cli/exit_code.h"
#include "headroom/cli/signals.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/config/paths.h"
#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/core/size.h"

#include "commands/commands.h"
#include "commands/job_follower.h"
#include "generation_context.h"
#include "resumable_folder.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

void complain(const std::string& sentence) {
  std::fprintf(stderr, "headroom: %s\n", printable(sentence).c_str());
}

std::string destination(const WaitingPicture& waiting) {
  const OutputPlace& output = waiting.picture.output;
  return output.is_file ? numbered(output.path, waiting.picture.sampled.index).string()
                        : output.path.string();
}

void print_waiting(const WaitingPicture& waiting, bool json) {
  const ResumablePicture& picture = waiting.picture;
  const Size size{picture.request.width, picture.request.height};
  if (json) {
    std::printf("%s\n", json_line({{"name", waiting.name},
                                   {"file", waiting.file.string()},
                                   {"prompt", picture.request.prompt},
                                   {"seed", picture.sampled.seed},
                                   {"width", size.width},
                                   {"height", size.height},
                                   {"model", picture.model_name},
                                   {"output", destination(waiting)}})
                            .c_str());
    return;
  }
  std::printf("%s  %s, seed %llu, %s, for %s: %s\n", waiting.name.c_str(), to_string(size).c_str(),
              static_cast<unsigned long long>(picture.sampled.seed),
              printable(picture.model_name).c_str(), printable(destination(waiting)).c_str(),
              printable(picture.request.prompt).c_str());
}

// Keeps only the named pictures of `all`. Removes names that were found from `missing`.
template <typename Picture>
void choose(std::vector<Picture>& all, const std::vector<std::string>& names,
            std::vector<std::string>& missing) {
  if (names.empty() || std::ranges::find(names, "all") != names.end()) {
    missing.clear();
    return;
  }
  std::erase_if(all, [&](const Picture& picture) {
    std::erase(missing, picture.name);
    return std::ranges::find(names, picture.name) == names.end();
  });
}

// Reports each file that cannot be finished; it stays where it is.
void tell_unreadable(const ResumableFolder::Found& found) {
  for (const UnreadablePicture& file : found.unreadable) {
    complain(file.fault.english() + "; it is left as it is, and \"headroom resume --drop " +
             file.name + "\" removes it");
  }
}

int drop_all(const ResumableFolder::Found& found) {
  const auto drop = [](const std::string& name, const std::shared_ptr<KeptSample>& hold) {
    if (!hold) return;
    hold->drop();
    std::printf("removed %s\n", name.c_str());
  };
  for (const WaitingPicture& waiting : found.waiting) drop(waiting.name, waiting.hold);
  for (const UnreadablePicture& file : found.unreadable) drop(file.name, file.hold);
  return kExitOk;
}

// Collects pictures that cannot be finished, one sentence each; the others continue.
class Failures {
 public:
  void add(const std::string& sentence, int code) {
    complain(sentence);
    code_ = std::max(code_, code);
  }
  [[nodiscard]] int code() const { return code_; }

 private:
  int code_ = kExitOk;
};

// Finishes pictures that share one opened model.
int finish_group(const CommandLine& line, const AppConfig& config,
                 const std::vector<const WaitingPicture*>& group, const BlockedSignals& signals,
                 Failures& failures) {
  const GenerationContext app(config);
  set_up_processor(config);
  GenerationQueue queue({app.generator_maker(), app.run_record_keeper()}, {});
  for (const WaitingPicture* const waiting : group) {
    const std::string& sampled_on = waiting->picture.sampled.device;
    if (sampled_on != app.pipeline.device.name) {
      complain("note: " + waiting->name + " was sampled on " + sampled_on + " and is decoded on " +
               app.pipeline.device.name + ", which may differ in the last digit");
    }
    queue.save_with([output = waiting->picture.output, wanted = destination(*waiting)](
                        const GenerationRequest& request, const GeneratedImage& picture) {
      const fs::path file = save_resumed(output, request, picture);
      spdlog::info("saved {}", file.string());
      if (output.is_file && file != wanted)
        complain("note: " + wanted + " is another picture by now, so this one has another name");
      return file;
    });
    try {
      JobFollower follower(queue, signals, line.json);
      const int code =
          follower.follow(queue.submit(waiting->request(/*by_any_model=*/line.model_is_typed)));
      if (code != kExitOk) return code;
    } catch (const Error& e) {
      failures.add(waiting->name + ": " + e.what(), exit_code(e.kind()));
      if (e.kind() == ErrorKind::kDevice) return exit_code(e.kind());
    }
  }
  return kExitOk;
}

// The pictures that are not saved yet and whose model is unchanged.
std::vector<const WaitingPicture*> to_finish(const std::vector<WaitingPicture>& waiting,
                                             bool model_is_typed, Failures& failures) {
  std::vector<const WaitingPicture*> left;
  for (const WaitingPicture& picture : waiting) {
    if (const auto file = saved_already(picture)) {
      std::printf("%s\n", file->c_str());
      picture.hold->drop();
      continue;
    }
    const auto fault = model_is_typed ? std::nullopt : decoder_fault(picture);
    if (fault) {
      failures.add(fault->english(), kExitFile);
    } else {
      left.push_back(&picture);
    }
  }
  return left;
}

int finish(const CommandLine& line, const std::vector<WaitingPicture>& waiting,
           const BlockedSignals& signals) {
  Failures failures;
  std::vector<const WaitingPicture*> left = to_finish(waiting, line.model_is_typed, failures);
  while (!left.empty()) {
    const ModelOptions model = left.front()->picture.model;
    std::vector<const WaitingPicture*> group;
    std::erase_if(left, [&](const WaitingPicture* picture) {
      const bool is_of_group = line.model_is_typed || same_places(picture->picture.model, model);
      if (is_of_group) group.push_back(picture);
      return is_of_group;
    });
    AppConfig config = line.config;
    if (!line.model_is_typed) {
      config.model.path = model.path;
      config.model.text_encoder = model.text_encoder;
      config.model.vae = model.vae;
      config.model.tokenizer = model.tokenizer;
    }
    try {
      const int code = finish_group(line, config, group, signals, failures);
      if (code != kExitOk) return code;
    } catch (const Error& e) {
      failures.add(group.front()->name + ": " + e.what(), exit_code(e.kind()));
    }
  }
  return failures.code();
}

}  // namespace

int run_resume(const CommandLine& line) {
  const BlockedSignals signals;  // before any thread
  ResumableFolder::Found found = ResumableFolder(resumable_folder()).take();
  std::vector<std::string> missing = line.waiting;
  choose(found.waiting, line.waiting, missing);
  choose(found.unreadable, line.waiting, missing);
  if (!missing.empty()) {
    throw Error(ErrorKind::kInvalidRequest,
                "no picture called " + in_quotes(missing.front()) +
                    " waits; \"headroom resume --list\" lists those that do");
  }
  if (line.drop) return drop_all(found);
  tell_unreadable(found);
  if (found.busy > 0) {
    complain("note: " + pictures(found.busy) + (found.busy == 1 ? " belongs" : " belong") +
             " to a run that goes on");
  }
  if (line.list) {
    for (const WaitingPicture& waiting : found.waiting) print_waiting(waiting, line.json);
    return kExitOk;
  }
  const bool is_nothing_there = found.waiting.empty() && found.unreadable.empty();
  if (is_nothing_there && !line.json) std::puts("nothing waits to be finished");
  const int code = finish(line, found.waiting, signals);
  return code == kExitOk && !found.unreadable.empty() ? kExitFile : code;
}

}  // namespace headroom
