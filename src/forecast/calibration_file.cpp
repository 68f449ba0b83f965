#include "headroom/forecast/calibration_file.h"

#include "headroom/core/state_file.h"
#include "headroom/forecast/calibration.h"

#include <stdexcept>
#include <system_error>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// Reads the whole file and each entry once. Throws json::exception or std::domain_error if
// anything in it differs from what write_calibration() writes.
struct Entry {
  CalibrationKey key;
  WorkspaceTerms terms;
};

// No library takes as much for itself, so a larger value is not a measurement.
constexpr std::int64_t kMaxBytes = std::int64_t{4} << 30;
constexpr double kMaxFactor = 100;

std::int64_t read_bytes(const json& value) {
  if (!value.is_number_integer() || value.get<std::int64_t>() < 0) {
    throw std::domain_error("a number of bytes is missing");
  }
  if (value.get<std::int64_t>() > kMaxBytes) {
    throw std::domain_error("a number of bytes is out of range");
  }
  return value.get<std::int64_t>();
}

WorkspaceTerm read_term(const json& value) {
  const double factor = value.at("factor").get<double>();
  if (!(factor >= 0 && factor <= kMaxFactor)) throw std::domain_error("a factor is out of range");
  return {read_bytes(value.at("constant_bytes")), factor};
}

Entry read_entry(const json& value) {
  return {{value.at("device").get<std::string>(), value.at("libtorch").get<std::string>(),
           value.at("dtype").get<std::string>(), value.at("threads").get<int>(),
           value.value("libraries", "")},
          {read_term(value.at("linear")), read_term(value.at("attention")),
           read_term(value.at("conv2d")), read_bytes(value.at("kept_bytes"))}};
}

std::vector<Entry> read_entries(const std::filesystem::path& file) {
  const json root = json::parse(read_state_file(file));
  std::vector<Entry> entries;
  for (const json& value : root.at("calibrations")) entries.push_back(read_entry(value));
  return entries;
}

ordered_json to_json(const WorkspaceTerm& term) {
  return {{"constant_bytes", term.constant_bytes}, {"factor", term.factor}};
}

ordered_json to_json(const Entry& entry) {
  return {{"device", entry.key.device},
          {"libtorch", entry.key.libtorch},
          {"dtype", entry.key.dtype},
          {"threads", entry.key.threads},
          {"libraries", entry.key.libraries},
          {"linear", to_json(entry.terms.linear)},
          {"attention", to_json(entry.terms.attention)},
          {"conv2d", to_json(entry.terms.conv2d)},
          {"kept_bytes", entry.terms.kept_bytes}};
}

// The entries; if the file is damaged, `problem` says why.
std::vector<Entry> read_entries(const std::filesystem::path& file, std::string& problem) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return {};
  try {
    return read_entries(file);
  } catch (const json::exception&) {
    problem = "is not what headroom calibrate writes";
  } catch (const std::domain_error& e) {
    problem = e.what();
  }
  problem = "the calibration in " + file.string() + " is ignored, since it is damaged (" + problem +
            "); headroom calibrate makes it anew";
  return {};
}

}  // namespace

StoredCalibration read_calibration(const std::filesystem::path& file, const CalibrationKey& key) {
  StoredCalibration stored;
  for (const Entry& entry : read_entries(file, stored.problem)) {
    if (entry.key != key) continue;
    stored.terms = entry.terms;
    stored.found = true;
  }
  return stored;
}

void write_calibration(const std::filesystem::path& file, const Calibration& calibration) {
  std::string ignored;
  std::vector<Entry> entries = read_entries(file, ignored);
  std::erase_if(entries, [&](const Entry& entry) { return entry.key == calibration.key; });
  entries.push_back({calibration.key, calibration.terms});
  ordered_json root;
  root["calibrations"] = ordered_json::array();
  for (const Entry& entry : entries) root["calibrations"].push_back(to_json(entry));
  write_state_file(file, root.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n",
                   say("store the calibration in"), say("XDG_STATE_HOME names another place"));
}

}  // namespace headroom
