// Two rooms must not define one name: the linker takes either, and one of them runs the other's
// code.
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom::test {
namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 4096> part{};
  while (pipe != nullptr && std::fgets(part.data(), static_cast<int>(part.size()), pipe.get())) {
    text += part.data();
  }
  return text;
}

struct Definitions {
  std::set<std::string> strong;  // rooms with a definition of their own
  std::set<std::string> weak;    // rooms that have it from a header
};

// `listing`: lines "SYMBOL TYPE ..." as nm -P writes them. Capital T, D, B, R are definitions; W, V
// and u come from inline functions and templates, which every room may have.
void add_symbols(const std::string& room, const std::string& listing,
                 std::map<std::string, Definitions>& symbols) {
  std::istringstream lines(listing);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string symbol;
    char type = 0;
    if (!(words >> symbol >> type) || symbol.ends_with(':')) continue;
    if (std::string("TDBRC").find(type) != std::string::npos) symbols[symbol].strong.insert(room);
    if (std::string("WVu").find(type) != std::string::npos) symbols[symbol].weak.insert(room);
  }
}

// Symbols with a definition in one room and any in another.
std::vector<std::string> clashes(const std::map<std::string, Definitions>& symbols) {
  std::vector<std::string> found;
  for (const auto& [symbol, rooms] : symbols) {
    std::set<std::string> all = rooms.strong;
    all.insert(rooms.weak.begin(), rooms.weak.end());
    if (rooms.strong.empty() || all.size() < 2) continue;
    std::string text = symbol + ":";
    for (const std::string& room : all) text += " " + room;
    found.push_back(text);
  }
  return found;
}

TEST(Symbols, NoneIsDefinedInTwoRooms) {
  std::map<std::string, Definitions> symbols;
  std::istringstream libraries(HEADROOM_ROOM_LIBRARIES);
  int rooms = 0;
  for (std::string library; std::getline(libraries, library, '|'); ++rooms) {
    const std::string room = library.substr(library.rfind('/') + 1);
    const std::string listing =
        output_of(std::string(HEADROOM_NM) + " -P -g --defined-only '" + library + "' 2>&1");
    add_symbols(room, listing, symbols);
    EXPECT_FALSE(listing.empty()) << library;
  }
  EXPECT_GT(rooms, 3);
  EXPECT_GT(symbols.size(), 100U);
  EXPECT_THAT(clashes(symbols), testing::IsEmpty());
}

TEST(Symbols, AFunctionOfOneRoomAndAnInlineOneOfAnotherClash) {
  std::map<std::string, Definitions> symbols;
  add_symbols("text", "libheadroom_text.a[a.o]:\nquote T 0 5\nshared W 0 5\n", symbols);
  add_symbols("weights", "quote W 0 5\nshared W 0 5\n", symbols);
  EXPECT_THAT(clashes(symbols), testing::ElementsAre("quote: text weights"));
}

}  // namespace
}  // namespace headroom::test
