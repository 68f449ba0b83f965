#include "init_folder_run.h"

#include "headroom/cli/stdout_text.h"
#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/image/picture_formats.h"

#include "commands/job_series.h"
#include "input_pictures.h"
#include "read_init_image.h"
#include "saved_pictures.h"

#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace headroom {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const std::string& sentence) {
  throw Error(ErrorKind::kInvalidRequest, sentence);
}

void check(const CommandLine& line) {
  if (line.output.empty() || is_written(line.output)) {
    refuse("pictures of a folder go to a folder; name it with -o");
  }
  check_goes_elsewhere({line.init_image}, line.output);
  if (line.count.value_or(1) > 1) {
    refuse(
        "--count makes several pictures of one, which a folder of pictures does not allow; "
        "leave it out");
  }
}

// Throws Error unless `file` is a picture of `request`.
void check_is_made(const fs::path& file, const GenerationRequest& request) {
  if (is_picture_of(file, request)) return;
  throw Error(
      ErrorKind::kIo,
      file.string() + " is there already and was made otherwise; name another folder with -o");
}

// The command line for one of the folder's pictures.
CommandLine line_for(const CommandLine& line, const fs::path& picture) {
  CommandLine one = line;
  one.init_image = picture;
  std::error_code error;
  if (fs::is_directory(line.mask, error)) {
    one.mask = line.mask / picture.filename();
    if (!fs::exists(one.mask, error)) one.mask.replace_extension(usual_extension());
  }
  return one;
}

}  // namespace

bool starts_from_folder(const CommandLine& line) {
  std::error_code error;
  return !line.init_image.empty() && fs::is_directory(line.init_image, error);
}

int run_init_folder(const CommandLine& line, const GenerationContext& app,
                    const GenerationRequest& request, const BlockedSignals& signals) {
  check(line);
  const auto all = with_targets(pictures_in(line.init_image), line.output);
  check_output({line.output}, 1);
  JobSeries series(line, app, signals);
  int left_out = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string name = all[i].from.filename().string();
    try {
      GenerationRequest one = request;
      const std::vector<Message> notes =
          read_init_image(line_for(line, all[i].from), app.pipeline.model.info, one);
      std::error_code error;
      if (fs::exists(all[i].to, error)) {
        check_is_made(all[i].to, one);
        ++left_out;
        continue;
      }
      std::fprintf(stderr, "headroom: %zu of %zu: %s\n", i + 1, all.size(),
                   printable(name).c_str());
      for (const Message& note : notes) {
        std::fprintf(stderr, "headroom: note: %s\n", note.english().c_str());
      }
      if (!series.make_one_of_many(name, one, {all[i].to, true})) break;
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kDevice) throw;
      series.fail(name, e);
    }
  }
  print_sum({series.made(), left_out, series.failed(), series.unsaved()});
  return series.code();
}

}  // namespace headroom
