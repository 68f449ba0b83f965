#include "headroom/forecast/rates_file.h"

#include "headroom/core/state_file.h"
#include "headroom/forecast/measured_rates.h"
#include "headroom/memory/device_rates.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Entry = std::pair<RatesKey, DeviceRates>;

// Visits every field with its name in the file.
template <typename Rates, typename Visit>
void for_each_rate(Rates& rates, const Visit& visit) {
  visit("narrow_product", rates.narrow_product);
  visit("wide_product", rates.wide_product);
  visit("attention", rates.attention);
  visit("narrow_convolution", rates.narrow_convolution);
  visit("wide_convolution", rates.wide_convolution);
  visit("copy_bytes", rates.copy_bytes);
  visit("block_seconds", rates.block_seconds);
  visit("block_value_seconds", rates.block_value_seconds);
  visit("layer_seconds", rates.layer_seconds);
  visit("layer_value_seconds", rates.layer_value_seconds);
}

// Whether such a device can exist: between a slow phone and a thousand times the fastest GPU.
bool makes_sense(const DeviceRates& rates) {
  const auto all_within = [](double least, double most, std::initializer_list<double> values) {
    return std::ranges::all_of(values, [&](double v) { return least <= v && v <= most; });
  };
  return all_within(1e6, 1e19,
                    {rates.narrow_product, rates.wide_product, rates.attention,
                     rates.narrow_convolution, rates.wide_convolution}) &&
         all_within(1e5, 1e16, {rates.copy_bytes}) &&
         all_within(0, 60, {rates.block_seconds, rates.layer_seconds}) &&
         all_within(0, 1e-3, {rates.block_value_seconds, rates.layer_value_seconds});
}

Entry read_entry(const json& value) {
  Entry entry{{value.at("device").get<std::string>(), value.at("libtorch").get<std::string>(),
               value.at("program").get<std::string>(), value.at("dtype").get<std::string>(),
               value.at("threads").get<int>()},
              {}};
  for_each_rate(entry.second, [&](const char* name, double& rate) {
    rate = value.at(name).get<double>();
    if (!std::isfinite(rate) || rate < 0) throw std::domain_error("a rate is out of range");
  });
  if (!makes_sense(entry.second)) throw std::domain_error("no device is like that");
  return entry;
}

// Reads the whole file; nothing if it is damaged, since measuring again takes only a second.
std::vector<Entry> read_entries(const std::filesystem::path& file) {
  std::vector<Entry> entries;
  try {
    const json root = json::parse(read_state_file(file));
    for (const json& value : root.at("rates")) entries.push_back(read_entry(value));
  } catch (const json::exception&) {
    return {};
  } catch (const std::domain_error&) {
    return {};
  }
  return entries;
}

std::vector<Entry> entries_of_others(const std::filesystem::path& file, const RatesKey& key) {
  std::vector<Entry> entries = read_entries(file);
  std::erase_if(entries, [&](const Entry& entry) { return entry.first == key; });
  return entries;
}

void write_entries(const std::filesystem::path& file, const std::vector<Entry>& entries) {
  ordered_json out{{"rates", ordered_json::array()}};
  for (const auto& [known, values] : entries) {
    ordered_json value{{"device", known.device},
                       {"libtorch", known.libtorch},
                       {"program", known.program},
                       {"dtype", known.dtype},
                       {"threads", known.threads}};
    for_each_rate(values, [&](const char* name, const double& rate) { value[name] = rate; });
    out["rates"].push_back(std::move(value));
  }
  write_state_file(file, out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n",
                   say("store"), say("until then the device is measured at every start"));
}

}  // namespace

std::optional<DeviceRates> read_rates(const std::filesystem::path& file, const RatesKey& key) {
  for (const auto& [known, rates] : read_entries(file)) {
    if (known == key) return rates;
  }
  return std::nullopt;
}

void write_rates(const std::filesystem::path& file, const RatesKey& key, const DeviceRates& rates) {
  std::vector<Entry> entries = entries_of_others(file, key);
  entries.emplace_back(key, rates);
  write_entries(file, entries);
}

void forget_rates(const std::filesystem::path& file, const RatesKey& key) {
  write_entries(file, entries_of_others(file, key));
}

}  // namespace headroom
