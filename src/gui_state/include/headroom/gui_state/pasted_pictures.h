#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace headroom {

// What was found where a picture was asked for.
struct PastedPicture {
  enum class Fault {
    kNone,
    kNoAnswer,     // the program that has it did not answer, or stopped in the middle
    kOtherFormat,  // a picture, but neither a PNG nor a JPEG
    kTooLarge,     // beyond kMostBytes
    kNotHere       // it cannot be asked for: there is no X11
  };
  static constexpr std::size_t kMostBytes = std::size_t{256} << 20U;

  Fault fault = Fault::kNone;
  std::string bytes{};  // of a PNG or JPEG file, as they came
};

// Pictures that came without a file, as files of a folder: what starts from them, and the session,
// names a file and its hash. Each has its name from its bytes. Main thread.
class PastedPictures {
 public:
  explicit PastedPictures(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Writes the bytes of a PNG or JPEG file, unless they are there already; returns the file. The
  // oldest go when there are more than kMostFiles. Throws Error{kIo}.
  [[nodiscard]] std::filesystem::path keep(std::string_view bytes) const;

  static constexpr std::size_t kMostFiles = 100;

 private:
  void forget_oldest(const std::filesystem::path& newest) const;

  std::filesystem::path folder_;
};

}  // namespace headroom
