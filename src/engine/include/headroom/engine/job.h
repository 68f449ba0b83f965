#pragma once
#include "headroom/core/generator.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace headroom {

using JobId = std::uint64_t;

// Why a job or a change failed: the kind of the Error and its sentence.
struct Failure {
  ErrorKind kind;
  Message message;
};

// A picture that came out of the queue. Exactly one of `file` and `save_error` is set; a picture
// that could not be saved still has its pixels.
struct FinishedPicture {
  JobId job = 0;
  GenerationRequest request;  // its seed is the one used for the job's first picture
  GeneratedImage picture;     // its run record has the seconds that saving took
  std::filesystem::path file;
  Message save_error;
};

// A waiting or running job as the queue sees it. Stage, image_index (0-based), step and
// total_steps say how far a running one is; `preview` is null before the first one of the present
// picture.
struct JobStatus {
  JobId id = 0;
  GenerationRequest request;
  bool running = false;
  bool cancelling = false;
  std::optional<Plan> plan;           // set once the run has chosen its plan
  std::optional<std::uint64_t> seed;  // of the first picture; set once it is known
  Stage stage = Stage::kLoad;
  int image_index = 0;
  int step = 0;
  int total_steps = 0;
  std::chrono::steady_clock::time_point started{};        // when the job began to run
  std::chrono::steady_clock::time_point stage_started{};  // when `stage` began
  std::shared_ptr<const Image> preview;
  std::vector<Notice> notices;  // so far, in order
};

// How a job ended. `value` is monostate when all its pictures were made.
struct JobOutcome {
  JobId id = 0;
  GenerationRequest request;
  int pictures = 0;  // finished before the end, whatever the end was
  std::variant<std::monostate, Cancelled, Failure> value;
  std::vector<Notice> notices;  // all that JobStatus has shown, and later ones
  // How far it had come; nothing when it had not begun.
  struct Place {
    Stage stage = Stage::kLoad;
    int image_index = 0;
    int step = 0;
    int total_steps = 0;
  };
  std::optional<Place> place;
};

}  // namespace headroom
