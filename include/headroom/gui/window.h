#pragma once
#include "headroom/config/app_config.h"
#include "headroom/core/generation.h"
#include "headroom/core/memory_snapshot.h"
#include "headroom/core/run_shape.h"
#include "headroom/engine/generation_queue.h"
#include "headroom/engine/lookout.h"
#include "headroom/engine/memory_sampler.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace headroom {

// How long a prompt is for the model.
struct PromptLength {
  int tokens = 0;              // of all of it, template included
  int read_tokens = 0;         // that the model reads
  std::size_t read_bytes = 0;  // what the model reads of its text; all of it: the text's size
};

// Why the window does not show what was asked for.
struct StartProblem {
  Message title;             // what it shows instead
  Message text;              // the fault and the way out
  bool is_of_model = false;  // another one may do
};

// What the window gets from the program. The queue and the sampler must outlive the window.
struct WindowServices {
  GenerationQueue& queue;
  MemorySampler& memory;
  Lookout::Sources lookout;  // what would happen, asked on a thread of its own
  // Called when a prompt changes. Empty: no count is shown.
  std::function<PromptLength(const std::string&)> measure_prompt{};
  // The shape of a request's pictures, whose prompts are so long.
  std::function<RunShape(const GenerationRequest&, int prompt_tokens, int negative_tokens)> shape;
  ModelInfo model;
  std::string device_name;  // "CPU", "RTX 3060 Laptop"
  AppConfig config;
  std::vector<StartProblem> start_problems{};
  std::filesystem::path output_folder;  // where pictures go; shown for a picture without a file
  // Holds fonts/, icons/ and lang/; the build makes it as share/headroom below the build folder.
  std::filesystem::path assets_folder;
  // Where the language and theme that are chosen in the window are kept; empty: nowhere.
  std::filesystem::path state_file{};
  // Holds what comes back at the next start: session.json. Empty: nothing does.
  std::filesystem::path session_folder{};
  // By language ("en", "zh"): one line that says what the model can draw, and prompts to try.
  std::map<std::string, std::string> can_draw{};
  std::map<std::string, std::vector<std::string>> examples{};
  // What the empty canvas shows at first: pictures of the model, and by language their prompts.
  std::vector<std::filesystem::path> sample_pictures{};
  std::map<std::string, std::vector<std::string>> samples{};
  // Tries again to save a picture whose save failed; returns its file, throws Error.
  std::function<std::filesystem::path(const FinishedPicture&)> save_again{};
  // Saves a picture into the folder; returns its file, throws Error.
  std::function<std::filesystem::path(const FinishedPicture&, const std::filesystem::path& folder)>
      save_to{};
  // Takes the model in the folder for the window that opens after this one, which ends with
  // kStartAgain then; throws Error when it cannot be opened. Empty: no other is asked for.
  std::function<void(const std::filesystem::path& folder)> choose_model{};
  // Keeps a picture that could not be saved where it can; for an end that nobody attends.
  std::function<void(const FinishedPicture&)> rescue{};
  // Whether the program was asked to end (SIGTERM): the window puts things away and closes.
  std::function<bool()> ending{};
};

// kStartAgain: the person asked for a new start, because the device is lost to this process or
// another model is to be opened; it finds the session with all that waits.
enum class WindowEnd { kClosed, kStartAgain };

// The one window of the program. Create, use and destroy it on the main thread.
//
// For tests: when the environment variable HEADROOM_UI_DUMP names a file, the window writes there,
// at most five times a second and always whole (temp file, rename), what it shows:
//   {"window": {"width", "height", "scale"},
//    "widgets": {NAME: {"x", "y", "w", "h", "enabled"}},                         window pixels
//    "says": {NAME: TEXT},       words of: tip, progress, plan, plan.host, preset.NAME, gauge.ROW,
//                                value.KEY
//    "texts": [TEXT],           all that is drawn as a text
//    "state": {"running", "cancelling", "jobs", "stage", "step", "image_index",
//              "job_done", "pictures", "selected", "live",
//              "canvas_focused", "region", "editing", "escape_cancels",
//              "width", "height", "can_generate", "reason", "flashes", "prompt", "tokens",
//              "read_bytes", "offers" (a picture's name), "language",
//              "theme", "hand", "seed", "steps", "guidance", "count", "banners": [TEXT], "folded",
//              "queue": [JOB], "picture_file", "closing", "offered", "cards": {PRESET: {"state":
//              "fits|tight|slower|short|pending", "recommended", "selected"}}, "recommended":
//              PRESET, "critical_point": "WxH", "rungs": [NAME], "others": [NAME],
//              "memory": {"total", "free", "others"}, "frames",
//              "frame_ms", "seconds"}}
// Widgets: prompt, sample.N (a picture of the empty canvas), negative, negative.fold, example.N,
// example.more, example.fold, preset.512, preset.768, preset.1024, preset.16:9, preset.9:16,
// size.width, size.height, size.lock, size.swap, size.suggest, size.again, size.critical,
// settings.fold, steps, guidance, count (the slider) and steps.value,
// ... (the number), seed, seed.random, plan (its line), plan.card, reason (why Generate is off),
// generate, cancel, canvas, picture (where the picture lies on the canvas), canvas.fit,
// canvas.actual, progress, strip.N, strip.live, details (opens the drawer), use_settings,
// reuse_seed, copy_picture, copy_path, show_in_folder, save_again, gauge, gauge.spark, value.KEY (a
// row of the picture's settings), value.prompt, queue, queue.cancel.ID, queue.up.ID,
// queue.down.ID, queue.drag.ID, queue.clear, language,
// theme, tip (an explanation), banner.N, banner.N.action, banner.N.close, bell (opens the list of
// folded messages), bell.N.close, banner.N.action_model, model.folder, model.open,
// model.cancel, close.finish, close.now, close.stay, close.folder, close.save,
// save.later, plan.stages (the table in plan.card).
class Window {
 public:
  // Throws Error{kInternal} when no window can be opened (no display, no OpenGL 3) and
  // Error{kConfig} when a language file is broken.
  explicit Window(WindowServices services);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // Shows the window until it is closed, asking first while something would be lost.
  WindowEnd run();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Makes a sleeping window draw again. From any thread, at any time: without a window it does
// nothing.
void wake_window();

}  // namespace headroom
