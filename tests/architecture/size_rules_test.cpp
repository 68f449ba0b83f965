// Functions, files and rooms stay small enough to be read at once.

#include "architecture/include_rules.h"
#include "architecture/source_text.h"
#include "support/paths.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom::test {
namespace {

constexpr std::ptrdiff_t kMaxFunctionLines = 60;
constexpr std::ptrdiff_t kMaxFileLines = 400;
constexpr double kMaxRoomShare = 0.12;

std::ptrdiff_t lines_of(std::string_view text) { return std::ranges::count(text, '\n'); }

// Whether what stands before a brace opens a scope that functions stand in.
bool is_scope(std::string_view head) {
  for (const std::string_view word : {"namespace", "class", "struct", "union", "extern"}) {
    if (!find_token(head, word).empty()) return head.find('(') == std::string_view::npos;
  }
  return false;
}

// "path:line: N lines" of each function longer than allowed, from its head to its last brace. What
// is within a function counts for it alone.
std::vector<std::string> long_functions(const SourceFile& file) {
  const std::string code = code_only(file.text);
  std::vector<std::string> found;
  std::size_t head = 0;
  int inside = 0;  // of a function's or an initializer's braces
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (inside > 0) {
      inside += code[i] == '{' ? 1 : code[i] == '}' ? -1 : 0;
      if (inside > 0 || code[i] != '}') continue;
      const std::size_t start = code.find_first_not_of(" \n", head);
      const std::string_view whole = std::string_view(code).substr(start, i - start);
      const std::ptrdiff_t lines = lines_of(whole) + 1;
      if (lines > kMaxFunctionLines && whole.substr(0, whole.find('{')).find('(') != whole.npos) {
        found.push_back(file.path + ":" +
                        std::to_string(lines_of(std::string_view(code).substr(0, start)) + 1) +
                        ": " + std::to_string(lines) + " lines");
      }
      head = i + 1;
    } else if (code[i] == '{' && !is_scope(std::string_view(code).substr(head, i - head))) {
      inside = 1;
    } else if (code[i] == '{' || code[i] == '}' || code[i] == ';') {
      head = i + 1;
    }
  }
  return found;
}

TEST(SizeRules, FunctionsAndFilesAreShort) {
  for (const SourceFile& file : read_sources(test::source_folder())) {
    EXPECT_LE(lines_of(file.text), kMaxFileLines) << file.path;
    EXPECT_THAT(long_functions(file), ::testing::IsEmpty());
  }
}

TEST(SizeRules, NoRoomHasMoreThanTwelvePercentOfTheLines) {
  std::map<std::string, std::ptrdiff_t> rooms;
  std::ptrdiff_t all = 0;
  for (const SourceFile& file : read_sources(test::source_folder())) {
    rooms[room_of(file.path)] += lines_of(file.text);
    all += lines_of(file.text);
  }
  for (const auto& [room, lines] : rooms) {
    EXPECT_LE(static_cast<double>(lines), kMaxRoomShare * static_cast<double>(all)) << room;
  }
}

TEST(SizeRules, ALongFunctionIsFoundWhereverItStands) {
  const auto of_lines = [](const std::string& head, int lines) {
    std::string text = head + " {\n";
    for (int i = 0; i < lines - 2; ++i) text += "  if (x) { f(); }\n";
    return text + "}\n";
  };
  const auto count = [](const std::string& text) {
    return long_functions({"src/core/a.cpp", text}).size();
  };
  EXPECT_EQ(count(of_lines("void f(int x)", 60)), 0U);
  EXPECT_EQ(count(of_lines("void f(int x)", 61)), 1U);
  EXPECT_EQ(count("namespace a {\nclass B : C {\n" + of_lines("int g() const", 61) + "};\n}\n"),
            1U);
  EXPECT_EQ(count(of_lines("constexpr int kTable[] =", 80)), 0U) << "a table is no function";
  EXPECT_EQ(count(of_lines("int f()", 40) + of_lines("int g()", 40)), 0U);
  EXPECT_THAT(long_functions({"src/core/a.cpp", "int a;\n\n" + of_lines("void f()", 70)}),
              ::testing::ElementsAre("src/core/a.cpp:3: 70 lines"));
}

}  // namespace
}  // namespace headroom::test
