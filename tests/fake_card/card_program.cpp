#include "fake_card/card_program.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace headroom::test {

std::int64_t CardEvent::number(const std::string& field) const {
  return std::stoll(fields.at(field));
}

CardProgram::CardProgram() {
  environment_["LD_LIBRARY_PATH"] = HEADROOM_CARD_LIBRARY_PATH ":" HEADROOM_CARD_NVML;
  environment_["LD_PRELOAD"] = HEADROOM_CARD_PRELOAD;
  environment_["FAKE_LOG"] = (folder_ / "card.log").string();
  keep("card.log");
}

void CardProgram::leave_nvml_out() { environment_["LD_LIBRARY_PATH"] = HEADROOM_CARD_LIBRARY_PATH; }

void CardProgram::use_own_cache() {
  environment_["XDG_CACHE_HOME"] = (folder_ / "cache").string();
  keep("cache");
}

void CardProgram::set_rates() const {
  const auto file = folder_ / "cache/headroom/rates.json";
  json known = json::parse(read_bytes(file));
  for (json& rates : known.at("rates")) {
    for (const char* const work : {"narrow_product", "wide_product", "attention",
                                   "narrow_convolution", "wide_convolution"}) {
      rates.at(work) = 20e12;
    }
    rates.at("copy_bytes") = 1e9;
    for (const char* const part : {"block_seconds", "layer_seconds"}) rates.at(part) = 1e-4;
    for (const char* const value : {"block_value_seconds", "layer_value_seconds"}) {
      rates.at(value) = 1e-11;
    }
  }
  std::ofstream(file) << known;
}

void CardProgram::set_capability(const std::string& capability) {
  const std::size_t point = capability.find('.');
  environment_["FAKE_MAJOR"] = capability.substr(0, point);
  environment_["FAKE_MINOR"] = capability.substr(point + 1);
}

void CardProgram::set_card_bytes(std::int64_t bytes) {
  environment_["FAKE_TOTAL"] = std::to_string(bytes);
}

std::vector<CardEvent> CardProgram::take_events() {
  std::vector<CardEvent> events;
  for (const std::string& line : lines(read_bytes(folder_ / "card.log"))) {
    std::istringstream in(line);
    CardEvent& event = events.emplace_back();
    in >> event.name;
    for (std::string field; in >> field;) {
      const std::size_t equals = field.find('=');
      if (equals != std::string::npos) {
        event.fields[field.substr(0, equals)] = field.substr(equals + 1);
      }
    }
  }
  std::filesystem::remove(folder_ / "card.log");
  return events;
}

std::int64_t CardProgram::requests_after_the_first_weight(const std::vector<CardEvent>& events) {
  constexpr std::int64_t kWeight = 32 * 1024;  // bytes: more than is copied for other reasons
  const auto first_weight = std::find_if(events.begin(), events.end(), [](const CardEvent& e) {
    return e.name == "copy" && e.text("kind") == "h2d" && e.number("bytes") > kWeight;
  });
  EXPECT_NE(first_weight, events.end());
  return std::count_if(first_weight, events.end(),
                       [](const CardEvent& e) { return e.name == "alloc"; });
}

std::int64_t CardProgram::most_locked(const std::vector<CardEvent>& events) {
  constexpr std::int64_t kPage = 4096;
  std::int64_t now = 0;
  std::int64_t most = 0;
  for (const CardEvent& event : events) {
    const bool comes = event.name == "host_alloc";
    if (!comes && event.name != "host_free") continue;
    const std::int64_t bytes = event.number("bytes");
    if (bytes > kPage) now += comes ? bytes : -bytes;
    most = std::max(most, now);
  }
  return most;
}

void CardProgram::expect_lives(const ProcessResult& result) const {
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.signal, 0) << result.err;
  // Words of libraries, for programmers.
  for (const char* const words : {"[W", "PYTORCH_", "CUBLAS_", "Tried to allocate", "c10"}) {
    EXPECT_EQ(result.err.find(words), std::string::npos) << result.err;
  }
  if (result.exit_code == 0) return;
  const std::vector<std::string> said = lines(result.err);
  ASSERT_FALSE(said.empty());
  EXPECT_TRUE(said.back().starts_with("headroom: ")) << result.err;
  EXPECT_EQ(result.err.find("Exception raised from"), std::string::npos) << result.err;
}

}  // namespace headroom::test
