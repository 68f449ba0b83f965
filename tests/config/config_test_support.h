#pragma once
#include "headroom/config/app_config.h"

#include <cstdlib>
#include <string>
#include <tuple>

namespace headroom::test {

// Every field of a config, for comparing whole ones.
inline auto fields(const AppConfig& c) {
  return std::tuple(c.model.path, c.model.text_encoder.string(), c.model.vae.string(),
                    c.model.tokenizer.string(), c.model.preview_decoder.string(), c.model.folders,
                    c.model.device, c.model.dtype, c.model.threads, c.model.low_vram,
                    c.model.check_weights, c.model.weight_cache, c.model.offload_layers,
                    c.memory.pretend_vram_bytes, c.memory.vram_cap_bytes,
                    c.memory.pretend_others_file.string(), c.memory.reserve_bytes,
                    c.output.folder.string(), c.window.language, c.window.theme, c.window.width,
                    c.window.height, c.window.ui_scale, c.log.level, c.log.folder.string());
}

// Sets HOME for one scope.
class ScopedHome {
 public:
  explicit ScopedHome(const char* home) {
    const char* const before = std::getenv("HOME");
    had_ = before != nullptr;
    if (had_) before_ = before;
    if (home != nullptr) {
      ::setenv("HOME", home, 1);
    } else {
      ::unsetenv("HOME");
    }
  }
  ~ScopedHome() {
    if (had_) {
      ::setenv("HOME", before_.c_str(), 1);
    } else {
      ::unsetenv("HOME");
    }
  }
  ScopedHome(const ScopedHome&) = delete;
  ScopedHome& operator=(const ScopedHome&) = delete;

 private:
  std::string before_;
  bool had_ = false;
};

}  // namespace headroom::test
