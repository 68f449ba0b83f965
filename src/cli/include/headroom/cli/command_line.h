#pragma once
#include "headroom/cli/command.h"
#include "headroom/cli/grid_axis.h"
#include "headroom/config/app_config.h"
#include "headroom/core/error.h"
#include "headroom/core/finish.h"
#include "headroom/core/generation.h"
#include "headroom/core/size.h"
#include "headroom/image/extend.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace headroom {

// The typed options, together with the configuration. An empty optional was not typed:
// build_request() uses the model's default.
struct CommandLine {
  const Command* command = nullptr;  // null: the window opens
  AppConfig config;
  // For a window: an Error for each setting that could not be read and is not in `config`. The
  // window shows them, since a program that was started from a menu has no terminal.
  std::vector<Error> config_problems;

  std::string prompt;
  // --prompts and --wildcards: a file with prompts, a folder; empty = none.
  std::filesystem::path prompts_file, wildcards;
  std::optional<std::string> negative_prompt;
  std::optional<Size> size;
  std::optional<int> steps;
  std::optional<double> guidance;
  std::optional<double> cfg_normalization, cfg_truncation, shift;
  std::optional<std::uint64_t> seed;
  std::optional<int> count;
  std::vector<std::string> loras;          // each is FILE[:STRENGTH]
  std::filesystem::path init_image, mask;  // files or folders of files; empty = none
  std::optional<double> strength;
  std::optional<Margins> outpaint;  // with --init-image
  bool pad = false;                 // pad pictures to the size instead of cropping them
  std::optional<Variation> variation;
  std::optional<Variety> variety;
  std::optional<SeedMode> seed_mode;
  std::optional<GridAxis> grid_x, grid_y;
  std::vector<std::filesystem::path> pictures;  // finish, upscale: files and folders
  FinishSize finish_size = Times{};
  std::optional<FinishMethod> finish_how;  // nothing: refined by what the model recommends
  std::filesystem::path output;            // a .png file or a folder; empty = the configured folder
  std::filesystem::path dump_file;         // empty = none
  std::filesystem::path inspected;         // inspect FILE|DIR
  std::filesystem::path looked_into;       // models DIR; empty = only the usual folders
  std::string quantized_to;                // quantize: int8, q8_0 or q4_k
  std::string network;                     // quantize: transformer or text-encoder
  bool inspects_model = false;             // inspect: parts of a model were named too
  int step = 64;                           // frontier, px
  int max = 2048;                          // frontier, px
  std::vector<std::string> waiting;        // resume NAME...; empty = all
  bool drop = false, list = false;         // resume
  std::optional<int> scale;                // upscale
  std::optional<double> denoise;           // upscale
  bool dry_run = false;                    // upscale
  bool model_is_typed = false;             // whether --model was given
  bool clear = false;                      // cache
  bool json = false;
};

// Reads configuration files, environment and arguments; later ones override earlier ones.
// `commands` are those of the program and must live as long as the result. Nothing if only help or
// the version was asked for, which is then printed. Throws Error{kInvalidRequest}, and also
// Error{kConfig} unless the window is to open.
[[nodiscard]] std::optional<CommandLine> read_command_line(int argc, const char* const* argv,
                                                           std::span<const Command> commands);

// Overwrites the fields of `request` that were typed.
void apply_typed(const CommandLine& line, GenerationRequest& request);
// The typed request, with the model's defaults for everything that was not typed.
[[nodiscard]] GenerationRequest build_request(const CommandLine& line, const ModelInfo& model);

}  // namespace headroom
