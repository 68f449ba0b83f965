#pragma once
#include "headroom/gui_state/window_services.h"
#include "headroom/gui_toolkit/wake_window.h"

#include <memory>

namespace headroom {

// kStartAgain: the user asked for a restart, because the device has failed in this process or a
// setting was wrong. The new process restores the session with all waiting jobs.
enum class WindowEnd { kClosed, kStartAgain };

// The one window of the program. Create, use and destroy it on the main thread.
//
// For tests: when the environment variable HEADROOM_UI_DUMP names a file, the window writes there,
// at most five times a second and always whole (temp file, rename), what it shows:
//   {"window": {"width", "height", "scale"},
//    "widgets": {NAME: {"x", "y", "w", "h", "enabled"}},                         window pixels
//    "says": {NAME: TEXT},       words of: tip, progress, plan, plan.host, preset.NAME, gauge.ROW,
//                                value.KEY, models.N.PRESET, loras.N, mask (its line),
//                                apply (which result of a repaint), outpaint (what the larger
//                                canvas takes), finish.size.N, finish.reason, upscale.model.N,
//                                upscale.reason
//    "texts": [TEXT],           all that is drawn as a text
//    "state": {"running", "cancelling", "jobs", "stage", "step", "image_index",
//              "job_done", "pictures", "selected", "live", "compares",
//              "canvas_focused", "region", "editing", "escape_cancels",
//              "width", "height", "can_generate", "reason", "flashes", "prompt", "tokens",
//              "read_bytes", "offers" (a picture's name), "start" (the name of the picture that
//              the next one starts from), "start_found", "strength", "mask" (its share in percent,
//              -1: there is none), "outpaint" ([left, top, right, bottom] px), "feather",
//              "painting", "erases", "brush", "loras":
//              [{"name", "strength", "on", "found"}], "language",
//              "model", "model_path", "device", "dtype", "change" (what to),
//              "models": [NAME] (that are here), "lora_files": [NAME], "looking" (for either),
//              "sheet": "|models|loras" (that is open),
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
// canvas.actual, vary, finish (opens its list), finish.size.N, finish.refine, finish.same_seed,
// finish.upscaler, finish.strength, finish.strength.value, finish.start, upscale (opens its list),
// upscale.denoise, upscale.model.N, upscale.scale.N, upscale.start, compare (held), use_image,
// mask, settings (opens the list), settings.all, settings.prompt, settings.seed, apply.before,
// apply.next, apply.keep, apply.discard, apply.more, mask.brush, mask.erase, mask.box, mask.fill,
// mask.size, mask.feather (the sliders), outpaint.left, outpaint.top, outpaint.right,
// outpaint.bottom (the canvas's edges), outpaint.line, outpaint.remove, mask.invert, mask.clear,
// mask.done, mask.picture (where it lies while a mask is painted), mask.line, mask.remove,
// variation, variation.remove, variety.remove, seed_mode.remove, start (the chip's name),
// start.mask, start.remove, start.again, strength, strength.value, lora.N (the chip's name),
// lora.N.on, lora.N.remove, lora.N.strength, lora.N.strength.value, lora.more, progress, strip.N,
// strip.live, details (opens the drawer), use_settings, reuse_seed, copy_picture, copy_path,
// show_in_folder, save_again, gauge, gauge.spark, value.KEY (a row of the picture's settings),
// value.prompt, queue, queue.cancel.ID, queue.up.ID, queue.down.ID, queue.drag.ID, queue.clear,
// language, theme, tip (an explanation), banner.N, banner.N.action, banner.N.close, bell (opens the
// list of folded messages), bell.N.close, banner.N.action_model, model.folder, model.open,
// model.cancel, model (the plate, which opens the list), model.N, model.other, model.keep,
// format.NAME, device (likewise), device.NAME, models.all (opens the list of all models), models.N,
// models.N.copy, models.filter, models.add, models.folder, models.folder.add, models.folder.cancel,
// models.place.N.remove, models.close, loras (opens the list of LoRAs), loras.N, loras.filter,
// loras.close, close.finish, close.now, close.stay, close.folder, close.save, save.later,
// plan.stages (the table in plan.card).
class Window {
 public:
  // Throws Error{kInternal} when no window can be opened (no display, no OpenGL 3) and
  // Error{kConfig} when a language file is broken.
  explicit Window(WindowServices services);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // Shows the window until it is closed; asks first if something would be lost.
  WindowEnd run();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace headroom
