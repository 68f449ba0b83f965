#pragma once
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// `value` on one line. Names of files need not be UTF-8; what is not becomes U+FFFD. Control
// characters are escaped, also those beyond ASCII, which JSON would allow and a terminal obeys.
[[nodiscard]] std::string json_line(const nlohmann::ordered_json& value);

// "1 picture", "3 pictures".
[[nodiscard]] std::string pictures(int count);

// Commands print with std::printf; this sends what is still buffered. Throws Error{kIo} when
// standard output did not take all that was printed so far.
void flush_output();

}  // namespace headroom
