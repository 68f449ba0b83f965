#include "headroom/cli/exit_code.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/config/paths.h"
#include "headroom/core/bytes.h"
#include "headroom/forecast/calibration.h"
#include "headroom/forecast/calibration_file.h"

#include "commands/commands.h"
#include "generation_context.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace headroom {
namespace {

using nlohmann::ordered_json;

std::int64_t missing_bytes(const OpMeasurement& m) {
  return std::max<std::int64_t>(0, m.measured_bytes - m.declared_bytes);
}

// Many amounts are too small to be shown in MB.
double kilobytes(std::int64_t bytes) { return static_cast<double>(bytes) / 1024; }

void print_json(const Calibration& calibration, const std::string& device,
                const std::string& file) {
  ordered_json out{{"device", device},
                   {"libtorch", calibration.key.libtorch},
                   {"dtype", calibration.key.dtype},
                   {"threads", calibration.key.threads},
                   {"measurements", ordered_json::array()}};
  for (const OpMeasurement& m : calibration.measurements) {
    out["measurements"].push_back({{"op", m.op},
                                   {"shape", m.shape},
                                   {"operation_bytes", m.operation_bytes},
                                   {"declared_bytes", m.declared_bytes},
                                   {"measured_bytes", m.measured_bytes}});
  }
  out["left_out"] = calibration.left_out;
  const auto term = [](const WorkspaceTerm& t) {
    return ordered_json{{"constant_bytes", t.constant_bytes}, {"factor", t.factor}};
  };
  out["added"] = {{"linear", term(calibration.terms.linear)},
                  {"attention", term(calibration.terms.attention)},
                  {"conv2d", term(calibration.terms.conv2d)},
                  {"kept_bytes", calibration.terms.kept_bytes}};
  out["file"] = file;
  std::printf("%s\n", json_line(out).c_str());
}

void print_term(const char* op, const WorkspaceTerm& term) {
  if (term == WorkspaceTerm{}) {
    std::printf("%-10s nothing\n", op);
  } else {
    std::printf("%-10s %.1f KB and %.4g times the bytes of inputs, weights and result\n", op,
                kilobytes(term.constant_bytes), term.factor);
  }
}

void print_text(const Calibration& calibration, const std::string& device,
                const std::string& file) {
  const CalibrationKey& key = calibration.key;
  std::printf("%s, %s, libtorch %s", device.c_str(), key.dtype.c_str(), key.libtorch.c_str());
  std::printf(key.threads > 0 ? ", %d threads\n\n" : "\n\n", key.threads);
  std::printf("%-10s %-28s %12s %12s %12s\n", "operation", "shape", "declared KB", "measured KB",
              "missing KB");
  for (const OpMeasurement& m : calibration.measurements) {
    std::printf("%-10s %-28s %12.1f %12.1f %12.1f\n", m.op.c_str(), m.shape.c_str(),
                kilobytes(m.declared_bytes), kilobytes(m.measured_bytes),
                kilobytes(missing_bytes(m)));
  }
  for (const std::string& shape : calibration.left_out) {
    std::printf("%s: left out, there is no memory for it\n", shape.c_str());
  }
  std::printf("\nwhat predictions add from now on:\n");
  print_term("linear", calibration.terms.linear);
  print_term("attention", calibration.terms.attention);
  print_term("conv2d", calibration.terms.conv2d);
  std::printf("%-10s %s\n", "libraries",
              calibration.terms.kept_bytes == 0
                  ? "nothing"
                  : (format_bytes(calibration.terms.kept_bytes) + ", taken once and kept").c_str());
  if (calibration.is_complete()) std::printf("stored in %s\n", file.c_str());
}

}  // namespace

int run_calibrate(const CommandLine& line) {
  const ModelOptions& options = line.config.model;
  const Device device = chosen_device(options.device);
  if (device.backend->has_own_memory()) {
    spdlog::warn("calibrating a card has not been tried on one yet");
  }
  const Calibration calibration = calibrate(device, options.dtype, options.threads);
  if (calibration.is_complete()) {
    write_calibration(calibration_file(), calibration);
  } else {
    spdlog::warn(
        "the calibration is not stored, since there was no memory for all of it; close "
        "other programs and call it again");
  }
  const std::string file = calibration_file().string();
  if (line.json) {
    print_json(calibration, device.name, file);
  } else {
    print_text(calibration, device.name, file);
  }
  return kExitOk;
}

}  // namespace headroom
