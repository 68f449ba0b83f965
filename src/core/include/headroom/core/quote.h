#pragma once
#include <string>
#include <string_view>

namespace headroom {

// What comes out of files and from other people may hold anything: these make it fit for a message.

// `text` without anything that a terminal acts on: control characters, and marks that turn the
// direction of what follows, as \xNN. Line breaks and tabs stay. The rest is unchanged, byte for
// byte.
[[nodiscard]] std::string printable(std::string_view text);

// `text` in double quotes, on one line: printable, line breaks and tabs as \xNN too, and cut with
// "..." after 60 bytes of whole characters.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace headroom
