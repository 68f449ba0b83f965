#pragma once
#include "headroom/core/error.h"
#include "headroom/core/quote.h"

#include <filesystem>
#include <string>

namespace headroom {

[[noreturn]] inline void fail_model_file(const std::filesystem::path& file,
                                         const Message& sentence) {
  throw Error(ErrorKind::kModelFile, say("{0}: {1}", file, sentence));
}

// What damage there is tells a person only to download the file again: other languages say no more.
[[noreturn]] inline void fail_model_file(const std::filesystem::path& file,
                                         const std::string& damage) {
  fail_model_file(file, Message("file.damaged", "{0}", {damage}));
}
[[noreturn]] inline void fail_model_file(const std::filesystem::path& file, const char* damage) {
  fail_model_file(file, std::string(damage));
}

}  // namespace headroom
