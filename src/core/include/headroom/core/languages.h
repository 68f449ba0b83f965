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
  const char* again;
  const char* looking;  // for models on this machine
  const char* found;    // above the models that were found
  const char* path;     // above the field for a model's place
  const char* open;
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
        "en",
        "EN",
        1.21,
        {"Headroom cannot start", "What happened is also in ", "Copy", "Close", "Try again",
         "Looking for models on this machine…", "Start with a model that is on this machine:",
         "Start with another folder or file of a model (it can also be dropped here):", "Open"}},
    Language{
        "zh",
        "中",
        1.5,
        {"Headroom 无法启动", "详情也记录在 ", "复制", "关闭", "再试一次", "正在查找本机上的模型…",
         "用本机上的模型启动：", "用另一个模型的文件夹或文件启动（也可以拖到这里）：", "打开"}}};

// The language with that code; the first one when there is none.
[[nodiscard]] const Language& language_of(std::string_view code);
[[nodiscard]] bool is_language(std::string_view code);
// The language after that one; after the last comes the first.
[[nodiscard]] const Language& language_after(std::string_view code);

// "en or zh".
[[nodiscard]] std::string language_codes();

}  // namespace headroom
