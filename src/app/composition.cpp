#include "composition.h"

#include "headroom/core/error.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/image/png_writer.h"
#include "headroom/image/settings.h"
#include "paths.h"

#include <chrono>
#include <string>
#include <system_error>

#include <unistd.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

PipelineOptions pipeline_options(const AppConfig& config, fs::path dump_file) {
  PipelineOptions options;
  options.model =
      read_model_folder(config.model.path.empty() ? starter_model_folder() : fs::path(config.model.path));
  options.device = choose_device(config.model.device);
  options.dtype = config.model.dtype;
  options.threads = config.model.threads;
  options.budget = config.budget();
  options.low_vram = config.model.low_vram;
  options.pretend_vram_bytes = config.memory.pretend_vram_bytes;
  options.dump_file = std::move(dump_file);
  return options;
}

bool names_a_file(const fs::path& output) { return output.extension() == ".png"; }

}  // namespace

Composition::Composition(const AppConfig& config, fs::path dump_file)
    : pipeline(pipeline_options(config, std::move(dump_file))),
      tokenizer(std::make_shared<const PromptTokenizer>(pipeline.model.root / "tokenizer")),
      forecaster(make_forecaster(pipeline, tokenizer)),
      memory(pipeline.device, pipeline.pretend_vram_bytes) {
  if (!pipeline.device.is_cuda()) cpu_budget::install();
}

GenerationQueue::MakeGenerator Composition::generator_maker() const {
  return [pipeline = pipeline, tokenizer = tokenizer, forecaster = forecaster] {
    return make_generator(pipeline, tokenizer, forecaster);
  };
}

fs::path save_picture(const fs::path& output, const GenerationRequest& request,
                      const GeneratedImage& picture) {
  const std::vector<PngText> texts{{"parameters", a1111_parameters(request, picture)},
                                   {"headroom", settings_json(request, picture), true},
                                   {"Software", "Headroom " + picture.receipt.version}};
  const std::string png = encode_png(*picture.image, texts);
  if (!names_a_file(output)) return save_png_in(output, std::chrono::system_clock::now(), png);
  fs::path file = output;
  if (picture.index > 0) {
    file.replace_filename(output.stem().string() + "_" + std::to_string(picture.index + 1) + ".png");
  }
  write_new_file(file, png);
  return file;
}

void check_output(const fs::path& output) {
  std::error_code error;
  if (names_a_file(output) && fs::exists(output, error)) {
    throw Error(ErrorKind::kIo, output.string() + " already exists; name another file, or a folder");
  }
  fs::path folder = names_a_file(output) ? output.parent_path() : output;
  if (folder.empty()) folder = ".";
  while (!fs::exists(folder, error) && folder.has_parent_path()) folder = folder.parent_path();
  if (folder.empty()) folder = ".";
  if (!fs::is_directory(folder, error)) {
    throw Error(ErrorKind::kIo, output.string() + " cannot be written: " + folder.string() +
                                    " is not a folder; name another place with -o");
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    throw Error(ErrorKind::kIo, output.string() + " cannot be written: no permission in " +
                                    folder.string() + "; name another place with -o");
  }
}

}  // namespace headroom
