#pragma once
#include "headroom/core/generation.h"
#include "headroom/gui_state/undo.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// What comes back when the window is opened again. A plain value.
struct SavedSession {
  struct Place {
    int x = 0, y = 0;           // screen coordinates
    int width = 0, height = 0;  // pixels
    bool maximized = false;
    int asked_width = 0, asked_height = 0;  // what the configuration said then
    friend bool operator==(const Place&, const Place&) = default;
  };
  std::string model;  // whose steps and guidance these are
  std::optional<Settings> settings;
  std::optional<InitImage::File> mask;  // of the settings, which have none themselves
  std::vector<std::string> prompts;     // the history, oldest first
  std::optional<Place> place;
  std::vector<std::filesystem::path> pictures;  // oldest first
  // What was not made. Pictures that requests start from are told by path and hash, without pixels.
  std::vector<GenerationRequest> queue;
  std::vector<std::filesystem::path> lora_files;  // see UiState::lora_files
  std::vector<std::string> recent_models;         // see UiState::recent_models
  std::vector<InitImage::File> starts;  // where such pictures are; see UiState::known_starts
};

[[nodiscard]] std::string session_text(const SavedSession& session);
// Whatever of `text` can be read; the rest is as if it had never been there. Nothing at all when
// it is no text of ours.
[[nodiscard]] std::optional<SavedSession> read_session_text(const std::string& text);

// The session's file in `folder`. A window that is open at the same time has a file of its own
// (session-2.json, ...), so that none overwrites another's queue.
class SessionFile {
 public:
  // Takes the first file that no other window holds, also in a folder that takes nothing: what is
  // in it can be read, and writing says what is wrong. An empty folder: nothing is kept.
  explicit SessionFile(const std::filesystem::path& folder);
  ~SessionFile();
  SessionFile(const SessionFile&) = delete;
  SessionFile& operator=(const SessionFile&) = delete;

  // The last session, with what windows left behind which nobody holds any more: their jobs and
  // prompts, and the settings of an unsent prompt where this session has none. While that cannot be
  // written down here, it stays where it is. `warning` says what could not be read.
  [[nodiscard]] SavedSession read(std::string& warning);
  // Throws Error{kIo}, each time. What stands there already is not written again.
  void write(const SavedSession& session);
  // What comes back at the next start if nothing more is written.
  [[nodiscard]] SavedSession kept() const;

 private:
  struct Lock;
  void take_file(bool left_by_others);

  std::filesystem::path folder_;
  std::filesystem::path file_;  // empty: there is none that could be taken
  std::unique_ptr<Lock> lock_;
  std::string written_;
};

}  // namespace headroom
