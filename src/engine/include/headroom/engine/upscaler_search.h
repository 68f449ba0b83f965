#pragma once
#include "headroom/core/message.h"
#include "headroom/engine/search.h"

#include <filesystem>
#include <string>

namespace headroom {

// An upscaler's file found in one of the folders, or an upscaling program.
struct UpscalerOffer {
  std::string name;  // without folder and extension
  std::filesystem::path file;
  int scale = 0;            // factor by which it enlarges; 0: not known
  Message problem{};        // why it cannot be used
  bool is_program = false;  // runs by itself: what it needs is not known
  bool can_mix = false;     // see Upscale::denoise
};
[[nodiscard]] inline bool is_same(const UpscalerOffer& one, const UpscalerOffer& other) {
  return one.file == other.file;
}

// Searches for upscalers, for which the tensor tables of their files are read. The search has no
// question, so this is empty.
struct AnyUpscaler {};
using UpscalerSearch = Search<AnyUpscaler, UpscalerOffer>;

}  // namespace headroom
