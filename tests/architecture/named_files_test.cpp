// What CONTRIBUTING.md and docs/ name is there: a file that moved takes its name along.
#include "support/paths.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What stands between backquotes and looks like a file of ours: a folder and an ending, or a folder
// with a slash behind it.
std::vector<std::string> named_files(const std::string& text) {
  const auto belongs_to_a_path = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-' ||
           c == '/';
  };
  std::vector<std::string> names;
  std::size_t from = text.find('`');
  while (from != std::string::npos) {
    const std::size_t to = text.find('`', from + 1);
    if (to == std::string::npos) break;
    const std::string quoted = text.substr(from + 1, to - from - 1);
    const bool is_path =
        quoted.find('/', 1) != std::string::npos && std::ranges::all_of(quoted, belongs_to_a_path);
    if (is_path && (quoted.ends_with('/') || fs::path(quoted).has_extension())) {
      names.push_back(quoted);
    }
    from = text.find('`', is_path ? to + 1 : to);
  }
  return names;
}

bool is_there(const std::string& name) {
  const fs::path root = test::source_folder();
  const fs::path room = *fs::path(name).begin();
  return fs::exists(root / name) || fs::exists(root / "src" / room / "include/headroom" / name) ||
         fs::exists(root / "src" / name);
}

// Folders of a build or of a model, which no checkout has.
bool is_elsewhere(const std::string& name) {
  constexpr std::array kElsewhere{"build/", "share/", "tokenizer/"};
  return std::ranges::any_of(kElsewhere, [&](const char* at) { return name.starts_with(at); });
}

TEST(NamedFiles, AreThere) {
  const fs::path root = test::source_folder();
  std::vector<fs::path> texts{root / "CONTRIBUTING.md"};
  for (const auto& entry : fs::directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") texts.push_back(entry.path());
  }
  std::size_t checked = 0;
  for (const fs::path& text : texts) {
    for (const std::string& name : named_files(text_of(text))) {
      if (is_elsewhere(name)) continue;
      EXPECT_TRUE(is_there(name)) << text.filename() << " names " << name << ", which is not there";
      ++checked;
    }
  }
  EXPECT_GT(checked, 60U);
}

TEST(NamedFiles, AreFoundInTexts) {
  EXPECT_EQ(
      named_files("a `src/a/b.cpp`, `core/size.h` and `tests/fake_card/`; not `a b/c.h`, `x`"),
      (std::vector<std::string>{"src/a/b.cpp", "core/size.h", "tests/fake_card/"}));
}

}  // namespace
}  // namespace headroom::test
