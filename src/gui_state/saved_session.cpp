#include "headroom/gui_state/saved_session.h"

#include "headroom/core/error.h"
#include "headroom/core/state_file.h"
#include "headroom/gui_state/lora_chips.h"
#include "headroom/gui_state/start_picture.h"
#include "headroom/records/request_json.h"
#include "headroom/records/run_record_json.h"

#include "session_lock.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr int kMaxWindows = 9;
constexpr std::size_t kMaxPrompts = 200;

template <typename Value>
void take(const json& from, const char* key, Value& value) {
  if (!from.is_object() || !from.contains(key)) return;
  try {
    value = from.at(key).get<Value>();
  } catch (const json::exception&) {
    // Of another version, or damaged: treated as missing.
  }
}

template <typename Value>
void take(const json& from, const char* key, std::optional<Value>& value) {
  if (!from.is_object() || !from.contains(key) || from.at(key).is_null()) return;
  Value found{};
  take(from, key, found);
  value = found;
}

void take_paths(const json& from, const char* key, std::vector<fs::path>& paths) {
  std::vector<std::string> texts;
  take(from, key, texts);
  paths.assign(texts.begin(), texts.end());
}

const json& part(const json& from, const char* key) {
  static const json nothing;
  return from.is_object() && from.contains(key) ? from.at(key) : nothing;
}

// Includes the start picture's path, which is valid on this machine only.
json session_json(const GenerationRequest& request) {
  json object = to_json(request);
  if (request.origin) object["origin"]["path"] = request.origin->file.path;
  if (request.upscale)
    object["upscale"] = {{"model", request.upscale->model}, {"scale", request.upscale->scale}};
  if (!request.init) return object;
  object["init_image"]["path"] = request.init->file.path;
  if (request.init->repaint) object["mask"]["path"] = request.init->mask_file.path;
  return object;
}

InitImage::File read_file(const json& from) {
  InitImage::File file;
  take(from, "file", file.name);
  take(from, "sha256", file.sha256);
  take(from, "path", file.path);
  return file;
}

// What is valid on this machine only, see session_json().
void read_places(const json& from, GenerationRequest& r) {
  if (r.origin) take(part(from, "origin"), "path", r.origin->file.path);
  if (r.init) {
    auto init = std::make_shared<InitImage>(*r.init);
    take(part(from, "init_image"), "path", init->file.path);
    if (init->repaint) take(part(from, "mask"), "path", init->mask_file.path);
    r.init = std::move(init);
  }
}

void read_upscale(const json& from, GenerationRequest& r) {
  if (!part(from, "upscale").is_object()) return;
  r.upscale.emplace();
  take(from.at("upscale"), "model", r.upscale->model);
  take(from.at("upscale"), "scale", r.upscale->scale);
}

// Nothing when a value is out of range; the prompt may be empty.
std::optional<GenerationRequest> read_request(const json& from) {
  if (!from.is_object()) return std::nullopt;
  GenerationRequest r = read_request_leniently(from);
  read_places(from, r);
  read_upscale(from, r);
  GenerationRequest checked = with_start_of_size(r);
  if (checked.prompt.empty()) checked.prompt = "x";
  if (!validate(checked, 1).empty()) return std::nullopt;
  return r;
}

// Earlier versions stored only whether it was locked.
std::optional<Size> read_ratio(const json& root, const GenerationRequest& draft) {
  bool locked = false;
  take(root, "lock_ratio", locked);
  std::vector<int> sides;
  take(root, "locked_ratio", sides);
  if (sides.size() == 2 && std::min(sides[0], sides[1]) > 0) return Size{sides[0], sides[1]};
  return locked ? std::optional<Size>({draft.width, draft.height}) : std::nullopt;
}

Margins read_margins(const json& root) {
  std::vector<int> sides;
  take(root, "outpaint", sides);
  const auto is_good = [](int side) { return side >= 0 && side <= kMaxSide_px; };
  if (sides.size() != 4 || !std::ranges::all_of(sides, is_good)) return {};
  return {sides[0], sides[1], sides[2], sides[3]};
}

json to_json(const SavedSession::Place& p) {
  return {{"x", p.x},
          {"y", p.y},
          {"width", p.width},
          {"height", p.height},
          {"maximized", p.maximized},
          {"asked_width", p.asked_width},
          {"asked_height", p.asked_height}};
}

std::optional<SavedSession::Place> read_place(const json& from) {
  if (!from.is_object()) return std::nullopt;
  SavedSession::Place p;
  take(from, "x", p.x);
  take(from, "y", p.y);
  take(from, "width", p.width);
  take(from, "height", p.height);
  take(from, "maximized", p.maximized);
  take(from, "asked_width", p.asked_width);
  take(from, "asked_height", p.asked_height);
  if (p.width < 1 || p.height < 1) return std::nullopt;
  return p;
}

fs::path file_of(const fs::path& folder, int window) {
  return folder / (window == 1 ? "session.json" : "session-" + std::to_string(window) + ".json");
}

// Moves what would be lost in a closed window's file into `session`. False when there is nothing.
bool take_over(SavedSession& session, SavedSession& left) {
  const std::string written = left.settings ? left.settings->draft.prompt : std::string();
  if (left.queue.empty() && left.prompts.empty() && written.empty() && left.rescued.empty())
    return false;
  session.queue.insert(session.queue.end(), left.queue.begin(), left.queue.end());
  session.prompts.insert(session.prompts.end(), left.prompts.begin(), left.prompts.end());
  for (std::vector<fs::path>* const files : {&session.pictures, &session.rescued})
    files->insert(files->end(), left.rescued.begin(), left.rescued.end());
  if (!written.empty()) {
    session.prompts.push_back(written);  // if this window has an unsent prompt of its own
    if (!session.settings || session.settings->draft.prompt.empty()) {
      session.settings = left.settings;
      session.mask = left.mask;
      session.model = left.model;  // that the settings belong to
    }
  }
  left.queue.clear();
  left.prompts.clear();
  left.rescued.clear();
  left.settings.reset();
  left.mask.reset();
  return true;
}

}  // namespace

std::string session_text(const SavedSession& session) {
  json root{{"model", session.model},
            {"prompts", json::array()},
            {"pictures", json::array()},
            {"queue", json::array()}};
  if (session.settings) {
    root["settings"] = session_json(session.settings->draft);
    root["seed"] = session.settings->seed_text;
    if (const auto& ratio = session.settings->locked_ratio)
      root["locked_ratio"] = {ratio->width, ratio->height};
    if (const Margins& m = session.settings->outpaint; m != Margins{})
      root["outpaint"] = {m.left, m.top, m.right, m.bottom};
    for (const LoraTag& tag : session.settings->off_loras)
      root["off_loras"].push_back(write_lora_tag(tag));
  }
  if (session.settings && session.mask) {
    root["mask"] = {{"file", session.mask->name},
                    {"sha256", session.mask->sha256},
                    {"path", session.mask->path}};
  }
  const std::size_t prompts = session.prompts.size();
  for (std::size_t i = prompts > kMaxPrompts ? prompts - kMaxPrompts : 0; i < prompts; ++i)
    root["prompts"].push_back(session.prompts[i]);
  if (session.place) root["window"] = to_json(*session.place);
  for (const fs::path& picture : session.pictures) root["pictures"].push_back(picture.string());
  for (const fs::path& file : session.rescued) root["rescued"].push_back(file.string());
  for (const GenerationRequest& request : session.queue)
    root["queue"].push_back(session_json(request));
  for (const fs::path& file : session.lora_files) root["lora_files"].push_back(file.string());
  for (const std::string& model : session.recent_models) root["models"].push_back(model);
  for (const InitImage::File& start : session.starts) {
    root["starts"].push_back(
        {{"file", start.name}, {"sha256", start.sha256}, {"path", start.path}});
  }
  return root.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::optional<SavedSession> read_session_text(const std::string& text) {
  const json root = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return std::nullopt;
  SavedSession session;
  take(root, "model", session.model);
  if (const auto draft = read_request(part(root, "settings"))) {
    Settings settings;
    settings.draft = *draft;
    settings.draft.seed.reset();
    take(root, "seed", settings.seed_text);
    settings.locked_ratio = read_ratio(root, *draft);
    settings.outpaint = read_margins(root);
    std::vector<std::string> off;
    take(root, "off_loras", off);
    for (const std::string& tag : off) {
      const auto tags = lora_tags(tag);
      settings.off_loras.insert(settings.off_loras.end(), tags.begin(), tags.end());
    }
    session.settings = std::move(settings);
    if (part(root, "mask").is_object()) session.mask = read_file(root.at("mask"));
  }
  take(root, "prompts", session.prompts);
  session.place = read_place(part(root, "window"));
  take_paths(root, "pictures", session.pictures);
  take_paths(root, "rescued", session.rescued);
  take_paths(root, "lora_files", session.lora_files);
  take(root, "models", session.recent_models);
  for (const json& entry : part(root, "starts")) {
    InitImage::File start = read_file(entry);
    if (!start.path.empty()) session.starts.push_back(std::move(start));
  }
  for (const json& entry : part(root, "queue")) {
    auto request = read_request(entry);
    if (request && !request->prompt.empty()) session.queue.push_back(*std::move(request));
  }
  return session;
}

SessionFile::SessionFile(const fs::path& folder) : folder_(folder) {
  if (!folder.empty()) take_file(true);
}

SessionFile::~SessionFile() = default;

// Takes the file it had before, unless another window holds that now. Files of closed windows must
// be taken before they are read.
void SessionFile::take_file(bool left_by_others) {
  std::error_code ignored;
  fs::create_directories(folder_, ignored);
  const auto take = [&](const fs::path& file) {
    lock_.reset();  // may be the lock on the same file
    lock_ = std::make_unique<SessionLock>(file);
    if (lock_->state() == SessionLock::State::kByAnother) return false;
    if (std::exchange(file_, file) != file) written_.clear();
    return true;
  };
  if (!file_.empty() && take(fs::path(file_))) return;
  for (int window = 1; window <= kMaxWindows; ++window) {
    const fs::path file = file_of(folder_, window);
    if (!left_by_others && fs::exists(file, ignored)) continue;
    if (take(file)) return;
  }
  lock_.reset();
  file_.clear();
}

SavedSession SessionFile::read(std::string& warning) {
  SavedSession session;
  if (file_.empty()) return session;
  const std::string text = read_state_file(file_);
  if (auto found = read_session_text(text)) {
    session = *std::move(found);
  } else if (!text.empty()) {
    // Moved aside for the next session, but kept: the user may look for a prompt in it.
    const fs::path aside = file_.string() + ".damaged";
    std::error_code error;
    fs::rename(file_, aside, error);
    warning = error ? file_.string() : aside.string();
  }
  for (int window = 1; window <= kMaxWindows; ++window) {
    const fs::path other = file_of(folder_, window);
    std::error_code ignored;
    if (other == file_ || !fs::exists(other, ignored)) continue;
    const SessionLock lock(other);
    if (lock.state() != SessionLock::State::kHeld) continue;
    auto left = read_session_text(read_state_file(other));
    SavedSession both = session;
    if (!left || !take_over(both, *left)) continue;
    try {
      write(both);  // before it is removed from the other file
      session = std::move(both);
      write_state_file(other, session_text(*left), say("remember the session in"),
                       say("look at its folder"));
    } catch (const Error&) {
      break;  // the next write reports the problem
    }
  }
  return session;
}

void SessionFile::write(const SavedSession& session) {
  if (folder_.empty()) return;
  if (!lock_ || !lock_->holds()) take_file(false);
  if (file_.empty()) {
    throw Error(ErrorKind::kIo,
                say("cannot {0} {1}: {2}; {3}", say("remember the session in"), folder_,
                    say("all its files belong to other windows"), say("close one of them")));
  }
  const std::string text = session_text(session);
  std::error_code ignored;
  if (text == written_ && fs::exists(file_, ignored)) return;
  write_state_file(file_, text, say("remember the session in"),
                   say("it is lost when the window closes"));
  written_ = text;
}

SavedSession SessionFile::kept() const {
  if (file_.empty()) return {};
  return read_session_text(read_state_file(file_)).value_or(SavedSession{});
}

}  // namespace headroom
