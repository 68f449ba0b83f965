#pragma once
#include <string>

namespace headroom {

// One text entry of a picture file, in any format, by the keywords of PNG. In a PNG it is written
// as tEXt when the value is Latin-1 (per PNG 1.2 §4.2.3), else as iTXt.
struct PictureText {
  std::string keyword;       // 1..79 Latin-1 characters
  std::string value;         // UTF-8
  bool always_itxt = false;  // for entries that readers expect in iTXt
};

}  // namespace headroom
