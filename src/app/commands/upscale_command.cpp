#include "headroom/cli/exit_code.h"
#include "headroom/cli/signals.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/finish.h"
#include "headroom/core/quote.h"
#include "headroom/core/size.h"
#include "headroom/core/version.h"
#include "headroom/image/file_writer.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/picture_info.h"
#include "headroom/image/png_writer.h"
#include "headroom/image/resize.h"
#include "headroom/records/upscale_json.h"

#include "commands/commands.h"
#include "input_pictures.h"
#include "saved_pictures.h"
#include "upscale_method.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

constexpr int kMostSide_px = 16384;  // limit for reading and writing pictures

[[noreturn]] void refuse(const std::string& sentence) {
  throw Error(ErrorKind::kInvalidRequest, sentence);
}

// A line that is rewritten in place; nothing if stderr is not a terminal.
class Progress {
 public:
  ~Progress() { clear(); }
  void show(std::int64_t done, std::int64_t total) {
    const int percent = static_cast<int>(100 * done / std::max<std::int64_t>(1, total));
    if (!is_terminal_ || percent == percent_) return;
    percent_ = percent;
    std::fprintf(stderr, "\r%3d %%", percent);
  }
  void clear() {
    if (percent_ >= 0) std::fputs("\r\033[K", stderr);
    percent_ = -1;
  }

 private:
  bool is_terminal_ = isatty(STDERR_FILENO) == 1;
  int percent_ = -1;
};

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::symlink_status(file, error).type() != fs::file_type::not_found;
}

// The record in an earlier result.
std::optional<UpscaleRecord> record_in(const fs::path& file) {
  try {
    const std::vector<PictureText> texts = read_picture_info(file).texts;
    for (auto text = texts.rbegin(); text != texts.rend(); ++text) {
      if (text->keyword == kUpscaleKeyword) return parse_upscale_json(text->value);
    }
  } catch (const Error&) {
    // Not a picture, so not one of this program's.
  }
  return std::nullopt;
}

// The pictures of `headroom finish --how upscaler:FILE`, in sizes as that has them.
bool finishes(const CommandLine& line) {
  return line.finish_how && !line.finish_how->upscaler.empty();
}

class Series {
 public:
  Series(const CommandLine& line, const BlockedSignals& signals)
      : line_(line),
        signals_(signals),
        method_(make_upscale_method(line, signals)),
        scale_(line.scale.value_or(method_->own_scale() == 0 ? 2 : method_->own_scale())) {
    const int own = method_->own_scale();
    if (own != 0 && scale_ > own) {
      refuse(method_->model() + " makes pictures " + std::to_string(own) +
             " times as large, so --scale " + std::to_string(scale_) +
             " needs another model; or leave it out");
    }
  }

  [[nodiscard]] int scale() const { return scale_; }
  [[nodiscard]] int made() const { return made_; }
  [[nodiscard]] int left_out() const { return left_out_; }

  // Returns false when it was stopped. Throws Error.
  [[nodiscard]] bool make(InputPicture picture) {
    TransparentImage read = read_transparent_image(picture.from);
    if (finishes(line_)) scale_ = times_of(picture, {read.image.width, read.image.height});
    const Size size{read.image.width * scale_, read.image.height * scale_};
    if (size.width > kMostSide_px || size.height > kMostSide_px) {
      refuse(picture.from.string() + " would become " + to_string(size) +
             " px, and pictures have at most " + std::to_string(kMostSide_px) +
             " px a side; choose a smaller --scale");
    }
    const UpscaleRecord record{picture.from.filename().string(),
                               read.sha256,
                               method_->model(),
                               scale_,
                               line_.denoise,
                               std::string(kVersion)};
    if (choose_file(picture, record)) {
      ++left_out_;
      std::fprintf(stderr, "headroom: %s is made already\n",
                   printable(picture.to.string()).c_str());
      return true;
    }
    const UpscaleMethodPlan plan = method_->plan(read.image.width, read.image.height);
    tell(picture, {read.image.width, read.image.height}, size, plan);
    if (line_.dry_run) return true;
    std::optional<Image> result = enlarge(read.image, plan);
    if (!result) return false;
    save(picture, *std::move(result), read.alpha, record, plan);
    ++made_;
    return true;
  }

 private:
  // Of `headroom finish`: what its size says for this picture.
  [[nodiscard]] int times_of(const InputPicture& picture, Size size) const {
    const auto times = upscaled_times(size, line_.finish_size);
    const int most = method_->own_scale() == 0 ? kMaxUpscale : method_->own_scale();
    if (times && *times <= most) return *times;
    std::string sizes;
    for (int i = 2; i <= most; ++i)
      sizes += (i == 2      ? ""
                : i == most ? " or "
                            : ", ") +
               to_string(Size{size.width * i, size.height * i});
    refuse(picture.from.filename().string() + " is " + to_string(size) + " px, and " +
           method_->model() + " makes it " + sizes + "; choose one of these with --size");
  }

  // Adds a number to the picture's file if that is another picture's, of this call or an earlier
  // one. Returns whether the picture exists there already.
  [[nodiscard]] bool choose_file(InputPicture& picture, const UpscaleRecord& record) {
    const fs::path first = picture.to;
    bool is_made = false;
    for (int i = 1; !is_made; ++i) {
      if (!taken_.contains(picture.to)) {
        if (!is_there(picture.to)) break;
        const auto earlier = record_in(picture.to);
        is_made = earlier && is_same_upscale(*earlier, record);
        const bool is_anothers = earlier && earlier->sha256 != record.sha256;
        if (!is_made && !(is_anothers && picture.may_be_numbered)) {
          throw Error(ErrorKind::kIo, picture.to.string() +
                                          " already exists and is not what would be made; name "
                                          "another file or folder with -o");
        }
      }
      if (!is_made) picture.to = numbered(first, i);
    }
    taken_.insert(picture.to);
    return is_made;
  }

  // Before the work starts: prints what it needs, or that it does not fit.
  void tell(const InputPicture& picture, Size from, Size to, const UpscaleMethodPlan& plan) const {
    const bool fits = !plan.forecast || plan.forecast->fits;
    if (!fits && !line_.dry_run) throw Error(ErrorKind::kOutOfMemory, plan.forecast->reason);
    if (line_.dry_run && line_.json) {
      print_plan(picture, from, to, plan);
    } else {
      std::fprintf(
          line_.dry_run ? stdout : stderr, "%s%s: %s to %s %s\n",
          line_.dry_run ? "" : "headroom: ", printable(picture.from.filename().string()).c_str(),
          to_string(from).c_str(), to_string(to).c_str(), plan.how.c_str());
    }
    if (!fits) throw Error(ErrorKind::kOutOfMemory, plan.forecast->reason);
  }

  static void print_plan(const InputPicture& picture, Size from, Size to,
                         const UpscaleMethodPlan& plan) {
    nlohmann::ordered_json out{{"file", picture.from.string()},
                               {"output", picture.to.string()},
                               {"width", to.width},
                               {"height", to.height},
                               {"from_width", from.width},
                               {"from_height", from.height}};
    if (plan.forecast) {
      const UpscalePlan& p = plan.forecast->plan;
      out["fits"] = plan.forecast->fits;
      out["budget_bytes"] = plan.forecast->budget.budget_bytes;
      out["pieces"] = p.pieces;
      out["weights_bytes"] = p.weights_bytes;
      out["peak_bytes"] = p.peak_bytes;
      out["host_bytes"] = p.host_bytes;
    }
    std::printf("%s\n", json_line(out).c_str());
  }

  // Enlarges to the wanted size.
  [[nodiscard]] std::optional<Image> enlarge(const Image& image, const UpscaleMethodPlan& plan) {
    Progress progress;
    const auto started = std::chrono::steady_clock::now();
    std::optional<Image> made =
        method_->run(image, plan, scale_, [&](std::int64_t done, std::int64_t total) {
          progress.show(done, total);
          return !signals_.wait_for(std::chrono::milliseconds(0));
        });
    const int width = image.width * scale_;
    const int height = image.height * scale_;
    if (made && made->width != width) made = resize_lanczos(*made, width, height);
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return made;
  }

  void save(const InputPicture& picture, Image image, const GreyImage& alpha,
            const UpscaleRecord& record, const UpscaleMethodPlan& plan) const {
    std::vector<PictureText> texts;
    for (PictureText& text : read_picture_info(picture.from).texts) {
      if (can_stand_in_png(text)) texts.push_back(std::move(text));
    }
    texts.push_back({kUpscaleKeyword, upscale_json(record), true});
    const GreyImage large =
        alpha.grey.empty() ? GreyImage{} : resize_lanczos(alpha, image.width, image.height);
    write_new_file(picture.to, encode_png_with_alpha(image, large, texts));
    print_made(picture, {image.width, image.height}, plan);
  }

  void print_made(const InputPicture& picture, Size size, const UpscaleMethodPlan& plan) const {
    if (line_.json) {
      nlohmann::ordered_json out{{"file", picture.to.string()},
                                 {"from", picture.from.string()},
                                 {"width", size.width},
                                 {"height", size.height},
                                 {"scale", scale_},
                                 {"model", method_->model()},
                                 {"seconds", seconds_}};
      if (plan.forecast) {
        out["pieces"] = plan.forecast->plan.pieces;
        const PeakUse actual = method_->actual_peak();
        out["predicted_peak_bytes"] = plan.forecast->plan.peak_bytes;
        out["actual_peak_bytes"] = actual.held;
        out["predicted_in_use_bytes"] = plan.forecast->plan.in_use_peak_bytes;
        out["actual_in_use_bytes"] = actual.in_use;
      }
      std::printf("%s\n", json_line(out).c_str());
    } else {
      std::printf("%s\n", picture.to.c_str());
    }
    std::fflush(stdout);  // failures are reported at the end, when all pictures are made
  }

  const CommandLine& line_;
  const BlockedSignals& signals_;
  std::unique_ptr<UpscaleMethod> method_;
  std::set<fs::path> taken_;  // by pictures of this call
  int scale_;                 // of `headroom finish`, the last picture's
  int made_ = 0;
  int left_out_ = 0;
  double seconds_ = 0;
};

// Of the files' names in a folder.
std::string ending_of(const CommandLine& line, int scale) {
  if (!finishes(line)) return "_" + std::to_string(scale) + "x";
  if (const auto* const both = std::get_if<Size>(&line.finish_size))
    return "_" + std::to_string(both->width) + "x" + std::to_string(both->height);
  if (const auto* const side = std::get_if<LongerSide>(&line.finish_size))
    return "_" + std::to_string(side->px);
  return "_" + std::to_string(static_cast<int>(std::get<Times>(line.finish_size).factor)) + "x";
}

std::vector<InputPicture> pictures_and_targets(const CommandLine& line, int scale) {
  const std::vector<fs::path> files = all_pictures(line.pictures);
  const OutputPlace output = choose_output(line.output, line.config.output);
  if (output.is_file && files.size() > 1) {
    refuse("several pictures need a folder; name one after -o");
  }
  if (output.is_file) return {{files.front(), output.path}};
  check_output(output, 1);
  check_goes_elsewhere(line.pictures, output.path);
  return with_targets(files, output.path, ending_of(line, scale));
}

}  // namespace

int run_upscale(const CommandLine& line) {
  const BlockedSignals signals;  // before any thread starts, so that all threads inherit the mask
  Series series(line, signals);
  const std::vector<InputPicture> pictures = pictures_and_targets(line, series.scale());
  const bool is_alone = pictures.size() == 1;
  int failed = 0;
  int code = kExitOk;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const std::string name = printable(pictures[i].from.filename().string());
    if (!is_alone && !line.dry_run) {
      std::fprintf(stderr, "headroom: %zu of %zu: %s\n", i + 1, pictures.size(), name.c_str());
    }
    try {
      if (series.make(pictures[i])) continue;
      std::fprintf(stderr, "headroom: cancelled after %s; the same command goes on where it was\n",
                   headroom::pictures(series.made()).c_str());
      return kExitCancelled;
    } catch (const Error& e) {
      if (is_alone || e.kind() == ErrorKind::kDevice) throw;
      const std::string told = told_of(pictures[i].from.filename().string(), e.what());
      std::fprintf(stderr, "headroom: %s\n", printable(told).c_str());
      ++failed;
      if (code == kExitOk) code = exit_code(e.kind());
    }
  }
  if (!is_alone && !line.dry_run) {
    std::fprintf(stderr, "headroom: %s made, %d were there already, %d failed\n",
                 headroom::pictures(series.made()).c_str(), series.left_out(), failed);
  }
  return code;
}

}  // namespace headroom
