#pragma once
#include "headroom/core/message.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace headroom {

// The whole file. Throws Error{kModelFile} if it is missing, unreadable or absurdly large.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path);

// Receives the parts of a JSON text one by one, so that a hostile file never becomes a tree in
// memory. Every function may throw JsonFault.
class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;
  virtual void key(std::string&& name) = 0;
  virtual void open(bool is_object) = 0;  // false: an array
  virtual void close() = 0;
  virtual void string(std::string&& value) = 0;
  virtual void integer(std::int64_t value) = 0;
  virtual void boolean(bool value) = 0;
  virtual void null() = 0;
  virtual void other() = 0;  // a fraction, or an integer beyond 64 bits
};

// A fault in a file's content; parse_json_file() turns it into an Error with the path.
struct JsonFault {
  Message what;  // completes "FILE ..."
};

// Throws Error{kModelFile} if the file cannot be read, is not JSON, nests too deeply, or the
// visitor finds a fault.
void parse_json_file(const std::filesystem::path& path, JsonVisitor& visitor);

// Throws Error{kModelFile} with the form of sentence that all messages of this room have.
[[noreturn]] void throw_model_file(const std::filesystem::path& path, const Message& what);

}  // namespace headroom
