#pragma once
#include "headroom/config/string_table.h"
#include "headroom/core/generator.h"
#include "headroom/core/plan.h"
#include "headroom/core/size.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace headroom {

// Replaces {0}, {1}, ... in `text`.
[[nodiscard]] std::string fill(const std::string& text, std::initializer_list<std::string> values);

// "4.2 / 6.0 GB": both in the unit of the second number.
[[nodiscard]] std::string format_of(std::int64_t part_bytes, std::int64_t whole_bytes);

// "171" and "46 MB": both in the larger one's unit, which is written once.
[[nodiscard]] std::pair<std::string, std::string> format_pair(std::int64_t first_bytes,
                                                              std::int64_t last_bytes);

// Missing bytes, rounded up so that they are never 0: "< 1 MB", "12 MB", "1.3 GB".
[[nodiscard]] std::string format_missing(std::int64_t bytes);

// "0.4 s", "12 s" with the language's units, "2:05", "1:02:05".
[[nodiscard]] std::string format_seconds(double seconds, const StringTable& text);

// A device's name for people, in which "CPU budget" is just "CPU".
[[nodiscard]] std::string device_label(const std::string& name);
// What a plan needs of the machine's own memory, "1.2 GB held, 3.4 GB of files read at every
// step"; empty if nothing.
[[nodiscard]] std::string host_text(const Plan& plan, const StringTable& text);

// Predicted seconds, without a needless decimal: "6 s", or "≈ 6 s" if no run has confirmed it yet.
[[nodiscard]] std::string format_predicted(double seconds, bool estimated, const StringTable& text);

// What a plan needs of the device, and its seconds: "3.9 GB · 5 s".
[[nodiscard]] std::string needs_text(const Plan& plan, const StringTable& text);

// "16:9"; "1.79:1" if the sides have no simple ratio.
[[nodiscard]] std::string format_ratio(Size sides);

// "2", "3.5": a number without needless zeros.
[[nodiscard]] std::string format_number(double value);

// The text of a notice in the window.
[[nodiscard]] Message notice_message(const Notice& notice);
// A message as a sentence of its own: with a capital and a full stop.
[[nodiscard]] std::string sentence(const Message& message, const StringTable& text);
// "2.1": a factor with one decimal.
[[nodiscard]] std::string format_times(double times);

// An execution option's name in the window's language; "stream-blocks:6" includes its number.
[[nodiscard]] std::string option_name(const std::string& option, const StringTable& text);

// `text` for drawing in lines: blanks between a number and its unit, or a sign and its number,
// become no-break spaces (U+00A0).
[[nodiscard]] std::string bind_units(std::string_view text);

// The first line of `text`, cut to `characters` with an ellipsis; never inside a character.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t characters);

// Whether the last character of `text` (UTF-8) is of a script that is written without blanks:
// Chinese and Japanese with their punctuation and full-width forms (U+2E80 to 9FFF, F900 to FAFF,
// FF00 to FFEF, 20000 to 3FFFF). A line that ends so continues in the next one without a blank.
[[nodiscard]] bool ends_in_chinese(std::string_view text);

}  // namespace headroom
