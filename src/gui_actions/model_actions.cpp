#include "headroom/gui_actions/model_actions.h"

#include "headroom/core/error.h"
#include "headroom/gui_state/model_list.h"

#include <cstdlib>
#include <string_view>
#include <system_error>

namespace headroom {
namespace {

// The text without blanks and quotes around it, with ~ replaced by the home folder. Empty: nothing
// was typed.
std::string path_of(const std::string& typed) {
  constexpr std::string_view kAround = " \t\r\n\"'";
  const std::size_t begin = typed.find_first_not_of(kAround);
  if (begin == std::string::npos) return {};
  std::string path = typed.substr(begin, typed.find_last_not_of(kAround) - begin + 1);
  const char* const home = std::getenv("HOME");
  if (home != nullptr && (path == "~" || path.starts_with("~/"))) path.replace(0, 1, home);
  std::error_code error;
  // If the path does not exist, it may be a repository's name.
  if (std::filesystem::exists(path, error)) path = std::filesystem::absolute(path, error).string();
  return path;
}

// The latest choice, including a change under way.
SessionChoice choice_so_far(const Session::State& session) {
  return session.change ? session.change->to : session.current->choice;
}

}  // namespace

void ModelActions::choose(const std::string& typed) {
  const std::string path = path_of(typed);
  if (path.empty()) return;
  const Session::State session = context_.services.session.state();
  SessionChoice to = choice_so_far(session);
  to.model = path;
  context_.state.model_trouble.clear();
  context_.state.model_opening = session.changed.number;
  change(to);
}

void ModelActions::choose(const ModelOffer& offer) {
  const Session::State session = context_.services.session.state();
  SessionChoice to = choice_so_far(session);
  // Use the name that it was opened with, since another would count as a change.
  to.model = is_opened(offer, *session.current) ? session.current->choice.model : offer.model;
  change(to);
}

void ModelActions::change(const SessionChoice& to) { context_.services.session.change(to); }

void ModelActions::keep() { context_.services.session.keep(); }

void ModelActions::open_list() {
  context_.state.open_sheet(UiState::Sheet::kModels);  // the menu has started the search already
  look_at_folders();
}

void ModelActions::add_folder(const std::string& typed) {
  UiState& state = context_.state;
  const std::string folder = path_of(typed);
  if (folder.empty() || !context_.services.add_folder) return;
  try {
    context_.services.add_folder(folder);
    state.added_folder.reset();
    state.folder_trouble.clear();
    state.models_asked = true;
    look_at_folders();
  } catch (const Error& e) {
    state.added_folder = folder;
    state.folder_trouble = e.message();
  }
}

void ModelActions::remove_folder(const std::filesystem::path& folder) {
  UiState& state = context_.state;
  if (!context_.services.remove_folder) return;
  try {
    context_.services.remove_folder(folder);
    state.folder_trouble.clear();
    state.models_asked = true;
    look_at_folders();
  } catch (const Error& e) {
    state.folder_trouble = e.message();
  }
}

void ModelActions::look_at_folders() {
  if (context_.services.searched_folders)
    context_.state.searched_folders = context_.services.searched_folders();
}

}  // namespace headroom
