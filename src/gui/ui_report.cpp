#include "ui_report.h"

#include "headroom/gui_state/format.h"
#include "headroom/gui_state/session_banners.h"
#include "headroom/gui_state/start_picture.h"
#include "headroom/gui_toolkit/regions.h"
#include "headroom/gui_toolkit/ui.h"

#include <array>
#include <cmath>

#include <imgui.h>
#include <nlohmann/json.hpp>

namespace headroom {
namespace {

const char* name_of(CardState state) {
  switch (state) {
    case CardState::kPending:
      return "pending";
    case CardState::kFits:
      return "fits";
    case CardState::kTight:
      return "tight";
    case CardState::kSlower:
      return "slower";
    case CardState::kShort:
      return "short";
  }
  return "pending";
}

const char* name_of(std::optional<Region> region) {
  if (!region) return "";
  switch (*region) {
    case Region::kMake:
      return "make";
    case Region::kCanvas:
      return "canvas";
    case Region::kDetails:
      return "details";
    case Region::kTop:
      return "top";
  }
  return "";
}

// In screen pixels, as the window system reports it.
std::array<long, 2> place_of_mouse() {
  const ImVec2 at = ImGui::GetIO().MousePos;
  if (!ImGui::IsMousePosValid(&at)) return {-1, -1};
  return {std::lround(at.x), std::lround(at.y)};
}

std::array<int, 4> sides_of(const Margins& m) { return {m.left, m.top, m.right, m.bottom}; }

long percent_of_mask(const UiState& state) {
  if (!state.mask) return -1;
  return std::lround(100 * state.mask->share(state.mask->used_for(state.mask_is_for())));
}

const char* name_of(UiState::Sheet sheet) {
  switch (sheet) {
    case UiState::Sheet::kNone:
      return "";
    case UiState::Sheet::kModels:
      return "models";
    case UiState::Sheet::kLoras:
      return "loras";
  }
  return "";
}

// The jobs, and where the keyboard is.
nlohmann::json json_of_run(const UiState& state, const Frame& frame) {
  const JobStatus* const running = frame.running();
  return {{"running", running != nullptr},
          {"cancelling", running != nullptr && running->cancelling},
          {"jobs", frame.jobs.size()},
          {"stage", running != nullptr ? stage_name(running->stage) : ""},
          {"step", running != nullptr ? running->step : 0},
          {"image_index", running != nullptr ? running->image_index : 0},
          {"job_done", frame.progress ? frame.progress->job_done : 0.0},
          {"pictures", state.pictures.size()},
          {"selected", state.selected ? static_cast<int>(*state.selected) : -1},
          {"live", state.live},
          {"compares", state.compares},
          {"closing", state.closing == UiState::Closing::kAsk        ? "ask"
                      : state.closing == UiState::Closing::kWhenDone ? "when_done"
                                                                     : ""},
          {"unkept", !state.unkept.empty()},
          {"offered", state.offered.size()},
          {"region", name_of(region_of_keyboard())},
          {"canvas_focused", state.canvas_focused},
          {"editing", state.item_was_active},
          {"escape_cancels", state.escape_cancels(frame.now)}};
}

// Settings of the next picture and the state of their fields. Lists are added by the caller.
nlohmann::json json_of_settings(const UiState& state, const Frame& frame) {
  const FinishedPicture* const picture = state.selected_picture();
  return {{"width", state.draft.width},
          {"height", state.draft.height},
          {"can_generate", frame.blocked.empty()},
          {"reason", frame.blocked},
          {"prompt", state.draft.prompt},
          {"tokens", frame.prompt ? frame.prompt->tokens : -1},
          {"read_bytes", frame.prompt ? frame.prompt->read_bytes : 0},
          {"flashes", frame.now - state.flash_at < UiState::kFlash_s},
          {"offers", state.offered_picture ? state.offered_picture->name : ""},
          {"start", state.draft.init ? state.draft.init->file.name : ""},
          {"start_found", state.draft.init && has_pixels(*state.draft.init)},
          {"strength", state.draft.strength},
          {"mask", percent_of_mask(state)},
          {"outpaint", sides_of(state.outpaint)},
          {"painting", state.mask_tool.on},
          {"erases", state.mask_tool.erases},
          {"brush", state.mask_tool.brush_px},
          {"feather", state.mask ? state.mask->feather_px() : 0},
          {"language", state.language},
          {"model", frame.opened->model.name},
          {"model_path", frame.opened->model.path},
          {"device", frame.opened->device_id},
          {"dtype", frame.opened->dtype},
          {"change", ""},
          {"models", nlohmann::json::array()},
          {"theme", state.dark ? "dark" : "light"},
          {"hand", ImGui::GetMouseCursor() == ImGuiMouseCursor_Hand},
          {"mouse", place_of_mouse()},
          {"seed", state.seed_text},
          {"seed_note", state.seed_note.text},
          {"number_note", state.number_note.text},
          {"steps", state.draft.steps},
          {"guidance", state.draft.guidance_scale},
          {"count", state.draft.count},
          {"size_note", frame.size_note.text},
          {"picture_file", picture != nullptr ? picture->file.string() : ""},
          {"banners", nlohmann::json::array()},
          {"folded", state.folded.size()},
          {"queue", nlohmann::json::array()},
          {"loras", nlohmann::json::array()},
          {"lora_files", nlohmann::json::array()},
          {"rungs", nlohmann::json::array()},
          {"others", nlohmann::json::array()},
          {"memory",
           {{"total", frame.memory.total},
            {"free", frame.memory.free},
            {"others", frame.memory.used_by_others}}},
          {"recommended", ""},
          {"critical_point", ""},
          {"plan_state", name_of(state_of(frame.forecast))},
          {"cards", nlohmann::json::object()}};
}

void add_lists(const UiState& state, const Frame& frame, const StringTable& text,
               nlohmann::json& json) {
  if (frame.change) json["change"] = text.words(label_of(frame.change->to, *frame.opened));
  for (const ModelOffer& offer : frame.models.items) {
    if (offer.is_here) json["models"].push_back(offer.name);
  }
  for (const LoraOffer& offer : frame.lora_files.items) json["lora_files"].push_back(offer.name);
  json["looking"] = frame.models.is_looking || frame.lora_files.is_looking;
  json["sheet"] = name_of(state.sheet);
  for (const LoraChip& chip : frame.loras) {
    json["loras"].push_back({{"name", chip.tag.name},
                             {"strength", chip.tag.strength},
                             {"on", chip.on},
                             {"found", chip.found.has_value()}});
  }
  for (const JobStatus& job : frame.jobs) json["queue"].push_back(job.id);
  for (const Banner& banner : state.banners) json["banners"].push_back(sentence(banner.text, text));
  for (const OtherProgram& program : frame.others) json["others"].push_back(program.name);
}

void add_sizes(const UiState& state, const Frame& frame, nlohmann::json& json) {
  if (frame.forecast != nullptr) json["rungs"] = frame.forecast->plan.execution;
  if (frame.frontier != nullptr && frame.frontier->critical_point) {
    const Size size = *frame.frontier->critical_point;
    json["critical_point"] = std::to_string(size.width) + "x" + std::to_string(size.height);
  }
  for (const SizeCard& card : frame.cards) {
    if (card.recommended) json["recommended"] = card.preset.name;
    json["cards"][std::string(card.preset.name)] = {
        {"state", name_of(card.state)},
        {"recommended", card.recommended},
        {"selected", card.preset.size == Size{state.draft.width, state.draft.height}}};
  }
}

}  // namespace

std::string state_json(const UiState& state, const Frame& frame, const StringTable& text) {
  nlohmann::json json = json_of_run(state, frame);
  json.update(json_of_settings(state, frame));
  add_lists(state, frame, text, json);
  add_sizes(state, frame, json);
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace headroom
