#pragma once
#include "headroom/config/app_config.h"
#include "headroom/core/error.h"
#include "headroom/core/finish.h"
#include "headroom/core/generation.h"
#include "headroom/core/size.h"
#include "headroom/image/extend.h"

#include "cli/command_table.h"
#include "cli/grid_axis.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// What was typed, on top of the configuration. An empty optional was not typed: build_request()
// puts the model's own default there.
struct CommandLine {
  const Command* command = nullptr;  // null: the window opens
  AppConfig config;
  // Of a window's: a sentence for each setting that could not be read and is not in `config`.
  // Started from a menu there is nobody to tell but in the window.
  std::vector<Error> config_problems;

  std::string prompt;
  std::filesystem::path prompts_file, wildcards;  // a file with prompts, a folder; empty = none
  std::optional<std::string> negative_prompt;
  std::optional<Size> size;
  std::optional<int> steps;
  std::optional<double> guidance;
  std::optional<double> cfg_normalization, cfg_truncation, shift;
  std::optional<std::uint64_t> seed;
  std::optional<int> count;
  std::vector<std::string> loras;          // FILE[:STRENGTH] each
  std::filesystem::path init_image, mask;  // files, or folders of such; empty = none
  std::optional<double> strength;
  std::optional<Margins> outpaint;  // beside --init-image
  bool pad = false;                 // rather than cut what does not have the size
  std::optional<Variation> variation;
  std::optional<Variety> variety;
  std::optional<SeedMode> seed_mode;
  std::optional<GridAxis> grid_x, grid_y;
  std::vector<std::filesystem::path> pictures;  // of finish and upscale: files and folders
  FinishSize finish_size = Times{};
  FinishMethod finish_how;
  std::filesystem::path output;       // a .png file or a folder; empty = the configured folder
  std::filesystem::path dump_file;    // empty = none
  std::filesystem::path inspected;    // inspect FILE|DIR
  std::filesystem::path looked_into;  // models DIR; empty = none besides the usual ones
  std::string quantised_to;           // of quantize: int8, q8_0 or q4_k
  std::string network;                // of quantize: transformer or text-encoder
  bool inspects_model = false;        // parts of one were named beside it
  int step = 64;                      // of frontier, px
  int max = 2048;                     // of frontier, px
  std::vector<std::string> waiting;   // resume NAME...; empty = all
  bool drop = false, list = false;    // of resume
  std::optional<int> scale;           // of upscale
  std::optional<double> denoise;      // of upscale
  bool dry_run = false;               // of upscale
  bool model_is_typed = false;        // by --model
  bool clear = false;                 // of cache
  bool json = false;
};

// Reads configuration files, the environment and the arguments, the later over the earlier. Nothing
// when the program has only to print help or its version, which is done. Throws
// Error{kInvalidRequest}, and Error{kConfig} unless the window is to open.
[[nodiscard]] std::optional<CommandLine> read_command_line(int argc, const char* const* argv);

// Puts what was typed of a request into one that has all the rest.
void apply_typed(const CommandLine& line, GenerationRequest& request);
// The request that was typed, with `model`'s defaults for what was not.
[[nodiscard]] GenerationRequest build_request(const CommandLine& line, const ModelInfo& model);

}  // namespace headroom
