#include "headroom/cli/exit_code.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/device/device.h"
#include "headroom/memory/allocator_conf.h"

#include "commands/commands.h"
#include "generation_context.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

// The settings of libtorch's GPU allocator, and the variable that has them; both empty if none is
// set.
struct AllocatorSettings {
  std::string variable;
  std::string text;
};
AllocatorSettings allocator_settings() {
  for (const char* const name : kAllocatorVariables) {
    if (const char* const text = std::getenv(name)) return {name, text};
  }
  return {};
}

void print_json(const SystemReport& report, const AppConfig& config) {
  nlohmann::ordered_json out;
  for (const auto& [name, value] : report.facts) {
    std::visit([&](const auto& plain) { out[name] = plain; }, value);
  }
  const AllocatorSettings allocator = allocator_settings();
  out["allocator_variable"] = allocator.variable;
  out["allocator_settings"] = allocator.text;
  out["allocator_warnings"] = parse_allocator_conf(allocator.text).notes;
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

void print_allocator() {
  const auto [variable, text] = allocator_settings();
  if (variable.empty()) {
    std::printf("neither %s nor %s is set\n", kAllocatorVariables[0], kAllocatorVariables[1]);
  } else {
    std::printf("%s %s\n", variable.c_str(), text.c_str());
  }
  for (const std::string& warning : parse_allocator_conf(text).notes) {
    std::printf("warning: %s\n", warning.c_str());
  }
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
  for (const std::string& note : report.notes) std::printf("%s\n", note.c_str());
  for (const std::string& said : report.lines) std::printf("%s\n", said.c_str());
  print_allocator();
  return kExitOk;
}

}  // namespace headroom
