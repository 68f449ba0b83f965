#include "headroom/cli/exit_code.h"
#include "headroom/cli/signals.h"
#include "headroom/config/paths.h"
#include "headroom/core/error.h"
#include "headroom/device/device.h"
#include "headroom/gui/notice_window.h"
#include "headroom/gui/window.h"
#include "headroom/model_files/find_models.h"

#include "added_folders.h"
#include "chosen_model.h"
#include "commands/commands.h"
#include "desktop_message.h"
#include "generation_context.h"
#include "offer_models.h"
#include "offer_upscalers.h"
#include "open_on_device.h"
#include "resumable_folder.h"
#include "saved_pictures.h"
#include "start_warnings.h"
#include "surroundings.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>
#include <unistd.h>

namespace headroom {

namespace {

// Pictures of earlier runs that this window can finish, and where they are saved.
struct Resumable {
  std::vector<GenerationRequest> requests;
  std::vector<Message> faults;
  std::map<const SampledPicture*, OutputPlace> outputs;
};

Resumable take_resumable(const ModelOptions& model) {
  Resumable taken;
  ResumableFolder::Found found = ResumableFolder(resumable_folder()).take();
  for (const UnreadablePicture& file : found.unreadable) {
    taken.faults.push_back(
        say("{0}; it is left as it is, and \"headroom resume --drop {1}\" on the "
            "command line removes it",
            file.fault, file.name));
  }
  const ModelOptions places = places_of(model);
  int others = 0;
  for (const WaitingPicture& waiting : found.waiting) {
    if (saved_already(waiting)) {
      waiting.hold->drop();
    } else if (!same_places(waiting.picture.model, places)) {
      ++others;
    } else if (auto fault = decoder_fault(waiting)) {
      taken.faults.push_back(*std::move(fault));
    } else {
      taken.requests.push_back(waiting.request());
      taken.outputs[taken.requests.back().sampled.get()] = waiting.picture.output;
    }
  }
  if (others > 0) {
    taken.faults.push_back(say(
        "pictures of another model wait to be decoded ({0}); \"headroom resume\" on the command "
        "line finishes them",
        others));
  }
  return taken;
}

// Removes what was kept of a picture that the window has saved late.
std::filesystem::path drop_kept(const FinishedPicture& picture, std::filesystem::path file) {
  if (picture.picture.kept && !file.empty()) picture.picture.kept->drop();
  return file;
}

// Reports where `what` was saved at an end without a user present.
void tell_rescued(const std::string& what, const std::filesystem::path& file) {
  if (file.empty()) {
    spdlog::error("{} is lost: no folder takes it", what);
  } else {
    spdlog::warn("{} is now in {}", what, file.string());
  }
}

std::vector<SearchedFolder> searched_folders(const ModelOptions& options) {
  const std::vector<std::filesystem::path> added = added_folders();
  std::vector<SearchedFolder> all{{hugging_face_cache()}};
  for (std::filesystem::path& folder : model_folders(options)) {
    const bool is_added = std::ranges::find(added, folder) != added.end() &&
                          std::ranges::find(options.folders, folder) == options.folders.end();
    all.push_back({std::move(folder), true, is_added});
  }
  for (std::filesystem::path& folder : usual_model_folders()) all.push_back({std::move(folder)});
  for (SearchedFolder& folder : all) {
    std::error_code error;
    folder.is_there = std::filesystem::is_directory(folder.path, error);
  }
  return all;
}

// The window's services other than its session. `session` must outlive the result.
WindowServices services_of(const AppConfig& config, Session& session,
                           const GenerationQueue::SavePicture& save, const OutputPlace& output,
                           const Resumable& resumable) {
  WindowServices services{
      .session = session,
      .find_models =
          [config](const SessionChoice& present, const std::function<void(ModelOffer)>& found) {
            offer_models(config, present, found);
          },
      .find_upscalers =
          [options = config.model](const AnyUpscaler&,
                                   const std::function<void(UpscalerOffer)>& found) {
            offer_upscalers(options, found);
          },
      .upscaler_folder = upscaler_folder(),
      .searched_folders = [options = config.model] { return searched_folders(options); },
      .add_folder = add_folder,
      .remove_folder = remove_folder,
      .config = config,
      .output_folder = output.path,
      .assets_folder = share_folder(),
      .state_file = window_state_file(),
      .session_folder = default_log_folder(),
      .resumable = resumable.requests,
      .resumable_faults = resumable.faults,
      .save_again =
          [save](const FinishedPicture& p) { return drop_kept(p, save(p.request, p.picture)); },
      .save_to =
          [](const FinishedPicture& picture, const std::filesystem::path& folder) {
            return drop_kept(picture, save_picture({folder}, picture.request, picture.picture));
          },
      .rescue =
          [](const FinishedPicture& picture) {
            auto file = rescue_picture(picture.request, picture.picture);
            tell_rescued("a picture that was not saved", file);
            return file;
          },
      .rescue_session =
          [](const std::string& text) {
            const std::string name = "headroom-session-" + std::to_string(getpid()) + ".json";
            tell_rescued("the session that could not be kept in " +
                             (default_log_folder() / "session.json").string(),
                         rescue_text(name, text));
          }};
  for (const Device& device : list_devices())
    services.devices.push_back({device.id(), device.name});
  return services;
}

// Shows the window for a session that begins with the choices in `config`. Returns an exit code or
// kExitStartAgain. Throws Error when that cannot be opened.
int show_window(const AppConfig& config, const std::vector<StartProblem>& problems,
                const BlockedSignals& signals) {
  std::atomic<bool> ending{false};
  const OutputPlace output = choose_output({}, config.output);
  const Resumable resumable = take_resumable(config.model);
  const auto save = [output, outputs = resumable.outputs](const GenerationRequest& request,
                                                          const GeneratedImage& picture) {
    const auto own = outputs.find(request.sampled.get());
    std::filesystem::path file = own != outputs.end() ? save_resumed(own->second, request, picture)
                                                      : save_picture(output, request, picture);
    spdlog::info("saved {}", file.string());
    return file;
  };
  // The sampler reads memory four times a second anyway, so it also polls the signals.
  const auto place = std::make_shared<const OutputPlace>(output);
  const auto open = [&](const SessionChoice& choice) {
    ModelOnDevice opened = open_on_device(config, choice, place);
    spdlog::info("model {} on {}", opened.model.name, opened.device_name);
    opened.read_memory = [&, read = opened.read_memory] {
      if (signals.wait_for(std::chrono::milliseconds(0))) {
        ending = true;
        wake_window();
      }
      return read();
    };
    return opened;
  };
  set_up_processor(config);
  Session session(open, choice_of(config), save);
  WindowServices services = services_of(config, session, save, output, resumable);
  services.start_problems = problems;
  services.ending = [&] { return ending.load(); };
  Window window(std::move(services));
  return window.run() == WindowEnd::kStartAgain ? kExitStartAgain : kExitOk;
}

// Each fault on a line of its own; the window adds the last full stop.
Error all_of(const std::vector<Error>& faults) {
  Message text = faults.back().message();
  for (std::size_t i = faults.size() - 1; i-- > 0;) {
    text = Message("lines", "{0}.\n{1}", {faults[i].message(), text});
  }
  return {faults.front().kind(), text};
}

// Configurations to try in turn: as configured, then the starter model on the same device, then
// the starter model with default settings, which always run.
std::vector<AppConfig> ways_to_open(const AppConfig& asked) {
  AppConfig starter = with_choice(asked, {"", asked.model.device, asked.model.dtype});
  AppConfig anywhere = asked;
  anywhere.model = {};
  return {asked, std::move(starter), std::move(anywhere)};
}

// Whether another model could be the way on.
bool is_about_model(const Error& e) {
  return e.kind() == ErrorKind::kModelFile || e.kind() == ErrorKind::kIo ||
         e.kind() == ErrorKind::kOutOfMemory;
}

// Even the starter model failed: says why, and asks how to go on.
NoticeEnd ask_how_to_go_on(const Error& refused, const AppConfig& config,
                           const BlockedSignals& signals) {
  StartNotice notice{.text = refused.message(),
                     .assets_folder = share_folder(),
                     .log_folder = default_log_folder(),
                     .ending = [&] { return signals.wait_for(std::chrono::milliseconds(0)); }};
  if (is_about_model(refused)) {
    notice.find_models = [options = config.model](const std::function<void(OtherModel)>& found) {
      for (const FoundModel& model : models_here(options)) {
        if (model.opened) found({model.name});
      }
    };
  }
  try {
    return show_notice(notice);
  } catch (const Error& e) {
    spdlog::error("{}", e.what());  // not even this window could be opened
    if (!has_terminal()) show_by_desktop(refused.what());
    return {};
  }
}

}  // namespace

// A program that was started from a menu has no terminal. So whatever is wrong, settings, model or
// device, the window opens and reports it.
int run_window(const CommandLine& line) {
  const BlockedSignals signals;  // before the first thread
  std::optional<Error> refused;  // the first fault
  std::vector<StartProblem> problems;
  const auto note = [&](const char* title, const Error& e) {
    if (!has_display()) throw Error(refused.value_or(e));
    if (refused) return;  // the first problem is the one to solve
    spdlog::error("{}", e.what());
    problems.push_back({say(title), e.message(), e.kind() == ErrorKind::kModelFile});
    refused = e;
  };
  if (!line.config_problems.empty()) {
    if (!has_display()) throw Error(line.config_problems.front());
    note("banner.config", all_of(line.config_problems));
    refused.reset();  // a problem with the settings does not hide one with the model
  }
  for (const std::vector<Message>* const warnings :
       {&line.config.warnings, &std::as_const(start_warnings())}) {
    for (const Message& warning : *warnings) problems.push_back({{}, warning, false});
  }
  for (AppConfig asked = line.config;;) {
    const std::vector<StartProblem> before = problems;
    for (const AppConfig& config : ways_to_open(asked)) {
      try {
        return show_window(config, problems, signals);
      } catch (const Error& e) {
        note("banner.start", e);
      }
    }
    const NoticeEnd end = ask_how_to_go_on(*refused, asked, signals);
    if (end.kind == NoticeEnd::Kind::kClosed) throw Error(*refused);
    if (end.kind == NoticeEnd::Kind::kOtherModel)
      asked = with_choice(asked, {end.model, asked.model.device, asked.model.dtype});
    problems = before;
    refused.reset();
  }
}

}  // namespace headroom
