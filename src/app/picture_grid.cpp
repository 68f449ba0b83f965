#include "picture_grid.h"

#include "headroom/cli/exit_code.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/core/version.h"
#include "headroom/image/contact_sheet.h"
#include "headroom/image/file_writer.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/png_writer.h"

#include "chosen_loras.h"
#include "commands/job_series.h"
#include "generation_context.h"
#include "init_folder_run.h"
#include "label_fonts.h"
#include "prompt_series.h"
#include "read_init_image.h"
#include "run_need.h"
#include "saved_pictures.h"
#include "session_loras.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const std::string& sentence) {
  throw Error(ErrorKind::kInvalidRequest, sentence);
}

void check(const CommandLine& line) {
  if (line.count.value_or(1) > 1) refuse("a grid has one picture in each place; leave out --count");
  if (has_many_prompts(line)) {
    refuse("a grid takes one prompt without choices; leave out --prompts, {a|b} and wildcards");
  }
  if (starts_from_folder(line)) refuse("a grid starts from one picture; name a file, no folder");
  if (!line.dump_file.empty()) {
    refuse("--dump writes what one run computes; leave it out, or make one picture");
  }
  if (line.grid_x && line.grid_y && line.grid_x->setting == line.grid_y->setting) {
    refuse("--grid-x and --grid-y are both of " + line.grid_x->setting + "; choose another one");
  }
  const bool varies_strength = (line.grid_x && line.grid_x->setting == "strength") ||
                               (line.grid_y && line.grid_y->setting == "strength");
  if (varies_strength && line.init_image.empty()) {
    refuse("strength needs a picture to start from; name it with --init-image FILE");
  }
  if (line.output.empty() || choose_output(line.output, line.config.output).is_file) {
    refuse("a grid goes to a folder; name it with -o");
  }
  check_output({line.output}, 1);
}

// The values along one side; a single empty one if the grid has no such side.
std::vector<std::string> labels_of(const std::optional<GridAxis>& axis) {
  if (!axis) return {""};
  std::vector<std::string> labels;
  for (const std::string& value : axis->values) labels.push_back(axis->label(value));
  return labels;
}

class Grid {
 public:
  Grid(CommandLine line, const GenerationContext& app, LoraSets& loras)
      : line_(std::move(line)),
        app_(app),
        columns_(labels_of(line_.grid_x)),
        rows_(labels_of(line_.grid_y)) {
    const auto typed = add_typed_loras(line_, app, loras);
    if (!typed) return;
    for (const LoraTag& tag : typed->tags()) line_.prompt += " " + write_lora_tag(tag);
  }

  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<std::string>& rows() const { return rows_; }
  [[nodiscard]] std::size_t size() const { return columns_.size() * rows_.size(); }
  [[nodiscard]] fs::path folder() const { return line_.output; }

  // Cells are numbered row by row.
  [[nodiscard]] fs::path file(std::size_t cell) const {
    return line_.output / ("x" + std::to_string(cell % columns_.size() + 1) + "_y" +
                           std::to_string(cell / columns_.size() + 1) + ".png");
  }
  // "steps 4, guidance 1"
  [[nodiscard]] std::string name(std::size_t cell) const {
    const std::string& column = columns_[cell % columns_.size()];
    const std::string& row = rows_[cell / columns_.size()];
    return column + (column.empty() || row.empty() ? "" : ", ") + row;
  }
  // Throws Error when the cell's settings are wrong.
  [[nodiscard]] GenerationRequest request(std::size_t cell) const {
    CommandLine one = line_;
    if (line_.grid_x) line_.grid_x->apply(line_.grid_x->values[cell % columns_.size()], one);
    if (line_.grid_y) line_.grid_y->apply(line_.grid_y->values[cell / columns_.size()], one);
    const ModelInfo& model = app_.pipeline.model.info;
    GenerationRequest request = build_request(one, model);
    static_cast<void>(read_init_image(one, model, request));
    const auto problems = validate(request, model.size_unit);
    if (!problems.empty()) throw Error(ErrorKind::kInvalidRequest, problems.front().message);
    return request;
  }

  // If no seed is typed, all pictures share one: that of the existing pictures, if there are any.
  void choose_seed() {
    const auto is_seed = [](const std::optional<GridAxis>& axis) {
      return axis && axis->setting == "seed";
    };
    if (line_.seed || is_seed(line_.grid_x) || is_seed(line_.grid_y)) return;
    for (std::size_t cell = 0; cell < size() && !line_.seed; ++cell) {
      const nlohmann::json entry = own_entry(file(cell));
      if (!entry.is_object()) continue;
      const nlohmann::json seed = entry.value("seed", nlohmann::json());
      if (seed.is_number_unsigned()) line_.seed = seed.get<std::uint64_t>();
    }
    if (!line_.seed) line_.seed = std::random_device()();
  }

 private:
  CommandLine line_;
  const GenerationContext& app_;
  const std::vector<std::string> columns_;
  const std::vector<std::string> rows_;
};

// What is to be done; determined before anything is made.
struct Work {
  std::vector<std::size_t> cells;  // cells to be made
  RunNeed need;
  Size largest;  // size over all cells
};

// Throws Error, naming the cell, if one is wrong, does not fit or would overwrite another file.
Work look_through(const Grid& grid, const GenerationContext& app, LoraSets& loras) {
  Work work;
  for (std::size_t cell = 0; cell < grid.size(); ++cell) {
    try {
      const GenerationRequest request = grid.request(cell);
      work.largest = {std::max(work.largest.width, request.width),
                      std::max(work.largest.height, request.height)};
      const fs::path file = grid.file(cell);
      std::error_code error;
      if (!fs::exists(fs::symlink_status(file, error))) {
        work.need.add(need_of(request, app, loras));
        work.cells.push_back(cell);
      } else if (!is_picture_of(file, request)) {
        throw Error(ErrorKind::kIo, file.string() +
                                        " is there already and has other settings; name another "
                                        "folder with -o");
      }
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kDevice) throw;
      throw Error(e.kind(), grid.name(cell) + ": " + e.what());
    }
  }
  return work;
}

void make_cells(const Grid& grid, const Work& work, JobSeries& series) {
  for (std::size_t i = 0; i < work.cells.size(); ++i) {
    const std::string name = grid.name(work.cells[i]);
    std::fprintf(stderr, "headroom: %zu of %zu: %s\n", i + 1, work.cells.size(),
                 printable(name).c_str());
    try {
      const OutputPlace place{grid.file(work.cells[i]), true};
      if (!series.make_one_of_many(name, grid.request(work.cells[i]), place)) return;
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kDevice) throw;
      series.fail(name, e);
    }
  }
}

std::string joined(const std::vector<std::string>& labels) {
  std::string text;
  for (const std::string& label : labels) text += (text.empty() ? "" : "; ") + label;
  return text;
}

void tell_missing_letters(const Grid& grid, const Lettering& letters) {
  const std::string missing = letters.missing(joined(grid.columns()) + joined(grid.rows()));
  if (missing.empty()) return;
  std::fprintf(stderr,
               "headroom: note: no font here has these letters of the sheet's labels, which are "
               "boxes there: %s; install fonts-inter and fonts-noto-cjk\n",
               printable(missing).c_str());
}

// sheet.png; sheet_5_of_9.png if pictures are missing; with a number if the name is taken.
fs::path sheet_file(const Grid& grid, std::size_t there) {
  const std::string part = there == grid.size()
                               ? ""
                               : "_" + std::to_string(there) + "_of_" + std::to_string(grid.size());
  const fs::path first = grid.folder() / ("sheet" + part + ".png");
  std::error_code error;
  fs::path file = first;
  for (int i = 1; fs::exists(fs::symlink_status(file, error)); ++i) file = numbered(first, i);
  return file;
}

// Draws the pictures that exist. Throws Error, also when there are none.
void write_sheet(const Grid& grid, Size largest, bool json) {
  std::vector<bool> is_there(grid.size());
  std::error_code error;
  for (std::size_t cell = 0; cell < grid.size(); ++cell) {
    is_there[cell] = fs::exists(grid.file(cell), error);
  }
  const auto there = static_cast<std::size_t>(std::ranges::count(is_there, true));
  if (there == 0) {
    throw Error(ErrorKind::kIo, "none of its pictures is in " + grid.folder().string());
  }
  const auto letters = label_letters();
  tell_missing_letters(grid, *letters);
  const ContactSheet sheet{grid.columns(), grid.rows(), largest,
                           [&](std::size_t column, std::size_t row) -> std::optional<Image> {
                             const std::size_t cell = row * grid.columns().size() + column;
                             if (!is_there[cell]) return std::nullopt;
                             return read_image(grid.file(cell));
                           }};
  const fs::path file = sheet_file(grid, there);
  write_new_file(file, encode_png(draw_sheet(sheet, *letters),
                                  {{"Software", "Headroom " + std::string(kVersion)},
                                   {"Description", "Columns: " + joined(grid.columns()) +
                                                       ". Rows: " + joined(grid.rows())}}));
  const std::string told =
      json ? json_line({{"sheet", file.string()}, {"pictures", there}, {"of", grid.size()}})
           : file.string();
  std::printf("%s\n", told.c_str());
}

// Without it the pictures are worth keeping all the same. Returns the exit code.
int make_sheet(const Grid& grid, Size largest, bool json) {
  try {
    write_sheet(grid, largest, json);
    return kExitOk;
  } catch (const Error& e) {
    std::fprintf(stderr, "headroom: the sheet is not made: %s\n", printable(e.what()).c_str());
    return exit_code(e.kind());
  }
}

}  // namespace

bool asks_for_grid(const CommandLine& line) { return line.grid_x || line.grid_y; }

int run_picture_grid(const CommandLine& line, const BlockedSignals& signals) {
  check(line);
  const GenerationContext app(line.config);
  set_up_processor(line.config);
  std::shared_ptr<LoraSets> loras;
  JobSeries series(
      line, app,
      [&](KeepSampled keep) {
        loras = make_lora_sets(line.config, app, std::move(keep));
        return lora_source(app, loras);
      },
      signals);
  Grid grid(line, app, *loras);
  grid.choose_seed();
  const Work work = look_through(grid, app, *loras);
  const auto left_out = static_cast<int>(grid.size() - work.cells.size());
  if (!work.cells.empty()) {
    std::fprintf(stderr, "headroom: %s of %zu x %zu: at most %s\n",
                 pictures(static_cast<int>(work.cells.size())).c_str(), grid.columns().size(),
                 grid.rows().size(), work.need.text().c_str());
  }
  make_cells(grid, work, series);
  std::error_code error;
  const bool has_sheet = fs::exists(grid.folder() / "sheet.png", error);
  int code = series.code();
  if (series.made() > 0 || !has_sheet) {
    const int of_sheet = make_sheet(grid, work.largest, line.json);
    if (code == kExitOk) code = of_sheet;
  }
  print_sum({series.made(), left_out, series.failed(), series.unsaved()});
  return code;
}

}  // namespace headroom
