#pragma once
#include "headroom/core/message.h"

#include <memory>
#include <stdexcept>
#include <string>

namespace headroom {

// The kinds of failure that callers tell apart. The command line maps each to an exit code:
// kInvalidRequest and kConfig 2, kModelFile and kIo 3, kOutOfMemory 4, kDevice and kInternal 1.
// After kDevice nothing can run on the device until the program is started again.
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
  // what() returns the English text.
  Error(ErrorKind kind, const Message& message)
      : std::runtime_error(message.english()),
        kind_(kind),
        message_(std::make_shared<const Message>(message)) {}
  // For errors that only the command line can meet: `message` has no translation. A window in
  // another language shows only the kind of such an error.
  Error(ErrorKind kind, const std::string& message) : Error(kind, unworded(kind, message)) {}
  Error(ErrorKind kind, const char* message) : Error(kind, std::string(message)) {}
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] const Message& message() const noexcept { return *message_; }

  // A message that has no translation, such as the words of a library's exception.
  [[nodiscard]] static Message unworded(ErrorKind kind, const std::string& english);

 private:
  ErrorKind kind_;
  std::shared_ptr<const Message> message_;  // shared: copies of an exception must not throw
};

// Thrown by check_cancelled(). Deliberately not a std::exception: handlers that translate errors on
// the way up must not mistake a user's cancel for a failure.
struct Cancelled final {};

}  // namespace headroom
