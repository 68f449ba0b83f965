#pragma once
#include <array>
#include <string>
#include <string_view>

namespace headroom {

// The words of the window that shows a sentence where the program cannot start: the files with all
// others may be what is missing.
struct NoticeWords {
  const char* title;
  const char* log;  // a folder follows
  const char* copy;
  const char* close;
};

// A language of the window: its texts are configs/lang/CODE.yaml, and messages.CODE.yaml has the
// words for the other rooms' messages, which are English without.
struct Language {
  std::string_view code;   // ISO 639-1, as settings and LANG have it
  std::string_view badge;  // on the button that changes it
  double line_of_em;       // from line to line; Chinese characters fill their squares
  NoticeWords notice;
};

// The first is that of a desktop in any other.
inline constexpr std::array kLanguages{
    Language{
        "en", "EN", 1.21, {"Headroom cannot start", "What happened is also in ", "Copy", "Close"}},
    Language{"zh", "中", 1.5, {"Headroom 无法启动", "详情也记录在 ", "复制", "关闭"}}};

// The language of that code; the first where there is none.
[[nodiscard]] const Language& language_of(std::string_view code);
[[nodiscard]] bool is_language(std::string_view code);
// The one after it, round and round.
[[nodiscard]] const Language& language_after(std::string_view code);

// "en or zh".
[[nodiscard]] std::string language_codes();

}  // namespace headroom
