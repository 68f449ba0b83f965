#pragma once
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// All values as typed texts. They are converted later, so that messages are this program's own.
struct TypedOptions {
  using Text = std::optional<std::string>;
  Text config_file, model, folder, text_encoder, vae, tokenizer, device, dtype, threads;
  Text pretend_vram, pretend_others, vram_cap, reserve;
  bool low_vram = false;
  Text language;
  Text prompt, negative_prompt, size, preset, steps, guidance, seed, count;
  Text cfg_normalization, cfg_truncation, shift;
  std::vector<std::string> loras;
  Text init_image, strength, mask, outpaint, fit;
  Text variation, variety, seed_mode, prompts, wildcards;
  Text finish_size, finish_how, grid_x, grid_y;
  Text output, dump_file, inspected, step, max;
  Text to, network;
  Text scale, denoise;
  std::vector<std::string> pictures, waiting;
  bool clear = false, json = false, drop = false, list = false, dry_run = false;
};

}  // namespace headroom
