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

// A fault in a file's structure, at `place`, such as say("tensor {0}", name).
[[nodiscard]] inline Message fault_of(const Message& place, const Message& fault) {
  return {"weights.fault", "{0} {1}", {place, fault}};
}

// Deleted, since a sentence that say() did not make would stay English in every language.
void fail_model_file(const std::filesystem::path& file, const std::string& sentence) = delete;
void fail_model_file(const std::filesystem::path& file, const char* sentence) = delete;
Message fault_of(const Message& place, const std::string& fault) = delete;
Message fault_of(const Message& place, const char* fault) = delete;

}  // namespace headroom
