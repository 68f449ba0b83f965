#include "headroom/gui_toolkit/damage.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace headroom {
namespace {

Area unite(const Area& a, const Area& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {{std::min(a.low.x, b.low.x), std::min(a.low.y, b.low.y)},
          {std::max(a.high.x, b.high.x), std::max(a.high.y, b.high.y)}};
}

bool overlap(const Area& a, const Area& b) {
  return a.low.x < b.high.x && b.low.x < a.high.x && a.low.y < b.high.y && b.low.y < a.high.y;
}

// Adds `area`, merged with the areas that it overlaps.
void add(std::vector<Area>& areas, Area area) {
  for (std::size_t i = 0; i < areas.size();) {
    if (!overlap(areas[i], area)) {
      ++i;
      continue;
    }
    area = unite(areas[i], area);
    areas.erase(areas.begin() + static_cast<std::ptrdiff_t>(i));
    i = 0;
  }
  areas.push_back(area);
}

template <typename T>
bool same_bytes(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

// How many elements are the same at the front, and how many of the others at the back.
template <typename T, typename Same>
std::pair<std::size_t, std::size_t> same_ends(const std::vector<T>& a, const std::vector<T>& b,
                                              const Same& same) {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t front = 0;
  while (front < most && same(a[front], b[front])) ++front;
  std::size_t back = 0;
  while (back < most - front && same(a[a.size() - 1 - back], b[b.size() - 1 - back])) ++back;
  return {front, back};
}

}  // namespace

Damage::List Damage::copy(const ImDrawList& list) {
  List result;
  result.vertices.assign(list.VtxBuffer.begin(), list.VtxBuffer.end());
  result.indices.assign(list.IdxBuffer.begin(), list.IdxBuffer.end());
  for (const ImDrawCmd& c : list.CmdBuffer) {
    result.commands.push_back({c.ClipRect, c.TexRef, c.VtxOffset, c.IdxOffset, c.ElemCount});
  }
  return result;
}

// The area of all triangles that have a vertex in [from, to) or belong to a command in
// [from_command, to_command).
Area Damage::covered(const List& list, std::size_t from, std::size_t to, std::size_t from_command,
                     std::size_t to_command) {
  Area all{};
  for (std::size_t c = 0; c < list.commands.size(); ++c) {
    const Command& command = list.commands[c];
    const bool whole = c >= from_command && c < to_command;
    for (std::size_t i = 0; i + 2 < command.indices; i += 3) {
      bool touched = whole;
      Area triangle{{1e9F, 1e9F}, {-1e9F, -1e9F}};
      for (std::size_t k = 0; k < 3; ++k) {
        const std::size_t v = list.indices[command.first_index + i + k] + command.vertex_offset;
        const ImVec2 at = list.vertices[v].pos;
        touched = touched || (v >= from && v < to);
        triangle.low = {std::min(triangle.low.x, at.x), std::min(triangle.low.y, at.y)};
        triangle.high = {std::max(triangle.high.x, at.x), std::max(triangle.high.y, at.y)};
      }
      if (!touched) continue;
      triangle.low = {std::max(triangle.low.x, command.clip.x),
                      std::max(triangle.low.y, command.clip.y)};
      triangle.high = {std::min(triangle.high.x, command.clip.z),
                       std::min(triangle.high.y, command.clip.w)};
      all = unite(all, triangle);
    }
  }
  return all;
}

Area Damage::changed(const List& before, const List& now) {
  const auto same_command = [](const Command& a, const Command& b) {
    return a.clip.x == b.clip.x && a.clip.y == b.clip.y && a.clip.z == b.clip.z &&
           a.clip.w == b.clip.w && a.texture._TexData == b.texture._TexData &&
           a.texture._TexID == b.texture._TexID;
  };
  const auto same_vertex = [](const ImDrawVert& a, const ImDrawVert& b) {
    // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): the same bits draw the same
    return std::memcmp(&a, &b, sizeof a) == 0;
  };
  const auto [command_front, command_back] = same_ends(before.commands, now.commands, same_command);
  const bool same_commands = command_front + command_back == before.commands.size() &&
                             before.commands.size() == now.commands.size();
  if (same_commands && same_bytes(before.vertices, now.vertices)) {
    if (same_bytes(before.indices, now.indices)) return {};
    return covered(now, 0, now.vertices.size(), 0, 0);
  }
  const auto [front, back] = same_ends(before.vertices, now.vertices, same_vertex);
  return unite(covered(before, front, before.vertices.size() - back, command_front,
                       before.commands.size() - command_back),
               covered(now, front, now.vertices.size() - back, command_front,
                       now.commands.size() - command_back));
}

std::vector<Area> Damage::look(const ImDrawData& data) {
  std::vector<List> lists;
  for (const ImDrawList* const list : data.CmdLists) lists.push_back(copy(*list));
  const Area screen{
      data.DisplayPos,
      {data.DisplayPos.x + data.DisplaySize.x, data.DisplayPos.y + data.DisplaySize.y}};
  bool all = !known_ || screen.low.x != screen_.low.x || screen.low.y != screen_.low.y ||
             screen.high.x != screen_.high.x || screen.high.y != screen_.high.y;
  // For new letters the old pixels are still right, but Dear ImGui must get to upload the texture.
  if (data.Textures != nullptr) {
    for (const ImTextureData* const texture : *data.Textures) {
      all = all || texture->Status != ImTextureStatus_OK;
    }
  }
  std::vector<Area> areas;
  for (std::size_t i = 0; i < std::max(lists.size(), lists_.size()) && !all; ++i) {
    static const List nothing;
    Area area =
        changed(i < lists_.size() ? lists_[i] : nothing, i < lists.size() ? lists[i] : nothing);
    if (area.empty()) continue;
    // One pixel more on each side, for anti-aliased lines.
    area.low = {std::max(std::floor(area.low.x) - 1, screen.low.x),
                std::max(std::floor(area.low.y) - 1, screen.low.y)};
    area.high = {std::min(std::ceil(area.high.x) + 1, screen.high.x),
                 std::min(std::ceil(area.high.y) + 1, screen.high.y)};
    if (!area.empty()) add(areas, area);
  }
  known_ = true;
  screen_ = screen;
  lists_ = std::move(lists);
  if (all) return {screen};
  return areas;
}

}  // namespace headroom
