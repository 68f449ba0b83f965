#include "offer_upscalers.h"

#include "headroom/config/paths.h"
#include "headroom/core/error.h"
#include "headroom/core/lower_case.h"
#include "headroom/weights/upscaler_file.h"

#include "chosen_model.h"
#include "external_upscaler.h"

#include <algorithm>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace headroom {
namespace fs = std::filesystem;
namespace {

bool is_upscaler(const fs::path& file) {
  const std::string ending = lower_ascii(file.extension().string());
  return ending == ".safetensors" || ending == ".pth";
}

// Compared by canonical path, so that a link to a file is not listed twice.
std::set<fs::path> files_in(const std::vector<fs::path>& folders) {
  std::set<fs::path> files;
  for (const fs::path& folder : folders) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      std::error_code unreadable;
      if (!is_upscaler(entry.path()) || !entry.is_regular_file(unreadable)) continue;
      fs::path file = fs::canonical(entry.path(), unreadable);
      files.insert(unreadable ? entry.path() : std::move(file));
    }
  }
  return files;
}

// Empty: it is not there.
fs::path program_in_path() {
  try {
    return find_external_upscaler(kExternalUpscaler);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

std::vector<fs::path> upscaler_folders(const ModelOptions& options) {
  std::vector<fs::path> folders{upscaler_folder()};
  for (fs::path& shelf : chosen_places(options).shelves.upscalers) {
    if (std::ranges::find(folders, shelf) == folders.end()) folders.push_back(std::move(shelf));
  }
  return folders;
}

void offer_upscalers(const ModelOptions& options, const std::function<void(UpscalerOffer)>& found) {
  std::vector<UpscalerOffer> offers;
  for (const fs::path& file : files_in(upscaler_folders(options)))
    offers.push_back({.name = file.stem().string(), .file = file});
  std::ranges::stable_sort(offers, {}, &UpscalerOffer::name);
  for (UpscalerOffer& offer : offers) {
    try {
      offer.scale = UpscalerFile(offer.file).config().scale;
      offer.can_mix = weaker_upscaler(offer.file).has_value();
    } catch (const Error& e) {
      offer.problem = e.message();
    }
    found(std::move(offer));
  }
  if (const fs::path program = program_in_path(); !program.empty()) {
    found({.name = kExternalUpscaler,
           .file = program,
           .scale = kExternalUpscalerScale,
           .is_program = true});
  }
}

}  // namespace headroom
