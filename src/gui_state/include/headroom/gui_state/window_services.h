#pragma once
#include "headroom/config/app_config.h"
#include "headroom/engine/model_offer.h"
#include "headroom/engine/session.h"
#include "headroom/engine/upscaler_search.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace headroom {

// Why the window does not show what was asked for.
struct StartProblem {
  Message title;             // what it shows instead
  Message text;              // the fault and the way out
  bool is_of_model = false;  // another one may do
};

// A device of this machine.
struct DeviceOffer {
  std::string device;  // as SessionChoice takes it
  std::string name;    // for people
};

// A folder that models are looked for in.
struct SearchedFolder {
  std::filesystem::path path;
  bool is_there = true;
  bool is_added = false;  // in the window, where it can be removed again
};

// What the window gets from the program. The session must outlive the window.
struct WindowServices {
  Session& session;
  ModelSearch::Find find_models{};          // for the list of models; may be empty
  UpscalerSearch::Find find_upscalers{};    // for those to enlarge pictures with; likewise
  std::filesystem::path upscaler_folder{};  // where a person may put some
  // Where models are looked for; a further folder for it, and one of those no more, from now on and
  // at the next starts, both of which throw Error. All may be empty.
  std::function<std::vector<SearchedFolder>()> searched_folders{};
  std::function<void(const std::filesystem::path&)> add_folder{};
  std::function<void(const std::filesystem::path&)> remove_folder{};
  std::vector<DeviceOffer> devices{};  // to choose from
  AppConfig config;
  std::vector<StartProblem> start_problems{};
  std::filesystem::path output_folder;  // where pictures go; shown for a picture without a file
  // Holds fonts/, icons/ and lang/; the build makes it as share/headroom below the build folder.
  std::filesystem::path assets_folder;
  // Where the language and theme that are chosen in the window are kept; empty: nowhere.
  std::filesystem::path state_file{};
  // Holds what comes back at the next start: session.json. Empty: nothing does.
  std::filesystem::path session_folder{};
  // Pictures whose steps were done when an earlier run ended, to be decoded: offered like jobs that
  // were not made, and what is there and cannot be finished, a sentence each.
  std::vector<GenerationRequest> unfinished{};
  std::vector<Message> unfinished_faults{};
  // Tries again to save a picture whose save failed; returns its file, throws Error.
  std::function<std::filesystem::path(const FinishedPicture&)> save_again{};
  // Saves a picture into the folder; returns its file, throws Error.
  std::function<std::filesystem::path(const FinishedPicture&, const std::filesystem::path& folder)>
      save_to{};
  // Keeps a picture that could not be saved where it can; for an end that nobody attends.
  std::function<void(const FinishedPicture&)> rescue{};
  // Likewise the text of a session whose folder takes nothing.
  std::function<void(const std::string&)> rescue_session{};
  // Whether the program was asked to end (SIGTERM): the window puts things away and closes.
  std::function<bool()> ending{};
};

}  // namespace headroom
