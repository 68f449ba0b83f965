#include "headroom/cli/exit_code.h"
#include "headroom/cli/signals.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/engine/in_parallel.h"
#include "headroom/model_files/model_folder.h"
#include "headroom/model_files/open_model.h"
#include "headroom/model_files/quantize.h"
#include "headroom/pipeline/model_check.h"

#include "chosen_model.h"
#include "commands/commands.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace headroom {
namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kInvalidRequest, message);
}

QuantizedFormat chosen_format(const std::string& word) {
  if (const auto format = quantized_format(word)) return *format;
  refuse("--to " + in_quotes(word) + " is not known; use " + quantized_words());
}

Network chosen_network(const std::string& word) {
  if (word == "transformer") return Network::kTransformer;
  if (word == "text-encoder") return Network::kTextEncoder;
  refuse("--network " + in_quotes(word) + " is not known; use transformer or text-encoder");
}

// Programs recognise the format by the file's extension.
void check_ending(QuantizedFormat format, const std::filesystem::path& output) {
  const auto entry = std::find_if(kQuantizedFormats.begin(), kQuantizedFormats.end(),
                                  [&](const auto& one) { return one.format == format; });
  if (output.extension() == entry->ending) return;
  refuse("-o " + in_quotes(output.string()) + " does not end in " + std::string(entry->ending) +
         ", which is what this format is stored as; choose a name that does");
}

int threads_of(const CommandLine& line) {
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  return line.config.model.threads > 0 ? line.config.model.threads : std::max(1, cores);
}

// A line that is rewritten in place; nothing if stderr is not a terminal.
class Progress {
 public:
  ~Progress() { clear(); }
  void show(const QuantizeProgress& progress) {
    const auto percent = static_cast<int>(100 * progress.done_bytes /
                                          std::max<std::int64_t>(1, progress.total_bytes));
    if (!is_terminal_ || percent == percent_) return;
    percent_ = percent;
    std::fprintf(stderr, "\r%3d %% of %s", percent, format_bytes(progress.total_bytes).c_str());
  }
  void clear() {
    if (percent_ >= 0) std::fputs("\r\033[K", stderr);
    percent_ = -1;
  }

 private:
  bool is_terminal_ = isatty(STDERR_FILENO) == 1;
  int percent_ = -1;
};

// Opens the written file, so that what is printed is what a reader finds.
void print_result(const std::filesystem::path& file, Network network, bool json) {
  const NetworkTensors written(file, network);
  const std::int64_t bytes = written.store().total_bytes();
  if (json) {
    const nlohmann::ordered_json out{
        {"file", file.string()}, {"tensor_bytes", bytes}, {"formats", written.formats()}};
    std::printf("%s\n", json_line(out).c_str());
    return;
  }
  std::string formats;
  for (const auto& [format, count] : written.formats()) {
    formats += (formats.empty() ? "" : ", ") + std::to_string(count) + " in " + format;
  }
  std::printf("%s\n%s; matrices: %s\n", printable(file.string()).c_str(),
              format_bytes(bytes).c_str(), formats.c_str());
}

}  // namespace

int run_quantize(const CommandLine& line) {
  const QuantizedFormat format = chosen_format(line.quantized_to);
  const Network network = chosen_network(line.network);
  check_ending(format, line.output);
  const BlockedSignals signals;
  const ModelFolder model = open_model(chosen_places(line.config.model));
  check_model_files(model, /*needs_weights=*/true);
  Progress bar;
  const bool done = quantize(model, network, format, line.output, {in_parallel, threads_of(line)},
                             [&](const QuantizeProgress& progress) {
                               bar.show(progress);
                               return !signals.wait_for(std::chrono::milliseconds(0));
                             });
  bar.clear();
  if (!done) {
    std::fputs("headroom: stopped; the same command goes on where it was\n", stderr);
    return kExitCancelled;
  }
  print_result(line.output, network, line.json);
  return kExitOk;
}

}  // namespace headroom
