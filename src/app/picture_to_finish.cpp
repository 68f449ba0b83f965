#include "picture_to_finish.h"

#include "headroom/core/error.h"
#include "headroom/core/finish.h"
#include "headroom/core/sha256.h"
#include "headroom/image/file_io.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/picture_formats.h"
#include "headroom/image/picture_info.h"
#include "headroom/image/resize.h"
#include "headroom/records/find_settings.h"

#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace headroom {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const std::string& sentence) {
  throw Error(ErrorKind::kInvalidRequest, sentence);
}

// The request of a picture's settings; the model's recommendations fill the gaps.
GenerationRequest request_of(const ReadSettings& settings, const ModelInfo& model) {
  GenerationRequest request = settings.request;
  if (!settings.says("steps")) request.steps = model.steps;
  if (!settings.says("guidance")) request.guidance_scale = model.guidance_scale;
  if (!settings.says("negative_prompt")) request.negative_prompt = model.negative_prompt;
  if (!settings.says("seed")) request.seed.reset();
  request.variation = settings.variation;
  request.variety = settings.variety;
  request.seed_mode = settings.seed_mode;
  return request;
}

// Names of the settings that are the model's recommendations, because the text lacks them.
std::string recommended(const ReadSettings& settings, const CommandLine& line) {
  std::string names;
  const auto add = [&](const char* field, bool is_typed) {
    if (is_typed || settings.says(field)) return;
    names += (names.empty() ? "" : " and ") + std::string(field);
  };
  add("steps", line.steps.has_value());
  add("guidance", line.guidance.has_value());
  return names;
}

void check_model(const ReadSettings& settings, const CommandLine& line, const ModelInfo& model,
                 std::vector<std::string>& notes) {
  if (settings.model.empty() || settings.model == model.name) return;
  if (!line.model_is_typed) {
    refuse("it was made with " + settings.model + ", and the model here is " + model.name +
           "; name the one that is to finish it with --model");
  }
  notes.push_back("it was made with " + settings.model + " and is finished with " + model.name);
}

// Checks settings that only a run from the same seed needs.
void check_same_seed(const std::optional<ReadSettings>& settings, const GenerationRequest& request,
                     std::vector<std::string>& notes) {
  constexpr const char* kOtherWay = "use --how refine, which begins with the picture itself";
  if (!request.seed) {
    refuse("it tells no seed; name one with --seed, or " + std::string(kOtherWay));
  }
  if (settings && settings->start) {
    refuse("it was started from " + settings->start->picture.name + "; " + kOtherWay);
  }
  if (settings && settings->source != "headroom") {
    notes.push_back(
        "it was made by another program, whose seeds are other noise: it will be "
        "another picture of the same words");
  }
}

// What is no picture at all is refused by read_picture_info(), which names WebP, too, since
// settings are read from that.
void check_format(const fs::path& file) {
  if (format_of_bytes(read_whole_file(file)) != nullptr) return;
  throw Error(ErrorKind::kIo, say("it is not a {0} picture; convert it first",
                                  say_format_names(PictureUse::kPixels)));
}

void check_larger(Size from, Size to) {
  const auto area = [](Size size) { return std::int64_t{size.width} * size.height; };
  if (area(to) > area(from)) return;
  refuse("it is " + to_string(from) + " px and would become " + to_string(to) +
         "; choose a larger --size");
}

// The percentage of a picture that is cropped to get another shape.
int cut_percent(Size from, Size to) {
  const double have = static_cast<double>(from.width) / from.height;
  const double want = static_cast<double>(to.width) / to.height;
  return static_cast<int>(100 * (1 - std::min(have, want) / std::max(have, want)) + 0.5);
}

}  // namespace

PictureToFinish read_picture_to_finish(const CommandLine& line, const fs::path& file,
                                       const ModelInfo& model) {
  const FinishMethod how = line.finish_how.value_or(FinishMethod{model.refine_strength});
  if (how.refine) check_format(file);
  const PictureInfo info = read_picture_info(file);
  PictureToFinish picture{file, {info.width, info.height}, {}, {}};
  // From the same seed only its settings are needed.
  if (how.refine && !info.why_no_pixels.empty()) {
    throw Error(ErrorKind::kIo, info.why_no_pixels);
  }
  if (picture.size.width < 1 || picture.size.height < 1) refuse("its header says no size");
  const std::optional<ReadSettings> settings = find_settings(info.texts);
  const ReadSettings told = settings.value_or(ReadSettings{});
  GenerationRequest request = request_of(told, model);
  apply_typed(line, request);
  if (request.prompt.empty()) {
    refuse("no settings in it say what it shows; say it with -p \"...\"");
  }
  if (settings) check_model(*settings, line, model, picture.notes);
  if (const std::string names = recommended(told, line); !names.empty()) {
    picture.notes.push_back("it does not tell " + names + ", so the model's own are used");
  }
  if (!how.refine) check_same_seed(settings, request, picture.notes);
  const Size to = finished_size(picture.size, line.finish_size, model.size_unit);
  check_larger(picture.size, to);
  const int cut = cut_percent(picture.size, to);
  if (how.refine && cut > 0) {
    picture.notes.push_back(std::to_string(cut) + " % of it is cut off for the shape of " +
                            to_string(to) + " px");
  }
  picture.request = finish_request(std::move(request), how, to,
                                   {file.filename().string(), sha256(read_whole_file(file))});
  const auto problems = validate(picture.request, model.size_unit);
  if (!problems.empty()) throw Error(ErrorKind::kInvalidRequest, problems.front().message);
  return picture;
}

GenerationRequest with_pixels(const PictureToFinish& picture) {
  GenerationRequest request = picture.request;
  if (!request.init) return request;
  auto start = std::make_shared<InitImage>(*request.init);
  start->image = fit(read_image(picture.file), request.width, request.height);
  request.init = std::move(start);
  return request;
}

}  // namespace headroom
