#include "headroom/text/prompt_tokenizer.h"

#include "headroom/core/error.h"

#include "text/text_fixtures.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::from_hex;
using test::Json;
using test::repeat;
using test::utf8;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Ids = std::vector<std::int32_t>;

// The text that `ids` stand for, by the vocabulary of the folder's tokenizer.json alone.
class Decoder {
 public:
  explicit Decoder(const std::filesystem::path& folder) {
    const Json file = test::read_json(folder / "tokenizer.json");
    for (const auto& [token, id] : file["model"]["vocab"].items()) tokens_[id] = token;
    unsigned next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const bool printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) ||
                             (byte >= 174 && byte <= 255);
      bytes_[utf8(printable ? byte : next++)] = static_cast<char>(byte);
    }
  }

  [[nodiscard]] std::string decode(const Ids& ids) const {
    std::string text;
    for (const std::int32_t id : ids) {
      const std::string& token = tokens_.at(id);
      for (std::size_t at = 0; at < token.size();) {
        const std::size_t size = static_cast<unsigned char>(token[at]) < 0x80 ? 1 : 2;
        text += bytes_.at(token.substr(at, size));
        at += size;
      }
    }
    return text;
  }

 private:
  std::map<std::int32_t, std::string> tokens_;
  std::map<std::string, char> bytes_;
};

class PromptTokenizerReference : public ::testing::TestWithParam<std::string> {
 protected:
  Json expected_ = test::expected(GetParam(), "tokenizer");
  PromptTokenizer tokenizer_{test::tokenizer_folder(GetParam())};
};

TEST_P(PromptTokenizerReference, EncodesEveryString) {
  const Json& cases = expected_["cases"];
  ASSERT_EQ(cases.size(), 638U);
  for (const Json& item : cases) {
    EXPECT_EQ(tokenizer_.encode(from_hex(item["utf8"])), item["ids"].get<Ids>()) << item["text"];
  }
}

TEST_P(PromptTokenizerReference, EncodesEveryTemplate) {
  const Json& templates = expected_["templates"];
  ASSERT_EQ(templates.size(), 22U);
  for (const Json& item : templates) {
    const std::string prompt = from_hex(item["prompt_utf8"]);
    const Ids ids = item["ids"];
    EXPECT_EQ(tokenizer_.encode(from_hex(item["rendered_utf8"])), ids) << item["prompt"];
    EXPECT_EQ(tokenizer_.encode_prompt(prompt, ids.size()), ids) << item["prompt"];
    for (const std::size_t kept : {8U, 32U}) {
      const std::string name = "ids_max" + std::to_string(kept);
      // Left out by the fixtures where nothing is cut off.
      const Ids wanted = item.contains(name) ? item[name].get<Ids>() : ids;
      EXPECT_EQ(tokenizer_.encode_prompt(prompt, kept), wanted) << item["prompt"];
    }
  }
}

TEST_P(PromptTokenizerReference, CountsAddedTokensInTheVocabulary) {
  EXPECT_EQ(tokenizer_.vocab_size(), expected_["vocab_size"].get<std::size_t>());
}

TEST_P(PromptTokenizerReference, RecognisesEveryAddedTokenThatIsTyped) {
  for (const auto& [content, id] : expected_["added_tokens"].items()) {
    const std::int32_t wanted = id;
    EXPECT_THAT(tokenizer_.encode(content), ElementsAre(wanted));
    EXPECT_THAT(tokenizer_.encode(content + content), ElementsAre(wanted, wanted));
    const Ids around = tokenizer_.encode("!" + content + "!");
    EXPECT_THAT(around, ElementsAre(0, wanted, 0));  // "!" is token 0
    for (const std::int32_t piece : tokenizer_.encode(content.substr(0, content.size() - 1))) {
      EXPECT_LT(piece, expected_["pad_id"].get<std::int32_t>()) << content;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, PromptTokenizerReference, ::testing::Values("tiny", "f32"),
                         [](const auto& variant) { return variant.param; });

class PromptTokenizerTest : public ::testing::Test {
 protected:
  PromptTokenizer tokenizer_{test::tokenizer_folder("tiny")};
  Decoder decoder_{test::tokenizer_folder("tiny")};
};

TEST_F(PromptTokenizerTest, EmptyTextHasNoIds) { EXPECT_THAT(tokenizer_.encode(""), IsEmpty()); }

TEST_F(PromptTokenizerTest, ATypedEndOfMessageIsNotEscapedByTheTemplate) {
  const std::int32_t end = test::expected("tiny", "tokenizer")["added_tokens"]["<|im_end|>"];
  const Ids ids = tokenizer_.encode_prompt("a<|im_end|>b");
  EXPECT_EQ(std::count(ids.begin(), ids.end(), end), 2);
}

TEST_F(PromptTokenizerTest, KeepsTheFirstTokensOfTheRenderedText) {
  const Ids all = tokenizer_.encode_prompt("a lighthouse at dusk", 1000);
  ASSERT_GT(all.size(), 9U);
  for (std::size_t kept = 0; kept <= all.size() + 1; ++kept) {
    const std::size_t size = std::min(kept, all.size());
    EXPECT_EQ(tokenizer_.encode_prompt("a lighthouse at dusk", kept),
              Ids(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size)));
  }
}

TEST_F(PromptTokenizerTest, KeepsTheFirst512TokensByDefault) {
  const std::string prompt = repeat("1", 2000);  // every digit is a piece, so a token
  EXPECT_EQ(tokenizer_.encode_prompt(prompt).size(), 512U);
  Ids first = tokenizer_.encode_prompt(prompt, 100'000);
  EXPECT_GT(first.size(), 2000U);
  first.resize(512);
  EXPECT_EQ(tokenizer_.encode_prompt(prompt), first);
}

// Every digit is a token, and three come before the prompt: <|im_start|>, "user", a new line.
TEST_F(PromptTokenizerTest, TellsHowMuchOfAPromptIsRead) {
  const std::size_t before = tokenizer_.encode("<|im_start|>user\n").size();
  const std::string digits = repeat("1", 2000);
  EXPECT_EQ(tokenizer_.bytes_read(digits), 512 - before);
  EXPECT_EQ(tokenizer_.bytes_read(digits, before + 7), 7U);
  EXPECT_EQ(tokenizer_.bytes_read(digits, 1), 0U);
  EXPECT_EQ(tokenizer_.bytes_read(repeat("1", 300)), 300U) << "nothing is cut";
  EXPECT_EQ(tokenizer_.bytes_read(""), 0U);
}

TEST_F(PromptTokenizerTest, ReadsWholeCharacters) {
  const std::string prompt = repeat("红苹果，", 400);
  const std::size_t read = tokenizer_.bytes_read(prompt);
  EXPECT_EQ(read % 3, 0U);
  ASSERT_LT(read, prompt.size());
  const std::size_t before = tokenizer_.encode("<|im_start|>user\n").size();
  EXPECT_LE(before + tokenizer_.encode(prompt.substr(0, read)).size(), 512U);
  EXPECT_GT(before + tokenizer_.encode(prompt.substr(0, read + 3)).size(), 512U);
}

TEST_F(PromptTokenizerTest, RejectsInvalidUtf8) {
  for (const std::string text : {"\x80", "a\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                 "\xFF", "<|im_end|>\xE4\xB8"}) {
    for (const bool with_template : {false, true}) {
      try {
        const Ids ids = with_template ? tokenizer_.encode_prompt(text) : tokenizer_.encode(text);
        ADD_FAILURE() << "accepted, " << ids.size() << " ids";
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kInvalidRequest);
        EXPECT_THAT(error.what(), ::testing::HasSubstr("UTF-8"));
      }
    }
  }
}

TEST_F(PromptTokenizerTest, NulBytesAreText) {
  EXPECT_EQ(decoder_.decode(tokenizer_.encode(std::string("a\0b", 3))), std::string("a\0b", 3));
}

TEST_F(PromptTokenizerTest, EncodesOnePieceOf65536Bytes) {
  std::string letters;
  for (std::uint32_t state = 1; letters.size() < 65536;) {
    state = state * 1664525U + 1013904223U;
    letters += static_cast<char>('a' + (state >> 24U) % 26);
  }
  for (const std::string& text :
       {repeat("a", 65536), letters, repeat(utf8(0x732B), 21845), repeat(" ", 65536),
        repeat("<", 65536), repeat(utf8(0x301), 32768), repeat("\n", 65536)}) {
    EXPECT_EQ(decoder_.decode(tokenizer_.encode(text)), text);
  }
}

TEST_F(PromptTokenizerTest, ManyThreadsMayUseOne) {
  const Json cases = test::expected("tiny", "tokenizer")["cases"];
  std::array<int, 4> wrong{};
  {
    std::vector<std::jthread> threads;
    for (int& count : wrong) {
      threads.emplace_back([&] {
        for (const Json& item : cases) {
          if (tokenizer_.encode(from_hex(item["utf8"])) != item["ids"].get<Ids>()) ++count;
        }
      });
    }
  }
  EXPECT_THAT(wrong, ::testing::Each(0));
}

TEST_F(PromptTokenizerTest, CanBeMoved) {
  const Ids ids = tokenizer_.encode("a red fox");
  PromptTokenizer moved = std::move(tokenizer_);
  EXPECT_EQ(moved.encode("a red fox"), ids);
  tokenizer_ = std::move(moved);
  EXPECT_EQ(tokenizer_.encode("a red fox"), ids);
}

TEST(StarterTokenizer, ReadsTheShippedModel) {
  const PromptTokenizer tokenizer(test::starter_folder());
  const Decoder decoder(test::starter_folder());
  EXPECT_EQ(tokenizer.vocab_size(), 3479U + 26U);
  const std::string text = "a red fox, 3 birds; " + utf8(0x732B) + "\n\n it's";
  EXPECT_EQ(decoder.decode(tokenizer.encode(text)), text);
  EXPECT_EQ(tokenizer.encode_prompt("").front(), 3480);  // <|im_start|>
}

}  // namespace
}  // namespace headroom
