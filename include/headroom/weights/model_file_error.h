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

// A fault in how a file is built, which means something to those who make files: other languages
// say only that `place`, such as say("tensor {0}", name), is at fault.
[[nodiscard]] inline Message fault_of(const Message& place, const std::string& fault) {
  return {"weights.fault", "{0} {1}", {place, fault}};
}

// A sentence that say() did not make would stay English in every language.
void fail_model_file(const std::filesystem::path& file, const std::string& sentence) = delete;
void fail_model_file(const std::filesystem::path& file, const char* sentence) = delete;

}  // namespace headroom
