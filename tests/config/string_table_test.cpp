#include "headroom/config/string_table.h"

#include "headroom/core/error.h"

#include "support/temp_folder.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(StringTable, AMissingTextIsItsKey) {
  EXPECT_EQ(StringTable().text("no.such.key"), "no.such.key");
}

TEST(StringTable, RefusesWhatIsNoFlatListOfTexts) {
  const test::TempFolder folder;
  const auto message = [&](const std::string& yaml) {
    const std::filesystem::path file = folder.write("headroom_texts.yaml", yaml);
    try {
      const StringTable read(file);
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kConfig);
      return std::string(e.what());
    }
    return std::string("nothing was thrown");
  };
  EXPECT_NE(message("a: b\nc: [1]\n").find("headroom_texts.yaml:2: "), std::string::npos);
  EXPECT_NE(message("a: b\na: c\n").find(":2: a is there twice"), std::string::npos);
  EXPECT_NE(message("a: [b\n").find("not valid YAML"), std::string::npos);
  EXPECT_NE(message("- a\n").find("key: text"), std::string::npos);
  EXPECT_THROW(StringTable(std::filesystem::path("/nowhere/en.yaml")), Error);
}

TEST(StringTable, SaysAMessageInItsLanguageWithItsValues) {
  const test::TempFolder folder;
  const StringTable table(folder.write(
      "zh.yaml", "'cannot read {0}: {1}': '{1}, daher {0} nicht'\nthe disk is full: voll\n"));
  const Message full = say("the disk is full");
  EXPECT_EQ(table.words(say("cannot read {0}: {1}", "a.png", full)), "voll, daher a.png nicht");
  EXPECT_EQ(table.words(say("{0} is new", full)), "voll is new") << "as far as there are words";
  EXPECT_EQ(table.words("a.png"), "a.png") << "a name is said as it is";
  EXPECT_EQ(table.words({}), "");
}

TEST(StringTable, MoreTextsAreAddedButNoneReplaced) {
  const test::TempFolder folder;
  StringTable table(folder.write("a.yaml", "b: 1\na: 2\n"));
  table.add(folder.write("b.yaml", "c: 3\n"));
  EXPECT_EQ(table.keys(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(table.contains("c"));
  EXPECT_FALSE(table.contains("d"));
  try {
    table.add(folder.write("c.yaml", "# more\na: 4\n"));
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("c.yaml:2: a is there twice"), std::string::npos)
        << e.what();
  }
  EXPECT_EQ(table.text("a"), "2");
}

}  // namespace
}  // namespace headroom
