#pragma once
#include <array>
#include <string>
#include <string_view>

namespace headroom {

// Words of the small window that says why the program cannot start. They are compiled in, since
// the language files may be what is missing.
struct NoticeWords {
  const char* title;
  const char* log;  // followed by a folder
  const char* copy;
  const char* close;
};

// A language of the window. Its texts are in configs/lang/CODE.yaml; messages.CODE.yaml has the
// words for the other rooms' messages, which are in English without it.
struct Language {
  std::string_view code;   // ISO 639-1, as settings and LANG have it
  std::string_view badge;  // text of the button that changes the language
  double line_of_em;  // line spacing in em; larger for Chinese characters, which fill their squares
  NoticeWords notice;
};

// The first one is used when the desktop's language is not in the list.
inline constexpr std::array kLanguages{
    Language{
        "en", "EN", 1.21, {"Headroom cannot start", "What happened is also in ", "Copy", "Close"}},
    Language{"zh", "中", 1.5, {"Headroom 无法启动", "详情也记录在 ", "复制", "关闭"}}};

// The language with that code; the first one when there is none.
[[nodiscard]] const Language& language_of(std::string_view code);
[[nodiscard]] bool is_language(std::string_view code);
// The language after that one; after the last comes the first.
[[nodiscard]] const Language& language_after(std::string_view code);

// "en or zh".
[[nodiscard]] std::string language_codes();

}  // namespace headroom
