#pragma once
#include "headroom/core/error.h"
#include "headroom/core/number_format.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

inline constexpr const char* kNoPreviewDecoder = "none";

// Everything that configs/config.yaml documents, with its defaults. Plain values.
struct ModelOptions {
  std::string path;                    // folder, file or repository; empty = the starter model
  std::filesystem::path text_encoder;  // file or folder; empty = the model's own, or found
  std::filesystem::path vae;           // the same
  std::filesystem::path tokenizer;     // folder or its tokenizer.json; the same
  // TAEF1's file, which the window's previews are decoded with, or kNoPreviewDecoder; empty = what
  // is found
  std::filesystem::path preview_decoder;
  std::vector<std::filesystem::path> folders;  // where models are kept, besides the usual places
  std::string device = "auto";                 // same values as --device
  NumberFormat dtype = NumberFormat::kAuto;
  int threads = 0;            // 0 = one per physical core
  bool low_vram = false;      // prefer evicting and streaming; alias model.enable_cpu_offload
  bool check_weights = true;  // refuse weight files with holes of zeros
  bool weight_cache = true;   // keep weights on disk in the format that they are computed in
  std::vector<std::string> offload_layers;  // layers to keep off the device, by name
};
struct MemoryOptions {
  std::optional<std::int64_t> pretend_vram_bytes;  // behave like a GPU with this much memory
  // Says what other programs hold; empty = ask the driver.
  std::filesystem::path pretend_others_file;
  std::optional<std::int64_t> vram_cap_bytes;
  std::optional<std::int64_t> reserve_bytes;
};
struct OutputOptions {
  std::filesystem::path folder;  // empty = ~/Pictures/Headroom
};
struct WindowOptions {
  std::string language = "auto";  // auto | en | zh
  std::string theme = "dark";     // dark | light
  int width = 1280;
  int height = 800;
  double ui_scale = 0.0;  // 0 = the monitor's own
};
struct LogOptions {
  std::string level = "info";    // trace | debug | info | warn | error | off
  std::filesystem::path folder;  // empty = $XDG_STATE_HOME/headroom
};
struct AppConfig {
  ModelOptions model;
  MemoryOptions memory;
  OutputOptions output;
  WindowOptions window;
  LogOptions log;
  // Where each given setting comes from, keyed by "section.key": "FILE:LINE: section.key" or the
  // name of the environment variable. For messages about values that can only be checked later,
  // when the model is known.
  std::map<std::string, std::string> places;
  std::vector<Message> warnings;  // sentences for a person; the program runs all the same
};

// Every key that a file may have, as "section.key", in the order of configs/config.yaml.
[[nodiscard]] std::vector<std::string> known_config_keys();

// Overlays the keys of a YAML file on `config`, which stays unchanged when it throws. A key
// without a value changes nothing; a leading ~ in a folder becomes $HOME. Throws Error{kConfig}:
// "FILE:LINE: KEY: what is allowed" for unknown keys (with the nearest known one), bad values and
// bad YAML. With `all_faults` nothing is thrown: every setting that can be read is applied, and an
// Error for each that cannot is appended there.
void load_config_file(const std::filesystem::path& file, AppConfig& config,
                      std::vector<Error>* all_faults = nullptr);

// Overlays HEADROOM_<SECTION>_<KEY> variables, as NAME=VALUE strings (the process's environ), on
// `config`, which stays unchanged when it throws. An empty value changes nothing; list items are
// separated by commas; blanks and a pair of quotes around values are ignored. Other programs use
// the prefix too, so an unknown name is ignored, with a warning when it is close to a known one.
// Throws Error{kConfig}, or appends to `all_faults` as above.
void load_config_environment(const std::vector<std::string>& environment, AppConfig& config,
                             std::vector<Error>* all_faults = nullptr);

}  // namespace headroom
