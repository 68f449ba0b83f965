#include "headroom/gui_toolkit/ui_dump.h"

#include "headroom/core/error.h"

#include <cstdlib>
#include <fstream>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

constexpr double kPeriod_s = 0.2;

}  // namespace

std::filesystem::path ui_dump_file() {
  const char* const value = std::getenv("HEADROOM_UI_DUMP");
  return value == nullptr ? std::filesystem::path() : std::filesystem::path(value);
}

void UiDump::show(const std::string& text) {
  if (!active()) return;
  constexpr std::string_view kFixedBlank = "\u00A0";
  std::string plain = text;
  for (std::size_t at = plain.find(kFixedBlank); at != std::string::npos;
       at = plain.find(kFixedBlank, at)) {
    plain.replace(at, kFixedBlank.size(), " ");
  }
  shown_.insert(std::move(plain));
}

std::string UiDump::explain(const Rect& rect) {
  const auto found = widgets_.find(last_);
  if (found == widgets_.end()) return {};
  const Rect& r = found->second.rect;
  if (r.x != rect.x || r.y != rect.y || r.w != rect.w || r.h != rect.h) return {};
  found->second.explained = true;
  return last_;
}

void UiDump::write(double now, int width, int height, float scale, const std::string& state_json,
                   Effort effort) {
  pending_ = false;
  if (!active()) return;
  nlohmann::json root{{"window", {{"width", width}, {"height", height}, {"scale", scale}}},
                      {"widgets", nlohmann::json::object()},
                      {"says", says_},
                      {"texts", shown_},
                      {"state", nlohmann::json::parse(state_json)}};
  for (const auto& [name, widget] : widgets_) {
    const Rect& r = widget.rect;
    root["widgets"][name] = {{"x", r.x},
                             {"y", r.y},
                             {"w", r.w},
                             {"h", r.h},
                             {"enabled", widget.enabled},
                             {"explained", widget.explained}};
  }
  std::string text = root.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text == written_) return;
  pending_ = written_at_ >= 0 && now - written_at_ < kPeriod_s;
  if (pending_) return;

  const std::filesystem::path temporary = file_.string() + ".new";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  root["state"]["frames"] = effort.frames;
  root["state"]["frame_ms"] = effort.frame_ms;
  root["state"]["seconds"] = effort.seconds;
  out << root.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(temporary, file_, error);
  if (!out || error) {
    const std::string name = file_.string();
    file_.clear();
    throw Error(ErrorKind::kIo,
                headroom::say("cannot write {0}, which HEADROOM_UI_DUMP names", name));
  }
  written_ = std::move(text);
  written_at_ = now;
}

}  // namespace headroom
