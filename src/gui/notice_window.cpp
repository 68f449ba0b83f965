#include "headroom/gui/notice_window.h"

#include "headroom/config/string_table.h"
#include "headroom/core/error.h"
#include "headroom/core/languages.h"
#include "headroom/engine/search.h"
#include "headroom/gui_toolkit/fonts.h"
#include "headroom/gui_toolkit/graphics.h"
#include "headroom/gui_toolkit/theme.h"
#include "headroom/gui_toolkit/ui_dump.h"
#include "headroom/gui_toolkit/wake_window.h"

#include "language.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <imgui.h>
#include <imgui_stdlib.h>
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
                          graphics_.scale())),
        models_(
            [find = notice.find_models](int, const std::function<void(OtherModel)>& found) {
              if (find) find(found);
            },
            wake_window) {
    apply_theme(palette(true), true, graphics_.scale());
    if (notice_.find_models) models_.look(0);
  }

  [[nodiscard]] NoticeEnd run() {
    constexpr double kLook_s = 0.25;  // between looks at `ending`
    while (!ended_ && !graphics_.wants_close() && !(notice_.ending && notice_.ending())) {
      if (const auto dropped = graphics_.take_dropped(); asks_model() && !dropped.empty())
        choose(dropped.front().string());
      graphics_.begin_frame();
      dump_.begin_frame();
      draw();
      graphics_.end_frame(palette(true).panel);
      write_dump();
      graphics_.wait(kLook_s);
    }
    return end_;
  }

 private:
  [[nodiscard]] bool asks_model() const { return notice_.find_models != nullptr; }

  void choose(const std::string& model) {
    if (model.empty()) return;
    end_ = {NoticeEnd::Kind::kOtherModel, model};
    ended_ = true;
  }

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
    constexpr float kButtons = 40;
    found_ = models_.found();
    ImGui::BeginChild("##text", {0, -scale * (kButtons + models_height())});
    ImGui::PushTextWrapPos(0);
    ImGui::TextUnformatted(text_.c_str());
    if (!notice_.log_folder.empty()) {
      ImGui::Dummy({0, 8 * scale});
      ImGui::TextUnformatted((words_.log + notice_.log_folder.string()).c_str());
    }
    ImGui::PopTextWrapPos();
    ImGui::EndChild();
    if (asks_model()) {
      ImGui::BeginChild("##models", {0, -scale * kButtons});
      draw_models();
      ImGui::EndChild();
    }
    draw_buttons();
    ImGui::PopFont();
    ImGui::End();
  }

  [[nodiscard]] bool has_list() const { return found_.is_looking || !found_.items.empty(); }

  // Design pixels. Without a list the text has its room.
  [[nodiscard]] float models_height() const {
    constexpr float kField = 72;
    constexpr float kWithList = 196;
    if (!asks_model()) return 0;
    return has_list() ? kWithList : kField;
  }

  void draw_models() {
    const float scale = graphics_.scale();
    if (has_list()) {
      ImGui::TextUnformatted(found_.items.empty() ? words_.looking : words_.found);
      constexpr float kList = 96;
      ImGui::BeginChild("##list", {0, kList * scale});
      for (std::size_t i = 0; i < found_.items.size(); ++i) {
        const std::string& model = found_.items[i].model;
        ImGui::PushID(static_cast<int>(i));
        if (ImGui::Selectable(model.c_str())) choose(model);
        ImGui::PopID();
        note_place("model." + std::to_string(i));
      }
      ImGui::EndChild();
    }
    ImGui::TextUnformatted(words_.path);
    constexpr float kOpen = 104;
    ImGui::SetNextItemWidth(-kOpen * scale);
    const bool entered = ImGui::InputText("##path", &path_, ImGuiInputTextFlags_EnterReturnsTrue);
    is_typing_ = ImGui::IsItemActive();
    note_place("path");
    ImGui::SameLine();
    if (button("open", words_.open) || entered) choose(path_);
  }

  void draw_buttons() {
    if (button("again", words_.again)) {
      end_ = {NoticeEnd::Kind::kTryAgain};
      ended_ = true;
    }
    ImGui::SameLine();
    if (button("copy", words_.copy)) ImGui::SetClipboardText(text_.c_str());
    ImGui::SameLine();
    const bool escaped = ImGui::IsKeyPressed(ImGuiKey_Escape) && !was_typing_;
    if (button("close", words_.close) || escaped) ended_ = true;
    was_typing_ = is_typing_;
  }

  bool button(const char* name, const char* label) {
    const float scale = graphics_.scale();
    const bool pressed = ImGui::Button(label, {96 * scale, 30 * scale});
    note_place(name);
    return pressed;
  }

  void note_place(const std::string& name) {
    const ImVec2 least = ImGui::GetItemRectMin();
    const ImVec2 most = ImGui::GetItemRectMax();
    dump_.add(name, {least.x, least.y, most.x - least.x, most.y - least.y});
  }

  void write_dump() {
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    std::vector<std::string> models;
    for (const OtherModel& one : found_.items) models.push_back(one.model);
    const nlohmann::json state{{"notice", text_}, {"language", language_}, {"models", models}};
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
  Search<int, OtherModel> models_;
  Search<int, OtherModel>::Found found_;
  std::string path_;
  bool is_typing_ = false;   // the field has the keyboard
  bool was_typing_ = false;  // in the last frame: Escape leaves the field first
  NoticeEnd end_;
  bool ended_ = false;
};

}  // namespace

NoticeEnd show_notice(const StartNotice& notice) { return NoticeWindow(notice).run(); }

}  // namespace headroom
