// tests/longest_tests.cmake names tests that are there: ctest says nothing of a name that no test
#include "support/paths.h"

// has.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

const fs::path kTests = test::source_folder() / "tests";

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What stands between the first quotes of each call.
std::vector<std::string> named_tests(const std::string& text) {
  constexpr std::string_view kCall = "\nset_tests_properties(\"";
  std::vector<std::string> names;
  for (std::size_t at = text.find(kCall); at != std::string::npos; at = text.find(kCall, at)) {
    at += kCall.size();
    names.push_back(text.substr(at, text.find('"', at) - at));
  }
  return names;
}

// "forecast-sse/Models/PredictionOf.EveryPeak/tiny"
struct TestName {
  std::string prefix;         // "forecast-sse"
  std::string instantiation;  // "Models"; may be empty
  std::string suite, test;    // "PredictionOf", "EveryPeak"
};

TestName split(const std::string& name) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= name.size();) {
    const std::size_t to = std::min(name.find('/', from), name.size());
    parts.push_back(name.substr(from, to - from));
    from = to + 1;
  }
  const auto dotted = std::ranges::find_if(
      parts, [](const std::string& part) { return part.find('.') != std::string::npos; });
  if (dotted == parts.end() || dotted == parts.begin()) return {};
  const std::size_t dot = dotted->find('.');
  TestName split{parts.front(), {}, dotted->substr(0, dot), dotted->substr(dot + 1)};
  if (dotted - parts.begin() == 2) split.instantiation = parts[1];
  return split;
}

// "fake_card" of "fake-card", "forecast" of "forecast-sse".
fs::path folder_of(std::string prefix) {
  std::ranges::replace(prefix, '-', '_');
  if (fs::exists(kTests / prefix)) return kTests / prefix;
  return kTests / prefix.substr(0, prefix.rfind('_'));
}

bool stands_in(const fs::path& folder, const std::string& text) {
  return std::ranges::any_of(fs::directory_iterator(folder), [&](const auto& entry) {
    return entry.path().extension() == ".cpp" &&
           text_of(entry.path()).find(text) != std::string::npos;
  });
}

TEST(LongestTests, AreThere) {
  const std::vector<std::string> names = named_tests(text_of(kTests / "longest_tests.cmake"));
  EXPECT_GT(names.size(), 5U);
  for (const std::string& name : names) {
    const TestName test = split(name);
    const fs::path folder = folder_of(test.prefix);
    ASSERT_TRUE(fs::is_directory(folder)) << name << " belongs to no folder of tests/";
    EXPECT_TRUE(stands_in(folder, "(" + test.suite + ", " + test.test + ")"))
        << folder << " has no test " << test.suite << "." << test.test;
    if (!test.instantiation.empty()) {
      EXPECT_TRUE(stands_in(folder, "(" + test.instantiation + ", " + test.suite + ","))
          << folder << " has no " << test.instantiation << "/" << test.suite;
    }
    EXPECT_NE(text_of(folder / "CMakeLists.txt").find("tests/longest_tests.cmake"),
              std::string::npos)
        << folder << "/CMakeLists.txt does not read tests/longest_tests.cmake";
  }
}

TEST(LongestTests, AreFoundInTheFileAndTakenApart) {
  EXPECT_EQ(named_tests("# a\nset_tests_properties(\"a/B.C\" PROPERTIES COST 1)\n"
                        "set_tests_properties(\"d/E.F\" PROPERTIES COST 2)\n"),
            (std::vector<std::string>{"a/B.C", "d/E.F"}));
  const TestName test = split("forecast-sse/Models/PredictionOf.EveryPeak/tiny");
  EXPECT_EQ(test.prefix, "forecast-sse");
  EXPECT_EQ(test.instantiation, "Models");
  EXPECT_EQ(test.suite, "PredictionOf");
  EXPECT_EQ(test.test, "EveryPeak");
  EXPECT_EQ(split("e2e/Resume.Kills").instantiation, "");
}

}  // namespace
}  // namespace headroom::test
