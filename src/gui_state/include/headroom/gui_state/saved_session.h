#pragma once
#include "headroom/core/generation.h"
#include "headroom/gui_state/undo.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

class SessionLock;

// What is restored when the window is opened again. A plain value.
struct SavedSession {
  struct Place {
    int x = 0, y = 0;           // screen coordinates
    int width = 0, height = 0;  // pixels
    bool maximized = false;
    int asked_width = 0, asked_height = 0;  // configured size at that time
    friend bool operator==(const Place&, const Place&) = default;
  };
  std::string model;  // the model that steps and guidance belong to
  std::optional<Settings> settings;
  std::optional<InitImage::File> mask;  // mask of `settings`, which do not include it
  std::vector<std::string> prompts;     // the history, oldest first
  std::optional<Place> place;
  std::vector<std::filesystem::path> pictures;  // oldest first
  // Where pictures were put at the end that could not be saved in their folder: told once.
  std::vector<std::filesystem::path> rescued;
  // Requests that were not run. Their start pictures are stored as path and hash, without pixels.
  std::vector<GenerationRequest> queue;
  std::vector<std::filesystem::path> lora_files;  // see UiState::lora_files
  std::vector<std::string> recent_models;         // see UiState::recent_models
  std::vector<InitImage::File> starts;  // where start pictures are; see UiState::known_starts
};

// The session as text for read_session_text().
[[nodiscard]] std::string session_text(const SavedSession& session);
// Reads everything in `text` that can be read and ignores the rest. Nothing when it is not a
// session.
[[nodiscard]] std::optional<SavedSession> read_session_text(const std::string& text);

// The session's file in `folder`. If several windows are open, each has its own (session-2.json,
// ...), so that none overwrites another's queue, also where the file system has no locks.
class SessionFile {
 public:
  // Takes the first file that no other window holds. This also works in a read-only folder: the
  // session can be read, and write() reports the problem. An empty path: nothing is kept.
  explicit SessionFile(const std::filesystem::path& folder);
  ~SessionFile();
  SessionFile(const SessionFile&) = delete;
  SessionFile& operator=(const SessionFile&) = delete;

  // The last session. It includes what other windows left behind and nobody holds any more: their
  // jobs, prompts, and the settings of an unsent prompt if this session has none. That stays in
  // its old file until it can be written here. `warning` says what could not be read.
  [[nodiscard]] SavedSession read(std::string& warning);
  // Writes the session, unless the file has it already. Throws Error{kIo}, at each call.
  void write(const SavedSession& session);
  // What would be restored at the next start if nothing more was written.
  [[nodiscard]] SavedSession kept() const;

 private:
  void take_file(bool left_by_others);

  std::filesystem::path folder_;
  std::filesystem::path file_;  // empty: no file could be taken
  std::unique_ptr<SessionLock> lock_;
  std::string written_;
};

}  // namespace headroom
