#include "logging.h"

#include "headroom/config/paths.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace headroom {

void start_logging(const LogOptions& options, bool quiet) {
  constexpr std::size_t kFileBytes = 1U << 20U;
  constexpr std::size_t kFiles = 3;
  const auto level = spdlog::level::from_str(options.level == "warn" ? "warning" : options.level);
  auto terminal = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  terminal->set_level(quiet ? std::max(level, spdlog::level::warn) : level);
  if (quiet) terminal->set_pattern("headroom: %v");  // shown among a command's own messages
  std::vector<spdlog::sink_ptr> sinks{terminal};
  std::string problem;
  const auto folder = options.folder.empty() ? default_log_folder() : options.folder;
  try {
    sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        (folder / "headroom.log").string(), kFileBytes, kFiles));
  } catch (const spdlog::spdlog_ex& e) {
    problem = e.what();
  }
  auto logger = std::make_shared<spdlog::logger>("headroom", sinks.begin(), sinks.end());
  logger->set_level(level);
  // spdlog would report a full disk again and again.
  logger->set_error_handler([told = std::make_shared<std::atomic_flag>()](const std::string& why) {
    if (told->test_and_set()) return;
    std::fprintf(stderr,
                 "headroom: the log cannot be written: %s; log.folder names another place\n",
                 why.c_str());
  });
  logger->flush_on(spdlog::level::info);  // lines are few, and the last ones matter most
  spdlog::set_default_logger(std::move(logger));
  if (!problem.empty()) spdlog::warn("no log file: {}; log.folder names another place", problem);
}

}  // namespace headroom
