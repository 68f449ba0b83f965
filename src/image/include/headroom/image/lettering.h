#pragma once
#include "headroom/core/image.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// A font file, TrueType or OpenType; of a collection, the face with this name.
struct FontFace {
  std::filesystem::path file;
  std::string name{};  // "Noto Sans CJK SC"; empty: the first
};

// Writes texts on pictures, for labels. The font reader does not validate files: use only the
// system's, never a font from a picture or a model. Immutable; may be used from any thread.
class Lettering {
 public:
  // Each character is drawn from the first face that has it. Throws Error{kIo} for a file that
  // cannot be read, is no font, or does not have the named face.
  explicit Lettering(const std::vector<FontFace>& faces);
  ~Lettering();
  Lettering(const Lettering&) = delete;
  Lettering& operator=(const Lettering&) = delete;

  // Width in px of a UTF-8 text in lines of this height.
  [[nodiscard]] int width(std::string_view text, int line_px) const;
  // Writes the text with its line's upper left corner at (x, y); parts outside of the picture are
  // cut off. A character that no face has is drawn as an empty box.
  void write(Image& image, int x, int y, int line_px, std::string_view text,
             std::array<std::uint8_t, 3> colour) const;
  // Breaks the text into lines of at most this width, at blanks if possible, else between
  // characters.
  [[nodiscard]] std::vector<std::string> wrap(std::string_view text, int line_px,
                                              int width_px) const;
  // The characters of a text that no face has, each once.
  [[nodiscard]] std::string missing(std::string_view text) const;

 private:
  struct Face;
  struct Letter;
  [[nodiscard]] Letter find(char32_t code, int line_px) const;

  std::vector<std::unique_ptr<Face>> faces_;
};

}  // namespace headroom
