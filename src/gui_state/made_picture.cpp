#include "headroom/gui_state/made_picture.h"

#include "headroom/core/error.h"
#include "headroom/gui_state/requests_from_picture.h"
#include "headroom/gui_state/start_picture.h"
#include "headroom/image/picture_info.h"
#include "headroom/records/headroom_entry.h"
#include "headroom/records/read_settings.h"
#include "headroom/records/run_record_json.h"
#include "headroom/records/upscale_json.h"

#include <algorithm>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

RunRecord read_run_record(const std::string& text) {
  const auto root = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  return read_run_record_beside_plan(root).value_or(RunRecord{});
}

// Of the enlarging, not of the run that made its source. Without a record only its name is known.
RunRecord run_record_of(UpscaleRecord upscale) {
  if (upscale.run) return *std::move(upscale.run);
  RunRecord run_record;
  run_record.model = upscale.model == kLanczos ? "Lanczos" : std::move(upscale.model);
  return run_record;
}

// Reads how a picture was enlarged, which is stored beside its settings.
void read_upscale(const PictureInfo& info, FinishedPicture& picture) {
  GenerationRequest& request = picture.request;
  for (auto text = info.texts.rbegin(); text != info.texts.rend(); ++text) {
    if (text->keyword != kUpscaleKeyword) continue;
    auto record = parse_upscale_json(text->value);
    if (!record || record->scale > kMaxUpscale) return;
    request.upscale = Upscale{record->model, record->scale, record->denoise};
    // The settings are those of what the model made, however often it was enlarged since.
    const int times = info.width / std::max(1, request.width);
    const bool is_whole = times > 0 && times % record->scale == 0 &&
                          request.width * times == info.width &&
                          request.height * times == info.height;
    request.origin = Origin{{record->file, record->sha256},
                            how_upscaled(*request.upscale, is_whole ? times : record->scale)};
    request.width = info.width;
    request.height = info.height;
    picture.picture.run_record = run_record_of(*std::move(record));
    return;
  }
}

}  // namespace

std::optional<FinishedPicture> read_made_picture(const std::filesystem::path& file, JobId id) {
  try {
    const PictureInfo info = read_picture_info(file);
    for (const PictureText& text : info.texts) {
      if (text.keyword != "headroom") continue;
      FinishedPicture picture;
      picture.job = id;
      ReadSettings settings = parse_headroom_entry(text.value);
      picture.request = std::move(settings.request);
      if (settings.start) {
        picture.request.init = start_of_record(*settings.start);
        picture.request.strength = settings.start->strength;
      }
      picture.request.variation = settings.variation;
      picture.request.variety = settings.variety;
      picture.request.seed_mode = settings.seed_mode;
      picture.request.origin = std::move(settings.origin);
      picture.picture.seed = picture.request.seed.value_or(0);
      picture.picture.run_record = read_run_record(text.value);
      read_upscale(info, picture);
      picture.file = file;
      return picture;
    }
  } catch (const Error&) {
    // Moved away, or changed by another program: not shown.
  }
  return std::nullopt;
}

}  // namespace headroom
