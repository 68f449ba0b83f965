#pragma once
#include "headroom/core/error.h"
#include "headroom/core/quote.h"

#include <filesystem>
#include <string>

namespace headroom {

[[noreturn]] inline void fail_model_file(const std::filesystem::path& file,
                                         const std::string& sentence) {
  throw Error(ErrorKind::kModelFile, file.string() + ": " + sentence);
}

}  // namespace headroom
