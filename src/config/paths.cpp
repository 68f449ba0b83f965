#include "headroom/config/paths.h"

#include <cstdlib>
#include <string>
#include <system_error>

namespace headroom {
namespace fs = std::filesystem;
namespace {

fs::path home() {
  const char* const value = std::getenv("HOME");
  return value != nullptr && *value != '\0' ? value : "/tmp";
}

// By the specification an XDG variable counts only if it is an absolute path.
fs::path xdg(const char* variable, const char* fallback) {
  const char* const value = std::getenv(variable);
  const fs::path path = value == nullptr ? "" : value;
  return path.is_absolute() ? path : home() / fallback;
}

}  // namespace

fs::path share_folder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return program.parent_path().parent_path() / "share" / "headroom";
}

fs::path known_models_folder() { return share_folder() / "models"; }

fs::path starter_model_folder() { return share_folder() / "starter-model"; }

fs::path user_config_file() {
  return xdg("XDG_CONFIG_HOME", ".config") / "headroom" / "config.yaml";
}

fs::path default_output_folder() { return xdg("XDG_PICTURES_DIR", "Pictures") / "Headroom"; }

fs::path default_log_folder() { return xdg("XDG_STATE_HOME", ".local/state") / "headroom"; }

fs::path cards_file() { return cache_folder() / "cards.json"; }
fs::path run_log_file() { return default_log_folder() / "receipts.jsonl"; }

fs::path window_state_file() { return default_log_folder() / "window.json"; }

fs::path added_folders_file() { return default_log_folder() / "model_folders"; }

fs::path model_hashes_file() { return default_log_folder() / "model_hashes"; }

fs::path resumable_folder() { return default_log_folder() / "unfinished"; }

fs::path cache_folder() { return xdg("XDG_CACHE_HOME", ".cache") / "headroom"; }

fs::path weight_cache_folder() { return cache_folder() / "weights"; }

fs::path rates_file() { return cache_folder() / "rates.json"; }

fs::path calibration_file() { return default_log_folder() / "calibration.json"; }

fs::path lora_folder() { return xdg("XDG_DATA_HOME", ".local/share") / "headroom" / "loras"; }

fs::path upscaler_folder() { return lora_folder().parent_path() / "upscalers"; }

std::vector<fs::path> font_folders() {
  return {xdg("XDG_DATA_HOME", ".local/share") / "fonts", home() / ".fonts",
          "/usr/local/share/fonts", "/usr/share/fonts"};
}

fs::path hugging_face_cache() {
  const auto set = [](const char* variable) -> fs::path {
    const char* const value = std::getenv(variable);
    return value == nullptr ? "" : value;
  };
  if (const fs::path cache = set("HF_HUB_CACHE"); !cache.empty()) return cache;
  if (const fs::path house = set("HF_HOME"); !house.empty()) return house / "hub";
  return xdg("XDG_CACHE_HOME", ".cache") / "huggingface" / "hub";
}

std::vector<fs::path> usual_model_folders() {
  return {home() / "ComfyUI", home() / "stable-diffusion-webui",
          home() / "stable-diffusion-webui-forge"};
}

}  // namespace headroom
