#pragma once
#include <string>
#include <string_view>

namespace headroom {

// Text from files and from other people may hold anything: these functions make it fit to be
// shown.

// `text` with everything that a terminal acts on written as \xNN: control characters, and marks
// that change the direction of text. Line breaks and tabs stay, and all other bytes are unchanged.
[[nodiscard]] std::string printable(std::string_view text);

// `text` without these characters: for a prompt that is taken over, which is text and nothing else.
[[nodiscard]] std::string drop_controls(std::string_view text);

// `text` in double quotes, on one line: as printable() has it, but with line breaks and tabs as
// \xNN too, and cut after 60 bytes of whole characters with "...".
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace headroom
