#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/device/device.h"
#include "headroom/memory/cuda_allocator_model.h"

#include "commands.h"
#include "composition.h"
#include "exit_code.h"
#include "output.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

// Which of its two names the settings of libtorch's allocator have, in libtorch's order; empty
// where neither is set.
std::string allocator_variable() {
  for (const char* const name : {"PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF"}) {
    if (std::getenv(name) != nullptr) return name;
  }
  return {};
}

void print_json(const SystemReport& report, const AppConfig& config) {
  nlohmann::ordered_json out;
  out["driver"] = report.driver;
  out["torch_has_cuda"] = report.torch_has_cuda;
  out["allocator_variable"] = allocator_variable();
  out["allocator_settings"] = report.allocator_settings;
  out["allocator_warnings"] = parse_cuda_alloc_conf(report.allocator_settings).notes;
  out["notes"] = report.notes;
  out["devices"] = nlohmann::ordered_json::array();
  for (const DeviceReport& entry : report.devices) {
    const MemorySnapshot& m = entry.memory;
    nlohmann::ordered_json device{
        {"id", entry.device.id()},
        {"name", entry.device.name},
        {"source", m.source},
        {"total_bytes", m.total},
        {"free_bytes", m.free},
        {"used_by_others_bytes", m.used_by_others},
        {"reserved_by_driver_bytes", m.reserved_by_driver},
        {"budget_bytes", compute_budget(m, budget_options(config)).budget_bytes},
        {"pretended", m.pretended},
        {"other_programs", nlohmann::ordered_json::array()}};
    for (const OtherProgram& p : entry.other_programs) {
      device["other_programs"].push_back({{"pid", p.pid}, {"name", p.name}, {"bytes", p.bytes}});
    }
    out["devices"].push_back(device);
  }
  std::printf("%s\n", json_line(out).c_str());
}

}  // namespace

int run_devices(const CommandLine& line) {
  const SystemReport report = report_devices(
      line.config.memory.pretend_vram_bytes, pretended_programs(line.config),
      [&](const Device& device) { expect_overhead(device, line.config.model.dtype); });
  if (line.json) {
    print_json(report, line.config);
    return kExitOk;
  }
  for (const DeviceReport& entry : report.devices) {
    const MemorySnapshot& m = entry.memory;
    const std::int64_t budget = compute_budget(m, budget_options(line.config)).budget_bytes;
    std::printf("%-8s %s%s\n", entry.device.id().c_str(), entry.device.name.c_str(),
                m.pretended ? " (pretended)" : "");
    std::printf("         %s free of %s, other programs %s, budget for a run %s\n",
                format_bytes(m.free).c_str(), format_bytes(m.total).c_str(),
                format_bytes(m.used_by_others).c_str(),
                format_bytes(std::max<std::int64_t>(budget, 0)).c_str());
    for (const OtherProgram& p : entry.other_programs) {
      const std::string process = p.pid == 0 ? "pretended" : "process " + std::to_string(p.pid);
      std::printf("         %s holds %s (%s)\n", p.name.empty() ? "a program" : p.name.c_str(),
                  format_bytes(p.bytes).c_str(), process.c_str());
    }
  }
  if (report.devices.size() == 1 && report.notes.empty()) {
    std::printf("no CUDA card: %s\n", report.driver.empty() ? "no NVIDIA driver was found"
                                      : !report.torch_has_cuda
                                          ? "built without CUDA; scripts/start_app.sh adds it"
                                          : "the driver shows none");
  }
  for (const std::string& note : report.notes) std::printf("%s\n", note.c_str());
  if (!report.driver.empty()) std::printf("NVIDIA driver %s\n", report.driver.c_str());
  const std::string variable = allocator_variable();
  if (variable.empty()) {
    std::printf("neither PYTORCH_ALLOC_CONF nor PYTORCH_CUDA_ALLOC_CONF is set\n");
  } else {
    std::printf("%s %s\n", variable.c_str(), report.allocator_settings.c_str());
  }
  for (const std::string& warning : parse_cuda_alloc_conf(report.allocator_settings).notes) {
    std::printf("warning: %s\n", warning.c_str());
  }
  return kExitOk;
}

}  // namespace headroom
