#include "headroom/core/error.h"

namespace headroom {
namespace {

const char* key_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidRequest:
      return "error.request";
    case ErrorKind::kConfig:
      return "error.config";
    case ErrorKind::kModelFile:
      return "error.model";
    case ErrorKind::kOutOfMemory:
      return "error.memory";
    case ErrorKind::kIo:
      return "error.io";
    case ErrorKind::kDevice:
      return "error.device";
    case ErrorKind::kInternal:
      return "error.internal";
  }
  return "error.internal";
}

}  // namespace

Message Error::unworded(ErrorKind kind, const std::string& english) {
  return {key_of(kind), "{0}", {english}};
}

}  // namespace headroom
