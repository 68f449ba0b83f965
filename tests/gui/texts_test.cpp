// The texts: all languages have the same keys, and every key that the code names exists.
#include "headroom/config/string_table.h"
#include "headroom/core/languages.h"
#include "headroom/core/size.h"
#include "headroom/core/stage.h"

#include "support/paths.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

StringTable table(const std::string& language) {
  return StringTable(test::source_folder() / "configs/lang" / (language + ".yaml"));
}

std::set<std::string> used_keys() {
  std::set<std::string> keys;
  // Every literal that looks like a key of ours: words with at least one dot.
  const std::regex literal("\"([a-z_]+(\\.[a-z_0-9]+)+)\"");
  for (const auto& entry : fs::recursive_directory_iterator(test::source_folder() / "src")) {
    const std::string path = entry.path().string();
    if (path.find("/src/gui") == std::string::npos || !path.ends_with(".cpp")) continue;
    std::ifstream in(entry.path());
    const std::string code{std::istreambuf_iterator<char>(in), {}};
    const std::regex call(
        "(?:\\bt(?:ext)?|[^.a-z_]say)\\((?:[^()\"]*\\?)?[^\"()]*((?:\"[a-z_.0-9]+\"[^\"()]*)+)\\)");
    for (std::sregex_iterator it(code.begin(), code.end(), call), end; it != end; ++it) {
      const std::string arguments = (*it)[1];
      for (std::sregex_iterator k(arguments.begin(), arguments.end(), literal); k != end; ++k)
        keys.insert((*k)[1]);
    }
    const std::regex row(
        "\"((?:gauge\\.row|keys|stages|picture|banner|note|offer)\\.[a-z_.]+)\"");  // and in
                                                                                    // messages
    for (std::sregex_iterator it(code.begin(), code.end(), row), end; it != end; ++it)
      keys.insert((*it)[1]);
  }
  for (const StageEntry& stage : kStages) keys.insert("stage." + std::string(stage.name));
  for (const SizePreset& preset : kSizePresets) keys.insert("preset." + std::string(preset.name));
  for (const char* const option :
       {"resident", "evict-encoder", "sequential-guidance", "chunk-tokens", "tile-decode",
        "evict-transformer", "stream-blocks", "stream-encoder", "cpu-decode", "packed-weights",
        "pieces"}) {
    keys.insert(std::string("rung.") + option);
  }
  for (const char* const notice : {"slower", "slower-others"})
    keys.insert(std::string("notice.") + notice);
  for (const char* const choice : {"all", "prompt", "seed", "image", "close"}) {
    keys.insert(std::string("offer.") + choice);
    keys.insert(std::string("tip.offer.") + choice);
  }
  for (const char* const format : {"auto", "fp32", "bf16", "fp16", "int8"})
    keys.insert("tip.format." + std::string(format));
  keys.insert({"models.opening", "models.waits"});
  keys.insert({"banner.start", "banner.config"});  // said by the program that opens the window
  return keys;
}

TEST(Texts, EveryLanguageHasTheSameKeys) {
  for (const Language& language : kLanguages) {
    EXPECT_EQ(table("en").keys(), table(std::string(language.code)).keys()) << language.code;
  }
}

TEST(Texts, EveryLanguageFillsInTheSamePlaces) {
  const StringTable en = table("en");
  for (const Language& language : kLanguages) {
    const StringTable other = table(std::string(language.code));
    for (const std::string& key : en.keys()) {
      for (const char* const place : {"{0}", "{1}", "{2}", "{3}"}) {
        EXPECT_EQ(en.text(key).find(place) == std::string::npos,
                  other.text(key).find(place) == std::string::npos)
            << language.code << " " << key << " " << place;
      }
    }
  }
}

TEST(Texts, EveryKeyThatTheCodeUsesExists) {
  const StringTable en = table("en");
  const std::set<std::string> keys = used_keys();
  EXPECT_GT(keys.size(), 100U);  // the search itself works
  for (const std::string& key : keys) EXPECT_TRUE(en.contains(key)) << key;
}

TEST(Texts, NoTextIsUnused) {
  const std::set<std::string> used = used_keys();
  for (const std::string& key : table("en").keys()) EXPECT_TRUE(used.contains(key)) << key;
}

}  // namespace
}  // namespace headroom
