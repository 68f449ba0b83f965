// What Actions does with models and where they are looked for.
#include "headroom/core/error.h"
#include "headroom/gui_state/model_list.h"

#include "actions.h"

#include <cstdlib>
#include <string_view>
#include <system_error>

namespace headroom {
namespace {

// Without blanks and quotes around it; ~ is the person's folder. Empty: nothing was typed.
std::string path_of(const std::string& typed) {
  constexpr std::string_view kAround = " \t\r\n\"'";
  const std::size_t begin = typed.find_first_not_of(kAround);
  if (begin == std::string::npos) return {};
  std::string path = typed.substr(begin, typed.find_last_not_of(kAround) - begin + 1);
  const char* const home = std::getenv("HOME");
  if (home != nullptr && (path == "~" || path.starts_with("~/"))) path.replace(0, 1, home);
  std::error_code error;
  // What is not there may be the name of a repository.
  if (std::filesystem::exists(path, error)) path = std::filesystem::absolute(path, error).string();
  return path;
}

}  // namespace

void Actions::choose_model(const std::string& typed) {
  const std::string folder = path_of(typed);
  if (folder.empty()) return;
  const Session::State session = services_.session.state();
  SessionChoice to = session.change ? session.change->to : session.current->choice;
  to.model = folder;
  state_.model_trouble.clear();
  state_.model_opening = session.changed.number;
  change(to);
}

void Actions::choose(const ModelOffer& offer) {
  const Session::State session = services_.session.state();
  SessionChoice to = session.change ? session.change->to : session.current->choice;
  // By the name that it was opened with: another would be a change to the same model.
  to.model = is_opened(offer, *session.current) ? session.current->choice.model : offer.model;
  change(to);
}

void Actions::change(const SessionChoice& to) { services_.session.change(to); }

void Actions::keep_model() { services_.session.keep(); }

void Actions::open_models() {
  state_.open_sheet(UiState::Sheet::kModels);  // the menu has them looked for already
  look_at_folders();
}

void Actions::open_loras() {
  state_.open_sheet(UiState::Sheet::kLoras);
  state_.loras_asked = true;
}

void Actions::add_model_folder(const std::string& typed) {
  const std::string folder = path_of(typed);
  if (folder.empty() || !services_.add_folder) return;
  try {
    services_.add_folder(folder);
    state_.added_folder.reset();
    state_.folder_trouble.clear();
    state_.models_asked = true;
    look_at_folders();
  } catch (const Error& e) {
    state_.added_folder = folder;
    state_.folder_trouble = e.message();
  }
}

void Actions::remove_model_folder(const std::filesystem::path& folder) {
  if (!services_.remove_folder) return;
  try {
    services_.remove_folder(folder);
    state_.folder_trouble.clear();
    state_.models_asked = true;
    look_at_folders();
  } catch (const Error& e) {
    state_.folder_trouble = e.message();
  }
}

void Actions::look_at_folders() {
  if (services_.searched_folders) state_.searched_folders = services_.searched_folders();
}

}  // namespace headroom
