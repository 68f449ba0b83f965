#include "option_groups.h"

#include "headroom/core/size.h"
#include "headroom/device/device.h"
#include "headroom/image/picture_formats.h"

#include <CLI/CLI.hpp>

namespace headroom {

void add(CLI::App& app, const std::string& group, const std::string& names, const char* value,
         TypedOptions::Text& target, const std::string& help) {
  app.add_option_function<std::string>(
         names, [&target](const std::string& text) { target = text; }, help)
      ->type_name(value)
      ->take_last()
      ->group(group);
}

void add_config_option(CLI::App& app, TypedOptions& typed) {
  add(app, "Program", "--config", "FILE", typed.config_file,
      "Configuration file to read on top of your own");
}

void add_memory_options(CLI::App& app, TypedOptions& typed) {
  const std::string group = "Memory";
  add(app, group, "--pretend-vram", "SIZE", typed.pretend_vram,
      "Behave like a card of this size, e.g. 6G");
  add(app, group, "--pretend-others", "FILE", typed.pretend_others,
      "Pretend that other programs hold memory: lines like \"2.5G blender\", read again all the "
      "time");
  add(app, group, "--vram-cap", "SIZE", typed.vram_cap, "Use at most this much memory, e.g. 5G");
  add(app, group, "--vram-reserve", "SIZE", typed.reserve,
      "Leave this much memory free; default: 3 %, at least 256M or a tenth");
}

void add_part_options(CLI::App& app, TypedOptions& typed) {
  const std::string group = "Model and device";
  add(app, group, "--text-encoder", "FILE|DIR", typed.text_encoder,
      "Text encoder; default: the model's own, or found beside its file");
  add(app, group, "--vae", "FILE|DIR", typed.vae,
      "Decoder; default: the model's own, or found beside its file");
  add(app, group, "--tokenizer", "DIR", typed.tokenizer,
      "Folder with tokenizer.json; default: the model's own, or found beside its file");
}

void add_model_option(CLI::App& app, TypedOptions& typed) {
  add(app, "Model and device", "--model", "DIR|FILE|REPO", typed.model,
      "Model folder, transformer or checkpoint file, or a repository in the Hugging Face cache; "
      "default: the starter model. For plan and frontier also z-image or z-image-turbo: their "
      "configs come with the program");
  add_part_options(app, typed);
}

void add_processor_options(CLI::App& app, TypedOptions& typed) {
  const std::string group = "Model and device";
  add(app, group, "--device", "DEVICE", typed.device,
      "One of " + device_words() + "; default: auto, the first card, else the CPU");
  add(app, group, "--threads", "N", typed.threads, "CPU threads; default: 0, one per core");
}

void add_device_options(CLI::App& app, TypedOptions& typed) {
  const std::string group = "Model and device";
  add_processor_options(app, typed);
  add(app, group, "--dtype", "TYPE", typed.dtype,
      "Number format: auto, fp32, bf16, fp16, or int8 on the CPU; auto: fp32 on the CPU, bf16 on a "
      "card (fp16 before RTX 30). plan and frontier also know int8 for cards, and q4, which cannot "
      "run yet");
}

void add_low_vram_flag(CLI::App& app, TypedOptions& typed) {
  app.add_flag(
         "--low-vram", typed.low_vram,
         "Save memory before time: the plan that holds least, of those that fit and take at most "
         "twice as long as the fastest")
      ->group("Memory");
}

void add_run_options(CLI::App& app, TypedOptions& typed) {
  add_model_option(app, typed);
  add_device_options(app, typed);
  add_memory_options(app, typed);
  add_low_vram_flag(app, typed);
  add_config_option(app, typed);
}

namespace {
const std::string kPictureGroup = "Picture";
}

void add_request_options(CLI::App& app, TypedOptions& typed) {
  const std::string& group = kPictureGroup;
  add_prompt_options(app, typed);
  add(app, group, "--size", "WxH", typed.size,
      "Width and height in pixels, e.g. 768x512; default: 512x512");
  add(app, group, "--preset", "NAME", typed.preset, "Size by name: " + preset_names());
  add_setting_options(app, typed);
  add(app, group, "--count", "N", typed.count, "How many pictures, 1 to 64; default: 1");
}

void add_prompt_options(CLI::App& app, TypedOptions& typed) {
  const std::string& group = kPictureGroup;
  add(app, group, "-p,--prompt", "TEXT", typed.prompt, "What to draw");
  add(app, group, "-n,--negative", "TEXT", typed.negative_prompt,
      "What to avoid; works with guidance above 0 only");
}

void add_setting_options(CLI::App& app, TypedOptions& typed) {
  const std::string& group = kPictureGroup;
  add(app, group, "--steps", "N", typed.steps, "Denoising steps, 1 to 1000; default: the model's");
  add(app, group, "--guidance", "G", typed.guidance,
      "Guidance scale from 0, off, to 100: the usual CFG scale minus 1; default: the model's");
  add(app, group, "--seed", "S", typed.seed,
      "Seed of the first picture, each further one adds 1; default: a new one, as -1 and random");
  add(app, group, "--variation", "SEED:STRENGTH", typed.variation,
      "The picture of --seed, but a little different: its noise turned towards that of another "
      "seed, by 0, not at all, to 1; further pictures add 1 to this seed instead");
  add(app, group, "--variety", "S[:PERCENT]", typed.variety,
      "For models whose seeds look alike: seeded noise on what is read of the prompt, 0.1 subtle, "
      "0.5 strong, in so many percent of it; default: none, and 50 percent");
  add(app, group, "--seed-mode", "MODE", typed.seed_mode,
      "plain, or composition: a seed gives sizes that are twice each other the same composition; "
      "default: plain");
  add(app, group, "--cfg-normalization", "C", typed.cfg_normalization,
      "Cap the guided prediction's norm at this multiple; default: 0, no cap");
  add(app, group, "--cfg-truncation", "T", typed.cfg_truncation,
      "No guidance once the model's time passes this; default: 1, always guided");
  app.add_option(
         "--lora", typed.loras,
         "A LoRA for the transformer, with a strength from -100 to 100; default: 1. Once for "
         "each; a name in place of the file, and <lora:NAME:STRENGTH> in the prompt, look in "
         "the folders loras of the model")
      ->type_name("FILE[:STRENGTH]")
      ->allow_extra_args(false)
      ->group(group);
  add(app, group, "--shift", "S", typed.shift, "Shift of the noise schedule; default: the model's");
}

void add_init_options(CLI::App& app, TypedOptions& typed) {
  const std::string group = "Start from a picture";
  add(app, group, "--init-image", "FILE|DIR", typed.init_image,
      format_names(PictureUse::kPixels) +
          " to start from; without --size or --preset the result has its size. generate also takes "
          "a folder of such: its pictures go to the folder after -o under their names, and those "
          "that are there already are left out");
  add(app, group, "--strength", "S", typed.strength,
      "How much may change: above 0, hardly anything, to 1, everything; default: 0.6, with --mask "
      "1");
  add(app, group, "--mask", "FILE|DIR", typed.mask,
      "Picture of the same size: white is painted anew, black stays, grey is painted anew in so "
      "large a part of the steps, the last ones; for a folder of pictures one file for all, or a "
      "folder with the same names");
  add(app, group, "--outpaint", "L,T,R,B", typed.outpaint,
      "Extend the canvas by so many pixels left, top, right and bottom, and paint what is new");
  add(app, group, "--fit", "HOW", typed.fit,
      "A picture that does not have the size, or no whole units, is brought to it by crop, or by "
      "pad, with its edges extended; default: crop");
}

void add_json_flag(CLI::App& app, TypedOptions& typed, const char* help) {
  app.add_flag("--json", typed.json, help)->group("Output");
}

}  // namespace headroom
