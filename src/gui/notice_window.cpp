#include "headroom/gui/notice_window.h"

#include "headroom/config/string_table.h"
#include "headroom/core/error.h"
#include "headroom/core/languages.h"
#include "headroom/gui_toolkit/fonts.h"
#include "headroom/gui_toolkit/graphics.h"
#include "headroom/gui_toolkit/theme.h"
#include "headroom/gui_toolkit/ui_dump.h"

#include "language.h"

#include <algorithm>
#include <string>

#include <imgui.h>
#include <nlohmann/json.hpp>

namespace headroom {
namespace {

std::string words_of(const StartNotice& notice, const std::string& language) {
  if (language == kLanguages.front().code) return notice.text.english();
  try {
    return StringTable(notice.assets_folder / "lang" / ("messages." + language + ".yaml"))
        .words(notice.text);
  } catch (const Error&) {
    return notice.text.english();
  }
}

class NoticeWindow {
 public:
  explicit NoticeWindow(const StartNotice& notice)
      : notice_(notice),
        language_(choose_language("")),
        words_(language_of(language_).notice),
        text_(words_of(notice, language_)),
        graphics_({.title = "Headroom",
                   .width = 640,
                   .height = 400,
                   .icon_folder = notice.assets_folder / "icons"}),
        fonts_(load_fonts(notice.assets_folder / "fonts" / "Font_Awesome_6_Free-Solid-900.otf",
                          graphics_.scale())) {
    apply_theme(palette(true), true, graphics_.scale());
  }

  void run() {
    constexpr double kLook_s = 0.25;  // between looks at `ending`
    while (!closed_ && !graphics_.wants_close() && !(notice_.ending && notice_.ending())) {
      graphics_.begin_frame();
      dump_.begin_frame();
      draw();
      graphics_.end_frame(palette(true).panel);
      write_dump();
      graphics_.wait(kLook_s);
    }
  }

 private:
  void draw() {
    const float scale = graphics_.scale();
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    const float margin = 24 * scale;
    ImGui::SetNextWindowPos({margin, margin});
    ImGui::SetNextWindowSize({screen.x - 2 * margin, screen.y - 2 * margin});
    ImGui::Begin("##notice", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground);
    ImGui::PushFont(fonts_.bold, 18);
    ImGui::TextUnformatted(words_.title);
    ImGui::PopFont();
    ImGui::PushFont(fonts_.regular, 13);
    ImGui::Dummy({0, 8 * scale});
    const float buttons = 40 * scale;
    ImGui::BeginChild("##text", {0, -buttons});
    ImGui::PushTextWrapPos(0);
    ImGui::TextUnformatted(text_.c_str());
    if (!notice_.log_folder.empty()) {
      ImGui::Dummy({0, 8 * scale});
      ImGui::TextUnformatted((words_.log + notice_.log_folder.string()).c_str());
    }
    ImGui::PopTextWrapPos();
    ImGui::EndChild();
    if (button("copy", words_.copy)) ImGui::SetClipboardText(text_.c_str());
    ImGui::SameLine();
    if (button("close", words_.close) || ImGui::IsKeyPressed(ImGuiKey_Escape)) closed_ = true;
    ImGui::PopFont();
    ImGui::End();
  }

  bool button(const char* name, const char* label) {
    const float scale = graphics_.scale();
    const bool pressed = ImGui::Button(label, {96 * scale, 30 * scale});
    const ImVec2 least = ImGui::GetItemRectMin();
    const ImVec2 most = ImGui::GetItemRectMax();
    dump_.add(name, {least.x, least.y, most.x - least.x, most.y - least.y});
    return pressed;
  }

  void write_dump() {
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    const nlohmann::json state{{"notice", text_}, {"language", language_}};
    dump_.write(ImGui::GetTime(), static_cast<int>(screen.x), static_cast<int>(screen.y),
                graphics_.scale(), state.dump(), {});
  }

  const StartNotice& notice_;
  std::string language_;
  const NoticeWords& words_;
  std::string text_;
  Graphics graphics_;
  Fonts fonts_;
  UiDump dump_{ui_dump_file()};
  bool closed_ = false;
};

}  // namespace

void show_notice(const StartNotice& notice) { NoticeWindow(notice).run(); }

}  // namespace headroom
