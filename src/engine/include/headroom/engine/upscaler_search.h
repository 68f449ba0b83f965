#pragma once
#include "headroom/core/message.h"
#include "headroom/engine/search.h"

#include <filesystem>
#include <string>

namespace headroom {

// An upscaler's file in a place where they are looked for.
struct UpscalerOffer {
  std::string name;  // without folder and ending
  std::filesystem::path file;
  int scale = 0;      // that it makes pictures so many times as large; 0: not known
  Message problem{};  // why it cannot be used
};
[[nodiscard]] inline bool is_same(const UpscalerOffer& one, const UpscalerOffer& other) {
  return one.file == other.file;
}

// Looks for upscalers, whose tables are read for it. They depend on nothing.
struct AnyUpscaler {};
using UpscalerSearch = Search<AnyUpscaler, UpscalerOffer>;

}  // namespace headroom
