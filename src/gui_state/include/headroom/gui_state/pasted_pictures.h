#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace headroom {

// The answer when the clipboard was asked for a picture.
struct PastedPicture {
  enum class Fault {
    kNone,
    kNoPicture,    // there is something else, or nothing
    kNoAnswer,     // the other program did not answer, or stopped in the middle
    kOtherFormat,  // a picture in a format that cannot be read
    kTooLarge,     // beyond kMostBytes
    kNotHere       // pictures cannot be read from the clipboard without X11
  };
  static constexpr std::size_t kMostBytes = std::size_t{256} << 20U;

  Fault fault = Fault::kNone;
  std::string bytes{};  // of a picture file, unchanged
};

// Pasted pictures as files in a folder, since start pictures and the session are recorded by file
// and hash. A file's name comes from its content. Main thread.
class PastedPictures {
 public:
  explicit PastedPictures(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Writes a picture file's bytes, unless they are there already, and returns the file.
  // Removes the oldest files when there are more than kMostFiles. Throws Error{kIo}.
  [[nodiscard]] std::filesystem::path keep(std::string_view bytes) const;

  static constexpr std::size_t kMostFiles = 100;

 private:
  void forget_oldest(const std::filesystem::path& newest) const;

  std::filesystem::path folder_;
};

}  // namespace headroom
