#pragma once
#include <stdexcept>
#include <string>

namespace headroom {

// What went wrong, as far as the caller must tell cases apart. The command line maps each to an
// exit code: kInvalidRequest and kConfig 2, kModelFile and kIo 3, kOutOfMemory 4, kDevice and
// kInternal 1. After kDevice nothing can run on the device until the program is started again.
enum class ErrorKind {
  kInvalidRequest,
  kConfig,
  kModelFile,
  kOutOfMemory,
  kIo,
  kDevice,
  kInternal
};

// The one exception type that crosses a room's boundary. The message is one sentence for a person:
// it names the thing and the way out.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

// Thrown by check_cancelled(). Deliberately not a std::exception: handlers that translate errors on
// the way up must not mistake a user's cancel for a failure.
struct Cancelled final {};

}  // namespace headroom
