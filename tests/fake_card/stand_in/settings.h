#pragma once
// What the stand-in card is told by environment variables: ../README.md has the list. Every library
// that stands in reads them by itself, so that they need not know each other.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace stand_in {

// Text of a variable for one card: fields are separated by commas, and the last one holds for all
// further cards.
inline std::string text(const char* name, const char* otherwise, int card = 0) {
  const char* const value = std::getenv(name);
  std::string_view rest = value == nullptr ? otherwise : value;
  for (; card > 0; --card) {
    const std::size_t comma = rest.find(',');
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return std::string(rest.substr(0, rest.find(',')));
}

inline std::int64_t number(const char* name, std::int64_t otherwise, int card = 0) {
  const std::string value = text(name, "", card);
  return value.empty() ? otherwise : std::strtoll(value.c_str(), nullptr, 10);
}

inline int card_count() { return static_cast<int>(number("FAKE_COUNT", 1)); }
inline int major_of(int card) { return static_cast<int>(number("FAKE_MAJOR", 8, card)); }
inline int minor_of(int card) { return static_cast<int>(number("FAKE_MINOR", 6, card)); }
inline int processors_of(int card) { return static_cast<int>(number("FAKE_PROCESSORS", 30, card)); }
// It says who it is, so that none of its figures can pass for one of a card.
inline std::string name_of(int card) { return text("FAKE_NAME", "Stand-in card", card); }
inline std::int64_t total_of(int card) { return number("FAKE_TOTAL", 6LL << 30, card); }

inline int bus_of(int card) { return static_cast<int>(number("FAKE_BUS", card + 1, card)); }
inline std::string bus_id(int card) {
  char id[16];
  std::snprintf(id, sizeof id, "0000:%02x:00.0", static_cast<unsigned>(bus_of(card)));
  return id;
}
// 16 bytes; they follow the place in the machine, not the order in which CUDA counts.
inline std::string uuid_of(int card) {
  std::string uuid = "STAND-IN CARD   ";
  uuid.back() = static_cast<char>(bus_of(card));
  return uuid;
}

inline std::string driver_version() { return text("FAKE_DRIVER", "580.95.05"); }
// The CUDA release that a driver serves: the newest one that was out with it.
inline int driver_cuda_version() {
  const int major = std::atoi(driver_version().c_str());
  if (major >= 580) return 13000;
  if (major >= 570) return 12080;
  if (major >= 550) return 12040;
  return 12020;
}
inline bool driver_is_too_old() { return driver_cuda_version() < 13000; }

}  // namespace stand_in
