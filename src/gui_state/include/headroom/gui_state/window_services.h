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
  Message title;             // what it shows instead; empty if nothing else is shown
  Message text;              // the fault and the way out
  bool is_of_model = false;  // another model may work
};

// A device of this machine.
struct DeviceOffer {
  std::string device;  // in the form of SessionChoice::device
  std::string name;    // for people
};

// A folder that is searched for models.
struct SearchedFolder {
  std::filesystem::path path;
  bool is_there = true;
  bool is_added = false;  // added in the window, which can remove it again
};

// What the program provides to the window. The session must outlive the window.
struct WindowServices {
  Session& session;
  ModelSearch::Find find_models{};          // searches for the list of models; may be empty
  UpscalerSearch::Find find_upscalers{};    // searches for upscalers; may be empty
  std::filesystem::path upscaler_folder{};  // where the user may put upscalers
  // Folders that are searched for models; adding and removing one, for now and for later starts,
  // which throw Error. All may be empty.
  std::function<std::vector<SearchedFolder>()> searched_folders{};
  std::function<void(const std::filesystem::path&)> add_folder{};
  std::function<void(const std::filesystem::path&)> remove_folder{};
  std::vector<DeviceOffer> devices{};  // to choose from
  AppConfig config;
  std::vector<StartProblem> start_problems{};
  // Where pictures are saved; shown for a picture without a file.
  std::filesystem::path output_folder;
  // Contains fonts/, icons/ and lang/; the build creates it as share/headroom in the build folder.
  std::filesystem::path assets_folder;
  // Stores the language and theme chosen in the window; empty: not stored.
  std::filesystem::path state_file{};
  // Stores session.json, which is restored at the next start. Empty: not stored.
  std::filesystem::path session_folder{};
  // Pictures whose steps were done when an earlier run ended and that only need decoding and
  // saving: offered like unfinished jobs. And pictures that cannot be finished, one sentence each.
  std::vector<GenerationRequest> resumable{};
  std::vector<Message> resumable_faults{};
  // Tries again to save a picture; returns its file, throws Error.
  std::function<std::filesystem::path(const FinishedPicture&)> save_again{};
  // Saves a picture into another folder; returns its file, throws Error.
  std::function<std::filesystem::path(const FinishedPicture&, const std::filesystem::path& folder)>
      save_to{};
  // Saves a picture that could not be saved wherever possible; for an end without a user present.
  // Returns its file; empty if no folder takes it.
  std::function<std::filesystem::path(const FinishedPicture&)> rescue{};
  // The same for the text of a session whose folder cannot be written.
  std::function<void(const std::string&)> rescue_session{};
  // Whether the program was asked to end (SIGTERM): the window then saves everything and closes.
  std::function<bool()> ending{};
};

}  // namespace headroom
