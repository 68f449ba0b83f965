#include "gui/demo_lists.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/size.h"
#include "headroom/image/picture_info.h"
#include "headroom/memory/budget.h"
#include "headroom/records/headroom_entry.h"
#include "headroom/records/upscale_json.h"

#include "support/fake_generator.h"

#include <algorithm>
#include <optional>
#include <thread>

namespace headroom::test {
namespace {

// What gui_demo's device has unless it is told otherwise.
Budget demo_budget() {
  MemorySnapshot memory;
  memory.total = 6 * kGiB;
  memory.used_by_others = 600 * kMiB;
  memory.free = memory.total - memory.used_by_others;
  memory.is_main_memory = true;
  return compute_budget(memory, {});
}

// All presets up to so many pixels fit, and the largest of them is slowed down.
std::vector<Forecast> presets_up_to(std::optional<Size> largest, double slower) {
  std::vector<Forecast> all;
  for (const SizePreset& preset : kSizePresets) {
    GenerationRequest request;
    request.width = preset.size.width;
    request.height = preset.size.height;
    Forecast forecast;
    forecast.budget = demo_budget();
    forecast.plan = FakeGenerator::make_plan(FakeGenerator::shape_of(request), 1);
    forecast.plan.seconds *= slower;
    forecast.plan.seconds_are_estimated = slower > 1;
    const int area = request.width * request.height;
    forecast.fits = largest && area <= largest->width * largest->height;
    const std::int64_t budget = forecast.budget.budget_bytes;
    forecast.plan.peak_bytes =
        forecast.fits ? std::min(forecast.plan.peak_bytes, budget) : budget + 3 * kGiB;
    forecast.shortfall_bytes = std::max<std::int64_t>(0, forecast.plan.peak_bytes - budget);
    if (forecast.fits && area == largest->width * largest->height) forecast.slowdown = 1.4;
    all.push_back(std::move(forecast));
  }
  return all;
}

ModelOffer offer(const std::string& model, const std::string& name, const std::string& format,
                 std::int64_t bytes) {
  ModelOffer offered;
  offered.model = model;
  offered.name = name;
  offered.place = "/home/you/models/" + model;
  if (!format.empty()) offered.formats = {{format, 200}};
  offered.file_bytes = bytes;
  return offered;
}

ModelOffer not_here(const char* name, const char* title) {
  ModelOffer known = offer(name, title, "", 0);
  known.place = std::string("Tongyi-MAI/") + title;
  known.get = "hf download " + known.place;
  known.is_here = false;
  return known;
}

std::vector<ModelOffer> demo_offers(const std::string& which) {
  std::vector<ModelOffer> all{offer("", "Z-Image-Tiny", "BF16", 27 * kMiB)};
  all.front().is_starter = true;
  if (which != "none") {
    all.push_back(offer("Tongyi-MAI/turbo", "Z-Image-Turbo", "BF16", 20 * kGiB));
    all.push_back(offer("big", "Z-Image", "F32", 40 * kGiB));
    all.push_back(offer("broken", "broken", "", 0));
    all.back().problem = say("cannot read {0}: {1}", "/home/you/models/broken",
                             say("the disk is full; free some space or choose another folder"));
    all.push_back(offer("hollow", "hollow", "Q4_K", 6 * kGiB));
    all.back().formats["Q6_K"] = 30;
  }
  if (which == "many") {
    all.push_back(offer("half", "half", "", 7 * kGiB));
    all.back().missing = {"text_encoder", "vae"};
    all.back().get =
        "hf download Tongyi-MAI/Z-Image-Turbo --include 'text_encoder/*' 'vae/*' --local-dir "
        "'/home/you/models/half'";
    all.back().problem = say("{0} lacks {1}; get it with \"{2}\"", all.back().place,
                             say("the text encoder"), all.back().get);
    for (int i = 1; i <= 8; ++i) {
      const std::string name = "tuned-" + std::to_string(i);
      all.push_back(offer(name, name, i % 2 == 0 ? "Q8_0" : "F8_E4M3", (6 + i) * kGiB));
    }
  }
  all.push_back(not_here("z-image-turbo", "Z-Image-Turbo"));
  all.push_back(not_here("z-image", "Z-Image"));
  return all;
}

}  // namespace

void find_demo_models(const std::string& which, std::chrono::milliseconds pause,
                      const std::function<void(ModelOffer)>& found) {
  const std::vector<ModelOffer> all = demo_offers(which);
  for (const ModelOffer& one : all) {
    std::this_thread::sleep_for(pause);
    found(one);
  }
  for (ModelOffer one : all) {
    std::this_thread::sleep_for(pause);
    if (one.problem.empty()) {
      const std::optional<Size> largest = one.model == "big" ? std::nullopt
                                          : one.is_starter   ? std::optional(Size{1024, 1024})
                                                             : std::optional(Size{768, 768});
      one.presets = presets_up_to(largest, one.is_here ? 1 : 900);
    }
    one.is_judged = true;
    found(std::move(one));
  }
}

FoundLora DemoLoras::look(const LoraTag& tag) const {
  const auto found = files_.find(tag.name);
  if (found == files_.end()) {
    throw Error(ErrorKind::kInvalidRequest,
                say("the LoRA {0} is not there; put its .safetensors file into one of {1}",
                    tag.name, "/loras"));
  }
  return {found->second, 96, 94, kBytes};
}

std::string DemoLoras::add(const std::filesystem::path& file) {
  const std::string name = file.stem().string();
  if (name.starts_with("other"))
    throw Error(ErrorKind::kModelFile, say("{0}: {1}", file.filename(), "3 of 20 keys matched"));
  files_[name] = file;
  return name;
}

void DemoLoras::list(const std::function<void(LoraOffer)>& found) const {
  std::vector<LoraOffer> all;
  for (const char* const name : {"chalk", "ink", "other", "wash"}) {
    if (which_ != "none")
      all.push_back({name, "/loras/" + std::string(name) + ".safetensors", 144 * kMiB});
  }
  for (int i = 1; which_ == "many" && i <= 10; ++i) {
    const std::string name = "styles/brush-" + std::to_string(i);
    all.push_back({name, "/loras/" + name + ".safetensors", (100 + i) * kMiB});
  }
  for (const LoraOffer& one : all) found(one);
  for (LoraOffer& one : all) {
    std::this_thread::sleep_for(pause_);
    if (one.name == "other") {
      one.problem = say("{0}: {1}", one.file.filename(),
                        say("the disk is full; free some space or choose another folder"));
    } else {
      one.fits = FoundLora{one.file, 96, 94, kBytes};
    }
    found(std::move(one));
  }
}

void DemoFolders::add(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw Error(ErrorKind::kIo,
                say("{0} is no folder; name the folder that models are in", folder));
  }
  folders_.push_back({folder, true, true});
}

void DemoFolders::remove(const std::filesystem::path& folder) {
  std::erase_if(folders_, [&](const SearchedFolder& known) { return known.path == folder; });
}

void find_demo_upscalers(const std::string& which, std::chrono::milliseconds pause,
                         const std::function<void(UpscalerOffer)>& found) {
  if (which == "none") return;
  const auto tell = [&](UpscalerOffer offer) {
    std::this_thread::sleep_for(pause);
    found(std::move(offer));
  };
  tell({"damaged", "/upscalers/damaged.pth", 0, "damaged.pth is cut short; get it again"});
  tell({.name = "sharp", .file = "/upscalers/sharp.pth", .scale = 4, .can_mix = true});
  tell({"soft", "/upscalers/soft.safetensors", 2});
}

std::vector<PictureText> demo_texts(const GenerationRequest& request,
                                    const GeneratedImage& picture) {
  if (!request.upscale) return {{"headroom", headroom_entry(request, picture), true}};
  std::vector<PictureText> texts = read_picture_info(request.origin->file.path).texts;
  const InitImage::File& origin = request.origin->file;
  texts.push_back(
      {kUpscaleKeyword,
       upscale_json({origin.name, origin.sha256, request.upscale->model, request.upscale->scale,
                     request.upscale->denoise, "demo", picture.run_record}),
       true});
  return texts;
}

}  // namespace headroom::test
