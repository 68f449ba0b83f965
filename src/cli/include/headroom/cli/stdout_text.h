#pragma once
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// `value` on one line. Invalid UTF-8, as in file names, becomes U+FFFD. Control characters are
// escaped, including those beyond ASCII, which JSON would allow but a terminal obeys.
[[nodiscard]] std::string json_line(const nlohmann::ordered_json& value);

// "1 picture", "3 pictures".
[[nodiscard]] std::string pictures(int count);

// "fox.png: SENTENCE", or the sentence alone if it names the thing itself.
[[nodiscard]] std::string told_of(const std::string& name, const std::string& sentence);

// Flushes what commands have printed with std::printf. Throws Error{kIo} when standard output did
// not accept everything that was printed so far.
void flush_output();

}  // namespace headroom
