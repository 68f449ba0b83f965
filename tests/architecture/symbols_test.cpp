// What the rooms' libraries define. Two rooms must not define one name: the linker takes either,
// and one of them runs the other's code. And the room of devices keeps its state in objects.
#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
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

// Symbols with a definition in one room and any in another. Two inline functions of one name are
// not seen: their symbols look like those of one that both rooms include.
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

// "app" of "build/src/app/CMakeFiles/headroom_app.dir/a.cpp.o".
std::string room_of_library(const std::string& path) {
  const std::string rest = path.substr(path.rfind("/src/") + 5);
  return rest.substr(0, rest.find('/'));
}

TEST(Symbols, NoneIsDefinedInTwoRooms) {
  std::map<std::string, Definitions> symbols;
  std::istringstream libraries(HEADROOM_ROOM_LIBRARIES);
  std::set<std::string> rooms;
  for (std::string library; std::getline(libraries, library, '|');) {
    const std::string room = room_of_library(library);
    rooms.insert(room);
    const std::string listing =
        output_of(std::string(HEADROOM_NM) + " -P -g --defined-only '" + library + "' 2>&1");
    add_symbols(room, listing, symbols);
    EXPECT_FALSE(listing.empty()) << library;
  }
  EXPECT_GT(rooms.size(), 3U);
  EXPECT_TRUE(rooms.contains("core"));
  EXPECT_EQ(rooms.contains("app"), rooms.contains("pipeline"));  // both need torch
  EXPECT_GT(symbols.size(), 100U);
  EXPECT_THAT(clashes(symbols), testing::IsEmpty());
}

// `listing`: lines "0000 TYPE SYMBOL" as nm -C writes them. Names of what can change: data of any
// kind, but for tables of the compiler's and constants.
std::vector<std::string> state_in(const std::string& listing) {
  std::vector<std::string> found;
  std::istringstream lines(listing);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t type = line.find_first_of("bBdD", line.find(' ') + 1);
    if (line.find(' ') == std::string::npos || type != line.find(' ') + 1) continue;
    const std::string symbol = line.substr(type + 2);
    const bool is_made_by_compiler =
        symbol.starts_with("vtable for") || symbol.starts_with("typeinfo for") ||
        symbol.starts_with("guard variable for") || symbol == "std::__ioinit";
    const std::size_t last = symbol.rfind("::");
    const std::string name = last == std::string::npos ? symbol : symbol.substr(last + 2);
    const bool is_constant = name.size() > 1 && name[0] == 'k' && name[1] >= 'A' && name[1] <= 'Z';
    if (!is_made_by_compiler && !is_constant) found.push_back(symbol);
  }
  return found;
}

// What is kept about a device lives in its object. Beside that the room of devices has no state but
// this, each for a reason.
TEST(Symbols, TheRoomOfDevicesHasNoStateBesideThis) {
  struct Exception {
    std::string_view place;
    std::string_view why;
  };
  constexpr Exception kExceptions[] = {
      {"headroom::thread_scopes()", "ATen hands on nothing of its caller's: see thread_scopes.h"},
      {"headroom::AllocationRecorder::AllocationRecorder", "libtorch keeps its allocators"},
      {"headroom::cpu_budget::install()", "libtorch keeps its allocators"},
      {"counters()", "of the one allocator that libtorch has for the processor"},
      {"headroom::workspace::cpu_convolves_bfloat16()", "the processor does not change"},
  };
  std::string library;
  std::istringstream libraries(HEADROOM_ROOM_LIBRARIES);
  for (std::string l; std::getline(libraries, l, '|');) {
    if (l.ends_with("libheadroom_device.a")) library = l;
  }
  if (library.empty()) GTEST_SKIP() << "built without libtorch";
  const std::string listing = output_of(std::string(HEADROOM_NM) + " -C '" + library + "' 2>&1");
  std::set<std::string_view> used;
  for (const std::string& symbol : state_in(listing)) {
    const auto* const exception = std::ranges::find_if(
        kExceptions, [&](const Exception& e) { return symbol.find(e.place) != std::string::npos; });
    if (exception == std::end(kExceptions)) {
      ADD_FAILURE() << symbol << " is state that is in no object";
    } else {
      used.insert(exception->place);
    }
  }
  EXPECT_EQ(used.size(), std::size(kExceptions)) << "an exception that nobody needs any more";
}

TEST(Symbols, StateIsWhatCanChange) {
  EXPECT_THAT(state_in("\na.cpp.o:\n"
                       "0000000000000000 b headroom::(anonymous namespace)::current\n"
                       "0000000000000000 d headroom::kinds()::kKinds\n"
                       "0000000000000008 b guard variable for headroom::f()::x\n"
                       "0000000000000000 d vtable for headroom::A\n"
                       "0000000000000010 D headroom::count\n"
                       "0000000000000000 T headroom::f()\n"
                       "                 U headroom::g()\n"),
              testing::ElementsAre("headroom::(anonymous namespace)::current", "headroom::count"));
}

TEST(Symbols, AFunctionOfOneRoomAndAnInlineOneOfAnotherClash) {
  std::map<std::string, Definitions> symbols;
  add_symbols("text", "libheadroom_text.a[a.o]:\nquote T 0 5\nshared W 0 5\n", symbols);
  add_symbols("weights", "quote W 0 5\nshared W 0 5\n", symbols);
  EXPECT_THAT(clashes(symbols), testing::ElementsAre("quote: text weights"));
}

}  // namespace
}  // namespace headroom::test
