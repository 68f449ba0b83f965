#pragma once
#include "headroom/core/error.h"

namespace headroom {

inline constexpr int kExitOk = 0;
inline constexpr int kExitInternal = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitFile = 3;
inline constexpr int kExitMemory = 4;
inline constexpr int kExitCancelled = 130;
// Not an exit code: main.cpp restarts the program with the same arguments.
inline constexpr int kExitStartAgain = -1;

[[nodiscard]] constexpr int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidRequest:
    case ErrorKind::kConfig:
      return kExitUsage;
    case ErrorKind::kModelFile:
    case ErrorKind::kIo:
      return kExitFile;
    case ErrorKind::kOutOfMemory:
      return kExitMemory;
    case ErrorKind::kDevice:
    case ErrorKind::kInternal:
      return kExitInternal;
  }
  return kExitInternal;
}

}  // namespace headroom
