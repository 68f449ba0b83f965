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

// The letters of a font file: TrueType or OpenType, of a collection the face of this name.
struct FontFace {
  std::filesystem::path file;
  std::string name{};  // "Noto Sans CJK SC"; empty: the first
};

// Writes texts on pictures, for labels. Fonts are read as they are: only those of the system, never
// such as come with a picture or a model. Immutable; any thread.
class Lettering {
 public:
  // A letter is drawn by the first face that has it. Throws Error{kIo} for a file that cannot be
  // read or is no font, or has no such face.
  explicit Lettering(const std::vector<FontFace>& faces);
  ~Lettering();
  Lettering(const Lettering&) = delete;
  Lettering& operator=(const Lettering&) = delete;

  // How wide a text in UTF-8 is in lines of this height, in px.
  [[nodiscard]] int width(std::string_view text, int line_px) const;
  // Writes it with its line's upper left corner at (x, y); what lies outside of the picture is cut.
  // A letter that no face has is an empty box.
  void write(Image& image, int x, int y, int line_px, std::string_view text,
             std::array<std::uint8_t, 3> colour) const;
  // In lines of at most this width, broken at blanks where there are some, else between letters.
  [[nodiscard]] std::vector<std::string> wrap(std::string_view text, int line_px,
                                              int width_px) const;
  // The letters of a text that no face has, each once.
  [[nodiscard]] std::string missing(std::string_view text) const;

 private:
  struct Face;
  struct Letter;
  [[nodiscard]] Letter find(char32_t code, int line_px) const;

  std::vector<std::unique_ptr<Face>> faces_;
};

}  // namespace headroom
