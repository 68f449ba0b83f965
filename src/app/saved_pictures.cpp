#include "saved_pictures.h"

#include "headroom/config/paths.h"
#include "headroom/core/error.h"
#include "headroom/core/lower_case.h"
#include "headroom/image/file_writer.h"
#include "headroom/image/picture_formats.h"
#include "headroom/image/picture_info.h"
#include "headroom/image/png_writer.h"
#include "headroom/records/a1111_text.h"
#include "headroom/records/headroom_entry.h"
#include "headroom/records/request_json.h"
#include "headroom/records/upscale_json.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const fs::path& target, const std::string& reason) {
  throw Error(ErrorKind::kIo, target.string() + " cannot be written: " + reason);
}

bool exists(const fs::path& path, const fs::path& target) {
  std::error_code error;
  const fs::file_status status =
      fs::symlink_status(path, error);  // a dangling link blocks the name, too
  if (status.type() == fs::file_type::not_found) return false;
  if (error) refuse(target, error.message() + "; name another place");
  return true;
}

// Checks that the folder, or the one in which it will be created, accepts new files.
void check_folder(const fs::path& wanted, const fs::path& target) {
  fs::path folder = wanted.empty() ? fs::path(".") : wanted;
  while (!exists(folder, target)) {
    const fs::path parent = folder.parent_path();
    folder = parent.empty() || parent == folder ? fs::path(".") : parent;
  }
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    refuse(target, folder.string() + " is not a folder; name another place");
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    refuse(target, std::error_code(errno, std::generic_category()).message() + " in " +
                       folder.string() + "; name another place");
  }
}

std::vector<PictureText> own_texts(const GenerationRequest& request,
                                   const GeneratedImage& picture) {
  return {{"parameters", a1111_parameters(request, picture)},
          {"headroom", headroom_entry(request, picture), true},
          {"Software", "Headroom " + picture.run_record.version}};
}

// The texts that `headroom upscale` writes, too: those of the picture that was enlarged, and how.
std::vector<PictureText> enlarged_texts(const GenerationRequest& request,
                                        const GeneratedImage& picture) {
  const InitImage::File& origin = request.origin->file;
  std::vector<PictureText> texts;
  try {
    for (PictureText& text : read_picture_info(origin.path).texts) {
      if (can_stand_in_png(text)) texts.push_back(std::move(text));
    }
  } catch (const Error&) {
    // It was moved away meanwhile, which must not cost the result: use what the request knows.
    GenerationRequest made = request;
    made.width /= request.upscale->scale;
    made.height /= request.upscale->scale;
    made.origin.reset();
    texts = own_texts(made, picture);
  }
  const bool is_network = request.upscale->model != kLanczos;
  const UpscaleRecord record{
      origin.name,
      origin.sha256,
      is_network ? fs::path(request.upscale->model).filename().string() : kLanczos,
      request.upscale->scale,
      request.upscale->denoise,
      picture.run_record.version,
      picture.run_record};
  texts.push_back({kUpscaleKeyword, upscale_json(record), true});
  return texts;
}

}  // namespace

fs::path numbered(const fs::path& file, int index) {
  if (index == 0) return file;
  fs::path result = file;
  return result.replace_filename(file.stem().string() + "_" + std::to_string(index + 1) +
                                 file.extension().string());
}

OutputPlace choose_output(const fs::path& typed, const OutputOptions& options) {
  if (typed.empty()) return {options.folder.empty() ? default_output_folder() : options.folder};
  std::error_code error;
  if (fs::is_directory(typed, error)) return {typed};
  const PictureFormat* const format = format_of(typed);
  if (format != nullptr && format->encode != nullptr) return {typed, true};
  constexpr std::array<std::string_view, 5> kOthers{".bmp", ".gif", ".tif", ".tiff", ".avif"};
  const std::string extension = lower_ascii(typed.extension().string());
  if (format != nullptr || std::ranges::find(kOthers, extension) != kOthers.end()) {
    const std::string names = format_names(PictureUse::kWriting);
    throw Error(ErrorKind::kInvalidRequest, typed.string() + ": pictures are saved as " + names +
                                                " only; name a " + usual_extension() +
                                                " file or a folder");
  }
  return {typed};
}

void check_output(const OutputPlace& output, int count) {
  if (!output.is_file) return check_folder(output.path, output.path);
  check_folder(output.path.parent_path(), output.path);
  for (int i = 0; i < count; ++i) {
    const fs::path file = numbered(output.path, i);
    if (exists(file, file)) {
      throw Error(ErrorKind::kIo,
                  file.string() + " already exists; name another file, or a folder");
    }
  }
}

void check_dump_file(const fs::path& file) {
  std::error_code error;
  if (!file.has_filename() || fs::is_directory(file, error)) {
    refuse(file, "it is a folder; name a file after --dump");
  }
  exists(file, file);  // fails if the name is too long
  check_folder(file.parent_path(), file);
}

fs::path save_picture(const OutputPlace& output, const GenerationRequest& request,
                      const GeneratedImage& picture) {
  const std::vector<PictureText> texts =
      request.upscale ? enlarged_texts(request, picture) : own_texts(request, picture);
  if (!output.is_file) {
    return save_picture_in(output.path, std::chrono::system_clock::now(),
                           usual_format().encode(*picture.image, texts));
  }
  fs::path file = numbered(output.path, picture.index);
  const PictureFormat& format = is_written(file) ? *format_of(file) : usual_format();
  write_new_file(file, format.encode(*picture.image, texts));
  return file;
}

nlohmann::json own_entry(const fs::path& file) {
  try {
    for (const PictureText& text : read_picture_info(file).texts) {
      if (text.keyword != "headroom") continue;
      auto entry = nlohmann::json::parse(text.value, nullptr, /*allow_exceptions=*/false);
      return entry.is_object() ? std::move(entry) : nlohmann::json();
    }
  } catch (const Error&) {
    // Not a picture.
  }
  return {};
}

bool is_picture_of(const fs::path& file, const GenerationRequest& request) {
  const nlohmann::json entry = own_entry(file);
  if (!entry.is_object()) return false;
  nlohmann::json told = entry.value("request", nlohmann::json());
  if (!request.seed && told.is_object()) told["seed"] = nullptr;
  return told == to_json(request);
}

namespace {

// Calls `save` for each folder until one works, and returns its file; the caller reports the first
// failure.
template <typename Save>
fs::path rescue(const Save& save) {
  std::error_code error;
  for (const fs::path& folder :
       {fs::current_path(error), default_output_folder(), fs::temp_directory_path(error)}) {
    if (folder.empty()) continue;
    try {
      return save(folder);
    } catch (const Error&) {
      continue;
    }
  }
  return {};
}

}  // namespace

fs::path rescue_picture(const GenerationRequest& request, const GeneratedImage& picture) {
  return rescue([&](const fs::path& folder) { return save_picture({folder}, request, picture); });
}

fs::path rescue_text(const std::string& name, const std::string& text) {
  return rescue([&](const fs::path& folder) {
    write_new_file(folder / name, text);
    return folder / name;
  });
}

}  // namespace headroom
