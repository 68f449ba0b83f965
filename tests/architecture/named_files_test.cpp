// What CONTRIBUTING.md and docs/ name is there: a file that moved takes its name along.

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
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

// What stands between single backquotes and looks like a file of ours: a folder and an ending, or a
// folder with a slash behind it.
std::vector<std::string> named_files(const std::string& text) {
  static const std::regex name("`([A-Za-z_.0-9-]+/[A-Za-z_.0-9/-]*)`");
  std::vector<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), name), end; it != end; ++it) {
    const std::string found = (*it)[1];
    if (found.ends_with('/') || fs::path(found).has_extension()) names.push_back(found);
  }
  return names;
}

bool is_there(const std::string& name) {
  const fs::path root = HEADROOM_SOURCE_DIR;
  return fs::exists(root / name) || fs::exists(root / "include/headroom" / name) ||
         fs::exists(root / "src" / name);
}

// Folders of a build or of a model, which no checkout has.
bool is_elsewhere(const std::string& name) {
  constexpr std::array kElsewhere{"build/", "share/", "tokenizer/"};
  return std::ranges::any_of(kElsewhere, [&](const char* at) { return name.starts_with(at); });
}

TEST(NamedFiles, AreThere) {
  const fs::path root = HEADROOM_SOURCE_DIR;
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
