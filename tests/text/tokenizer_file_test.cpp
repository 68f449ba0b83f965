#include "headroom/core/error.h"
#include "headroom/text/prompt_tokenizer.h"

#include "text/text_fixtures.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::Json;
using test::repeat;
using test::ScratchFolder;
using ::testing::HasSubstr;
using ::testing::Not;

class TokenizerFile : public ::testing::Test {
 protected:
  void expect_refused(const std::string& why) const {
    try {
      const PromptTokenizer tokenizer(folder_.path());
      ADD_FAILURE() << "accepted; expected: " << why;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModelFile);
      EXPECT_THAT(error.what(), HasSubstr((folder_.path() / "tokenizer.json").string()));
      EXPECT_THAT(error.what(), HasSubstr(why));
      EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
      EXPECT_LT(std::string(error.what()).size(), 400U);
    }
  }

  void refuse_text(const std::string& content, const std::string& why) const {
    folder_.write("tokenizer.json", content);
    expect_refused(why);
  }

  // The tiny tokenizer with one change.
  void refuse(const std::string& why, const std::function<void(Json&)>& change) const {
    Json file = original_;
    change(file);
    refuse_text(file.dump(), why);
  }

  void accept(const std::function<void(Json&)>& change) const {
    Json file = original_;
    change(file);
    folder_.write("tokenizer.json", file.dump());
    const PromptTokenizer changed(folder_.path());
    for (const std::string text : {"the thing is in there", " a  b\n", "<|im_end|>"}) {
      EXPECT_EQ(changed.encode(text), tiny_.encode(text));
    }
    EXPECT_EQ(changed.vocab_size(), tiny_.vocab_size());
  }

  // The original text with its first `from` replaced: for what a JSON library cannot write.
  [[nodiscard]] std::string edited(const std::string& from, const std::string& to) const {
    std::string text = original_.dump();
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }

  ScratchFolder folder_;
  Json original_ = test::read_json(test::tokenizer_folder("tiny") / "tokenizer.json");
  PromptTokenizer tiny_{test::tokenizer_folder("tiny")};
};

TEST_F(TokenizerFile, MustExist) {
  std::filesystem::remove(folder_.path() / "tokenizer.json");
  expect_refused("is missing");
  std::filesystem::create_directory(folder_.path() / "tokenizer.json");
  expect_refused("is not a file");
}

TEST_F(TokenizerFile, MustBeOneJsonObject) {
  const std::string text = original_.dump();
  refuse_text("", "not valid JSON");
  refuse_text("hello", "not valid JSON");
  refuse_text(text.substr(0, text.size() / 2), "not valid JSON");
  refuse_text(text + "}", "not valid JSON");
  refuse_text(edited("\"!\"", "\"\xFF\""), "not valid JSON");
  for (const char* other : {"[]", "3", "-3", "0.5", "true", "null", "\"text\""}) {
    refuse_text(other, "not a JSON object");
  }
}

TEST_F(TokenizerFile, MayNotNestDeeply) {
  constexpr int kDepth = 1'000'000;
  refuse_text(repeat("[", kDepth), "not a JSON object");
  refuse_text(repeat("{\"a\":", kDepth), "nests deeper");
  refuse_text("{\"model\":" + repeat("{\"a\":", kDepth), "nests deeper");
  refuse_text("{\"pre_tokenizer\":{\"a\":" + repeat("[", kDepth) + repeat("]", kDepth) + "}}",
              "nests deeper");
}

TEST_F(TokenizerFile, MustHoldABytePairModel) {
  refuse("type \"WordPiece\"", [](Json& file) { file["model"]["type"] = "WordPiece"; });
  refuse("type \"\"", [](Json& file) { file["model"].erase("type"); });
  refuse("type \"\"", [](Json& file) { file["model"] = 1; });
  refuse("no vocabulary", [](Json& file) { file["model"].erase("vocab"); });
  refuse("no token for the byte 65", [](Json& file) {
    file["model"]["vocab"].erase("A");
    file["model"]["merges"] = Json::array();
  });
}

TEST_F(TokenizerFile, MustPrepareTextLikeQwen2) {
  refuse("\"NFKC\"", [](Json& file) { file["normalizer"]["type"] = "NFKC"; });
  refuse("instead of \"NFC\"", [](Json& file) { file["normalizer"] = nullptr; });
  const auto split = [](Json& file) -> Json& { return file["pre_tokenizer"]["pretokenizers"][0]; };
  const auto bytes = [](Json& file) -> Json& { return file["pre_tokenizer"]["pretokenizers"][1]; };
  refuse("another pattern", [&](Json& file) { split(file)["pattern"]["Regex"] = "\\p{L}+"; });
  refuse("another pattern", [](Json& file) { file["pre_tokenizer"] = nullptr; });
  refuse("another pattern", [&](Json& file) {
    const Json copy = split(file);
    file["pre_tokenizer"]["pretokenizers"].push_back(copy);
  });
  refuse("sets behavior", [&](Json& file) { split(file)["behavior"] = "Removed"; });
  refuse("sets invert", [&](Json& file) { split(file)["invert"] = true; });
  refuse("sets add_prefix_space", [&](Json& file) { bytes(file)["add_prefix_space"] = true; });
  refuse("sets use_regex", [&](Json& file) { bytes(file)["use_regex"] = true; });
}

TEST_F(TokenizerFile, RefusesModelSettingsThatChangeIds) {
  refuse("sets ignore_merges", [](Json& file) { file["model"]["ignore_merges"] = true; });
  refuse("sets dropout", [](Json& file) { file["model"]["dropout"] = 0.1; });
  refuse("sets dropout", [](Json& file) { file["model"]["dropout"] = 1; });
  refuse("sets end_of_word_suffix",
         [](Json& file) { file["model"]["end_of_word_suffix"] = "</w>"; });
  refuse("sets continuing_subword_prefix",
         [](Json& file) { file["model"]["continuing_subword_prefix"] = "##"; });
  for (const char* flag : {"lstrip", "rstrip", "single_word", "normalized"}) {
    refuse("sets " + std::string(flag), [&](Json& file) { file["added_tokens"][3][flag] = true; });
  }
  accept([](Json& file) {
    file["model"]["continuing_subword_prefix"] = "";
    file["model"]["end_of_word_suffix"] = "";
    file["model"].erase("ignore_merges");
  });
}

TEST_F(TokenizerFile, IdsMustBeWholeNumbersInRange) {
  const auto id = [&](const Json& value, const std::string& why) {
    refuse(why, [&](Json& file) { file["model"]["vocab"]["!"] = value; });
    refuse(why, [&](Json& file) { file["added_tokens"][3]["id"] = value; });
  };
  id(-1, "the id -1, outside 0..16777215");
  id(16777216, "the id 16777216, outside");
  id(4294967296, "the id 4294967296, outside");
  for (const Json& value : {Json(0.5), Json("0"), Json(nullptr), Json(true),
                            Json(18446744073709551615U), Json::array({0}), Json::object()}) {
    id(value, "no whole number as id");
  }
  refuse_text(edited("\"!\":0", "\"!\":1e999"), "not valid JSON");
}

TEST_F(TokenizerFile, TokensMayNotContradictEachOther) {
  refuse_text(edited("\"!\":0", "\"!\":0,\"!\":5000"), "two ids");
  refuse("to two tokens", [](Json& file) { file["model"]["vocab"]["!"] = 1; });
  const auto add = [](Json& file, const std::string& content, int id) {
    Json token = file["added_tokens"][0];
    token["content"] = content;
    token["id"] = id;
    file["added_tokens"].push_back(token);
  };
  refuse("contradicts", [&](Json& file) { add(file, "<|im_end|>", 5000); });
  refuse("contradicts", [&](Json& file) { add(file, "<new>", 972); });
  refuse("contradicts", [&](Json& file) { add(file, "!", 5000); });
  refuse("contradicts", [&](Json& file) { add(file, "<new>", 0); });
  accept([&](Json& file) {  // said twice, or in both places, but the same
    add(file, "<|im_end|>", 972);
    file["model"]["vocab"]["<|im_start|>"] = 971;
  });
  folder_.write("tokenizer.json", edited("\"!\":0", "\"!\":0,\"!\":0"));
  EXPECT_EQ(PromptTokenizer(folder_.path()).vocab_size(), tiny_.vocab_size());
}

TEST_F(TokenizerFile, AddedTokensMustBeComplete) {
  refuse("without content", [](Json& file) { file["added_tokens"][3]["content"] = ""; });
  refuse("without content", [](Json& file) { file["added_tokens"][3].erase("content"); });
  refuse("no whole number", [](Json& file) { file["added_tokens"][3].erase("id"); });
  refuse("not an object", [](Json& file) { file["added_tokens"][3] = "<|im_end|>"; });
  refuse("not an object", [](Json& file) { file["added_tokens"][3] = Json::array(); });
  refuse("no added token <|im_start|>", [](Json& file) { file["added_tokens"].erase(1); });
  refuse("no added token <|im_end|>", [](Json& file) { file["added_tokens"].erase(2); });
  refuse("no added token", [](Json& file) { file.erase("added_tokens"); });
}

TEST_F(TokenizerFile, MergesMayBePairsOrStrings) {
  accept([](Json& file) {
    for (Json& merge : file["model"]["merges"]) {
      merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
    }
  });
}

TEST_F(TokenizerFile, MergesMayComeBeforeTheVocabulary) {
  accept([](Json& file) {
    const Json vocab = file["model"]["vocab"];
    file["model"].erase("vocab");
    file["model"]["vocab"] = vocab;
  });
}

TEST_F(TokenizerFile, MergesMustNameKnownTokens) {
  const auto merge = [&](const Json& value, const std::string& why) {
    refuse(why, [&](Json& file) { file["model"]["merges"][5] = value; });
  };
  merge({"nope", "a"}, "\"nope\", which is not in its vocabulary");
  merge({"a", "nope"}, "\"nope\", which is not in its vocabulary");
  merge({"!", "!"}, "\"!!\", which is not in its vocabulary");
  merge("! !", "\"!!\", which is not in its vocabulary");
  merge({repeat("x", 100'000) + "\n", "a"}, "...\", which is not in its vocabulary");
  for (const char* line : {"", "ab", " ab", "ab ", "a b c", " ", "a  b"}) {
    merge(line, "does not name two tokens");
  }
  merge({"a"}, "does not name two tokens");
  merge({"a", "b", "c"}, "does not name two tokens");
  merge({"a", 5}, "does not name two tokens");
  merge({"a", Json::array()}, "does not name two tokens");
  merge(Json::array(), "does not name two tokens");
  merge(Json::object(), "neither a pair nor a string");
  merge(3, "neither a pair nor a string");
  merge(nullptr, "neither a pair nor a string");
  refuse("twice", [](Json& file) {
    const Json first = file["model"]["merges"][0];
    file["model"]["merges"].push_back(first);
  });
}

TEST_F(TokenizerFile, UnknownKeysAreIgnored) {
  accept([](Json& file) {
    file["future"] = {{"vocab", {{"a", -1}}}, {"merges", {1, 2, nullptr, 0.5, true}}};
    file["model"]["future"] = Json::array({1, "x", nullptr});
    file["added_tokens"][0]["future"] = {{"id", 3}};
  });
}

// As large as the real one: 151,643 tokens; every merge joins two tokens that came before.
TEST_F(TokenizerFile, AsLargeAsTheRealOneLoads) {
  Json file = original_;
  Json& vocab = file["model"]["vocab"];
  Json& merges = file["model"]["merges"];
  std::vector<std::string> letters;
  for (char c = 'a'; c <= 'z'; ++c) letters.emplace_back(1, c);
  std::vector<std::string> words = letters;
  std::string text = "{";
  for (const auto& [token, id] : vocab.items()) {
    if (id.get<int>() < 256) text += Json(token).dump() + ":" + id.dump() + ",";
  }
  merges = Json::array();
  for (int id = 256; id < 151643; ++id) {
    const std::size_t n = static_cast<std::size_t>(id) - 256;
    const std::string& left = words[n / 26];
    const std::string& right = letters[n % 26];
    text += "\"" + left + right + "\":" + std::to_string(id) + ",";
    merges.push_back({left, right});
    words.push_back(left + right);
  }
  text.back() = '}';
  for (Json& token : file["added_tokens"]) token["id"] = token["id"].get<int>() - 970 + 151643;
  vocab = "VOCABULARY";
  std::string json = file.dump();
  const std::string mark = "\"VOCABULARY\"";
  folder_.write("tokenizer.json", json.replace(json.find(mark), mark.size(), text));

  const PromptTokenizer tokenizer(folder_.path());
  EXPECT_EQ(tokenizer.vocab_size(), 151669U);
  // Two letters ab: words[0] + letters[1] is merge 1; three letters abc: merge of words[27].
  EXPECT_THAT(tokenizer.encode("ab"), ::testing::ElementsAre(256 + 1));
  EXPECT_THAT(tokenizer.encode("abc"), ::testing::ElementsAre(256 + 27 * 26 + 2));
  EXPECT_THAT(tokenizer.encode("<|endoftext|>"), ::testing::ElementsAre(151643));
}

}  // namespace
}  // namespace headroom
