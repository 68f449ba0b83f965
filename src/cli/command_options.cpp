#include "headroom/cli/command_options.h"

#include "headroom/core/error.h"
#include "headroom/core/size.h"
#include "headroom/image/picture_formats.h"
#include "headroom/model_files/quantize.h"

#include "option_groups.h"

#include <string>

#include <CLI/CLI.hpp>

namespace headroom {
namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kInvalidRequest, message);
}

}  // namespace

void cache_options(CLI::App& cache, TypedOptions& typed) {
  cache.add_flag("--clear", typed.clear, "Remove them all");
  add_json_flag(cache, typed, "Print one JSON object");
  add_config_option(cache, typed);
}

void models_options(CLI::App& models, TypedOptions& typed) {
  add(models, "", "folder", "DIR|FILE", typed.folder,
      "Look there too: a folder of models or weight files, ComfyUI's or Forge's, or an "
      "extra_model_paths.yaml; default: those of model.folders and the usual ones");
  models.get_option("folder")->group("Positionals");
  add_json_flag(models, typed, "Print one JSON object");
  add_device_options(models, typed);
  add_low_vram_flag(models, typed);
  add_memory_options(models, typed);
  add_config_option(models, typed);
}

void quantize_options(CLI::App& quantize, TypedOptions& typed) {
  const std::string group = "Output";
  add(quantize, group, "--to", "FORMAT", typed.to,
      "int8 (ComfyUI's int8 with ConvRot, .safetensors), q8_0 or q4_k (.gguf, q4_k with Q6_K where "
      "it is usual)");
  add(quantize, group, "--network", "NAME", typed.network,
      "transformer or text-encoder; default: transformer");
  add(quantize, group, "-o,--output", "FILE", typed.output,
      "The new file. When it is stopped, the same command goes on where it was");
  add_json_flag(quantize, typed, "Print one JSON object");
  add_model_option(quantize, typed);
  add(quantize, "Model and device", "--threads", "N", typed.threads,
      "CPU threads; default: 0, one per core");
  add_config_option(quantize, typed);
}

void resume_options(CLI::App& resume, TypedOptions& typed) {
  resume
      .add_option("name", typed.waiting,
                  "The pictures by their names; default: all that wait, which is also called all")
      ->type_name("NAME")
      ->group("Positionals");
  resume.add_flag("--list", typed.list, "Only list what waits");
  resume.add_flag("--drop", typed.drop, "Remove these for good instead");
  add_json_flag(resume, typed, "Print one JSON object a picture");
  add_run_options(resume, typed);
}

void generate_options(CLI::App& generate, TypedOptions& typed) {
  add_request_options(generate, typed);
  add(generate, "Picture", "--prompts", "FILE", typed.prompts,
      "Text file with a prompt on each line, in place of -p; lines that begin with # do not count");
  add(generate, "Picture", "--wildcards", "DIR", typed.wildcards,
      "Folder of text files: __NAME__ in a prompt is a line of NAME.txt, picked by the seed as "
      "{this|that} is");
  add_init_options(generate, typed);
  const std::string grid = "Grid";
  add(generate, grid, "--grid-x", "SETTING=A,B,...", typed.grid_x,
      "A picture for each value, from left to right: a setting by its option's name, prompt:WORD, "
      "whose values stand in the place of that word, or lora:NAME; ranges are 1-4 and 0-2(+0.5). "
      "Pictures and a sheet with labels go to the folder after -o");
  add(generate, grid, "--grid-y", "SETTING=A,B,...", typed.grid_y, "The same, from top to bottom");
  add(generate, "Output", "-o,--output", "FILE|DIR", typed.output,
      "A new .png file (further pictures get _2, _3, ...) or a folder; default: "
      "~/Pictures/Headroom/outputs_YYYYMMDDHHMMSS.png");
  add(generate, "Output", "--dump", "FILE", typed.dump_file,
      "Write every intermediate result of the first picture to a safetensors file");
  add_json_flag(generate, typed, "Print one JSON object a picture instead of its file name");
  add_run_options(generate, typed);
}

void finish_options(CLI::App& finish, TypedOptions& typed) {
  finish
      .add_option("pictures", typed.pictures,
                  "Pictures with settings inside, by this program or another one, or folders of "
                  "such")
      ->type_name("FILE|DIR")
      ->group("Positionals");
  const std::string group = "Finish";
  add(finish, group, "--size", "SIZE", typed.finish_size,
      "How large: 2x, the longer side in pixels, such as 1024, or both, such as 1024x576, to whose "
      "shape pictures are cut; default: 2x");
  add(finish, group, "--preset", "NAME", typed.preset, "Size by name: " + preset_names());
  add(finish, group, "--how", "METHOD", typed.finish_how,
      "refine:STRENGTH enlarges the picture and lets so much of it change, above 0 to 1; same-seed "
      "makes its settings anew at the larger size; upscaler:FILE asks no model, as headroom "
      "upscale "
      "--model FILE, and makes it 2, 3 or 4 times as large; default: refine, by the strength that "
      "the model recommends, 0.35 for most");
  finish.footer(
      "\nPrompt and settings that are not typed are the picture's, and so is the model, if it is "
      "found;\nthe defaults above are for what a picture does not tell.");
  add_prompt_options(finish, typed);
  add_setting_options(finish, typed);
  add(finish, "Output", "-o,--output", "FILE|DIR", typed.output,
      "A new .png file, or a folder, in which fox.png becomes fox_1024x1024.png; what is there "
      "already is left out; default: ~/Pictures/Headroom");
  add_json_flag(finish, typed, "Print one JSON object a picture instead of its file name");
  add_run_options(finish, typed);
}

void upscale_options(CLI::App& upscale, TypedOptions& typed) {
  upscale
      .add_option("pictures", typed.pictures,
                  format_names(PictureUse::kPixels) +
                      " pictures, or folders of such; those that are made already are left out")
      ->type_name("FILE|DIR")
      ->group("Positionals");
  add(upscale, "Upscaling", "--model", "FILE|NAME", typed.model,
      "A Real-ESRGAN or ESRGAN model, .safetensors or .pth (RRDBNet, SRVGGNetCompact); lanczos, "
      "which needs none; or the program realesrgan-ncnn-vulkan, with its folder if it is not in "
      "the PATH");
  add(upscale, "Upscaling", "--scale", "N", typed.scale,
      "2, 3 or 4 times as large along a side; default: the model's own, of lanczos 2. Smaller than "
      "the model's own: enlarged by that and made smaller by Lanczos");
  add(upscale, "Upscaling", "--denoise", "S", typed.denoise,
      "Of realesr-general-x4v3, mixed with realesr-general-wdn-x4v3 beside it: from 0, noise and "
      "grain stay, to 1, the model alone; default: 1");
  add(upscale, "Output", "-o,--output", "FILE|DIR", typed.output,
      "A new .png file, for one picture, or a folder; default: ~/Pictures/Headroom. In a folder "
      "cat.png becomes cat_4x.png");
  upscale.add_flag("--dry-run", typed.dry_run, "Only say what each picture would need")
      ->group("Output");
  add_json_flag(upscale, typed, "Print one JSON object a picture instead of its file name");
  add_processor_options(upscale, typed);
  add_memory_options(upscale, typed);
  add_config_option(upscale, typed);
}

void plan_options(CLI::App& plan, TypedOptions& typed) {
  add_request_options(plan, typed);
  add_init_options(plan, typed);
  add_json_flag(plan, typed, "Print one JSON object");
  add_run_options(plan, typed);
}

void frontier_options(CLI::App& frontier, TypedOptions& typed) {
  add(frontier, "Table", "--step", "N", typed.step, "Distance of the sizes in pixels; default: 64");
  add(frontier, "Table", "--max", "N", typed.max, "Largest side in pixels; default: 2048");
  add_request_options(frontier, typed);
  add_json_flag(frontier, typed, "Print one JSON object");
  add_run_options(frontier, typed);
}

void report_options(CLI::App& report, TypedOptions& typed) {
  add_json_flag(report, typed, "Print one JSON object");
  add_config_option(report, typed);
}

void devices_options(CLI::App& devices, TypedOptions& typed) {
  add_json_flag(devices, typed, "Print one JSON object");
  add_memory_options(devices, typed);
  add_config_option(devices, typed);
}

void calibrate_options(CLI::App& calibrate, TypedOptions& typed) {
  calibrate.footer(
      "\nRuns single operations, takes seconds, and stores what predictions must add for this "
      "device,\n"
      "libtorch and number format. On the CPU that is nothing. Written for cards as well, but not\n"
      "tried on one yet.");
  add_json_flag(calibrate, typed, "Print one JSON object");
  add_device_options(calibrate, typed);
  add_config_option(calibrate, typed);
}

void inspect_options(CLI::App& inspect, TypedOptions& typed) {
  add(inspect, "", "path", "FILE|DIR", typed.inspected,
      "A picture, a .safetensors or .gguf file, a shard index or a model: its folder, or with the "
      "options below its file");
  inspect.get_option("path")->group("Positionals");
  add_part_options(inspect, typed);
  add_json_flag(inspect, typed, "Print one JSON object");
  add_config_option(inspect, typed);
}

void tokenize_options(CLI::App& tokenize, TypedOptions& typed) {
  add_model_option(tokenize, typed);
  add_config_option(tokenize, typed);
}

void need_prompt(const TypedOptions& typed) {
  const auto brings_prompts = [](const TypedOptions::Text& axis) {
    return axis && axis->starts_with("prompt=");
  };
  if (brings_prompts(typed.grid_x) || brings_prompts(typed.grid_y)) return;
  if (!typed.prompt && !typed.prompts) {
    refuse("generate needs a prompt; say what to draw with -p \"...\"");
  }
}

void need_pictures(const TypedOptions& typed) {
  if (typed.pictures.empty()) {
    refuse("finish needs a picture; name one or several, or a folder of them");
  }
}

void need_path(const TypedOptions& typed) {
  if (!typed.inspected) refuse("inspect needs a picture, a weight file or a model; name one");
}

void need_format(const TypedOptions& typed) {
  if (typed.to && typed.output) return;
  refuse(typed.to ? "quantize needs a file to write; name it with -o FILE"
                  : "quantize needs a format; choose --to " + quantized_words());
}

void need_pictures_and_model(const TypedOptions& typed) {
  if (typed.pictures.empty()) refuse("upscale needs pictures; name files or a folder");
  if (!typed.model) {
    refuse("upscale needs a model; name a file with --model, or choose --model lanczos");
  }
}

}  // namespace headroom
