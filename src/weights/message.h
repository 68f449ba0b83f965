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

// Why these weights can't run, of the many ways in which others are stored: other languages say it
// for all of `key`, "weights.foreign" or "weights.format".
[[nodiscard]] inline Message unfit_weights(const char* key, const std::string& sentence) {
  return {key, "{0}", {sentence}};
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
