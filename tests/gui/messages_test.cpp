// Every sentence of the program that can reach the window has words in every language.
#include "headroom/config/app_config.h"
#include "headroom/config/string_table.h"
#include "headroom/core/error.h"
#include "headroom/core/languages.h"
#include "headroom/core/wrong_file.h"
#include "headroom/image/file_writer.h"
#include "headroom/image/image_reader.h"
#include "headroom/weights/file_kind.h"
#include "headroom/weights/stored_tensors.h"
#include "headroom/weights/tensor_file.h"

#include "support/english.h"
#include "support/paths.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = test::source_folder();

StringTable words_in(std::string_view language) {
  const std::string code(language);
  StringTable table(kSource / "configs/lang" / (code + ".yaml"));
  table.add(kSource / "configs/lang" / ("messages." + code + ".yaml"));
  return table;
}
StringTable chinese() { return words_in("zh"); }

// All but the one that messages are written in.
std::span<const Language> translations() { return std::span(kLanguages).subspan(1); }

// What stands in a C++ text literal.
std::string unescaped(const std::string& literal) {
  std::string text;
  for (std::size_t i = 0; i < literal.size(); ++i) {
    if (literal[i] == '\\' && i + 1 < literal.size()) ++i;
    text += literal[i];
  }
  return text;
}

// The patterns of all say("..." "...") in a source file.
std::vector<std::string> patterns_in(const std::string& code) {
  static const std::regex call(R"re(\bsay\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)[,)])re");
  static const std::regex literal(R"re("((?:[^"\\]|\\.)*)")re");
  std::vector<std::string> patterns;
  for (std::sregex_iterator it(code.begin(), code.end(), call), end; it != end; ++it) {
    const std::string arguments = (*it)[1];
    std::string pattern;
    for (std::sregex_iterator part(arguments.begin(), arguments.end(), literal); part != end;
         ++part) {
      pattern += unescaped((*part)[1]);
    }
    patterns.push_back(pattern);
  }
  return patterns;
}

TEST(Messages, EverySentenceInTheSourceHasWordsInEveryLanguage) {
  std::vector<StringTable> tables;
  for (const Language& language : translations()) tables.push_back(words_in(language.code));
  int found = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kSource / "src")) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
    std::ifstream in(entry.path());
    const std::string code{std::istreambuf_iterator<char>(in), {}};
    for (const std::string& pattern : patterns_in(code)) {
      // dump.say() names places for tests.
      if (code.find("dump.say(\"" + pattern + "\"") != std::string::npos) continue;
      for (std::size_t i = 0; i < tables.size(); ++i) {
        EXPECT_TRUE(tables[i].contains(pattern))
            << translations()[i].code << ", " << entry.path() << ": " << pattern;
      }
      ++found;
    }
  }
  EXPECT_GT(found, 100) << "the search itself is broken";
}

TEST(Messages, NoTranslationTakesOtherValuesThanTheEnglish) {
  static const std::regex value(R"(\{(\d)\})");
  for (const Language& language : translations()) {
    const StringTable table(kSource / "configs/lang" /
                            ("messages." + std::string(language.code) + ".yaml"));
    for (const std::string& pattern : table.keys()) {
      if (pattern.find(' ') == std::string::npos) continue;  // a name for many sentences
      const std::string words = table.text(pattern);
      for (std::sregex_iterator it(words.begin(), words.end(), value), end; it != end; ++it) {
        EXPECT_NE(pattern.find((*it).str()), std::string::npos) << pattern;
      }
      for (std::sregex_iterator it(pattern.begin(), pattern.end(), value), end; it != end; ++it) {
        EXPECT_NE(words.find((*it).str()), std::string::npos) << pattern;
      }
    }
  }
}

TEST(Messages, WhatAFileTurnsOutToBeIsSaidInChinese) {
  const StringTable zh = chinese();
  for (const char* const start :
       {"version https://git-lfs", "<!doctype", "<html", "<?xml", "<error", "{\"error\"", "GGUF",
        "PK\x03\x04", "\x1f\x8b", "\x80\x02"}) {
    const Message message = wrong_file(start);
    ASSERT_FALSE(message.empty()) << start;
    EXPECT_EQ(test::english_in(zh.words(message)), "") << start;
  }
}

TEST(Messages, ASettingThatIsNotAllowedIsSaidInChinese) {
  const StringTable zh = chinese();
  int refused = 0;
  for (const std::string& key : known_config_keys()) {
    std::string variable = "HEADROOM_" + key + "=?!";
    for (char& c : variable) {
      if (c == '.') c = '_';
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    AppConfig config;
    try {
      load_config_environment({variable}, config);
    } catch (const Error& e) {
      ++refused;
      EXPECT_EQ(test::english_in(zh.words(e.message())), "");
    }
  }
  EXPECT_GT(refused, 12);
}

// As far as they can be brought about here.
TEST(Messages, FilesThatCannotBeReadOrWrittenAreSaidInChinese) {
  const StringTable zh = chinese();
  const fs::path folder =
      fs::temp_directory_path() / ("headroom-messages-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "text.png") << "no picture";
  const auto words_of = [&](const auto& action) -> std::string {
    try {
      action();
    } catch (const Error& e) {
      return zh.words(e.message());
    }
    return "nothing was thrown by this one";
  };
  const fs::path in_a_file = folder / "text.png" / "a.png";
  const std::array<std::string, 5> said{
      words_of([&] { (void)read_image(folder / "text.png"); }),
      words_of([&] { (void)read_image(folder / "none.png"); }),
      words_of([&] { (void)read_image(folder); }),
      words_of([&] { write_new_file(in_a_file, "x"); }),
      words_of([&] { write_new_file(folder / std::string(300, 'x'), "x"); })};
  for (const std::string& words : said) EXPECT_EQ(test::english_in(words), "") << words;
  fs::remove_all(folder);
}

// Every damaged file of the weights' tests: safetensors, GGUF, and ComfyUI's quantised weights.
TEST(Messages, EveryReasonOfTheSystemIsSaidInChineseWithoutACode) {
  const StringTable zh = chinese();
  for (int number = 1; number < 134; ++number) {  // Linux has no larger ones
    const std::string words = zh.words(say_errno(number));
    EXPECT_TRUE(std::ranges::none_of(words, [](unsigned char c) { return c < 0x80; }))
        << number << ": " << words;
  }
}

TEST(Messages, DamagedWeightFilesAreSaidInChinese) {
  const StringTable zh = chinese();
  int refused = 0;
  for (const fs::path& root : {test::data_folder() / "zimage", test::quant_folder()}) {
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      const std::string ending = entry.path().extension();
      if (ending != ".safetensors" && ending != ".gguf") continue;
      try {
        const TensorFile file(entry.path());
        (void)read_stored_tensors(file.tensors(), file.metadata(), entry.path());
      } catch (const Error& e) {
        ++refused;
        const std::string words = zh.words(e.message());
        EXPECT_EQ(test::english_in(words), "") << words;
        EXPECT_NE(words.find(entry.path().filename().string()), std::string::npos) << words;
        EXPECT_NE(words, zh.words(Error(e.kind(), "").message())) << "tells no more than its kind";
      }
    }
  }
  EXPECT_GT(refused, 100);
}

TEST(Messages, ADamagedTensorIsNamedInChinese) {
  const StringTable zh = chinese();
  const auto words_of = [&](const char* name) -> std::string {
    try {
      (void)TensorFile(test::data_folder() / "zimage/tiny/hostile" / name);
    } catch (const Error& e) {
      return zh.words(e.message());
    }
    return {};
  };
  const auto expect_named = [&](const char* file, const std::string& fault) {
    const std::string words = words_of(file);
    EXPECT_NE(words.find(fault + "；文件已损坏，或不是 safetensors 文件，请重新下载"),
              std::string::npos)
        << words;
  };
  expect_named("bad_shape_product.safetensors", "张量 \"a\" 有 16 字节，按它的形状应为 20 字节");
  expect_named("bad_shape_negative.safetensors", "张量 \"a\" 在格式不允许处有负数");
  expect_named("bad_not_json.safetensors", "文件头不以“{”开头");
}

// Its kind, the way in which it is packed and the way out, as the English sentence says them.
TEST(Messages, WeightsOfAnotherModelAreNamedInChinese) {
  const StringTable zh = chinese();
  const auto words_of = [&](std::vector<std::string_view> names) {
    const FileKind kind = tell_kind(names, {}, Container::kSafetensors);
    EXPECT_EQ(kind.kind, WeightKind::kForeign) << names.front();
    return zh.words(kind.refusal);
  };
  EXPECT_EQ(
      words_of({"layers.0.attention.qkv.qweight"}),
      "权重由 GPTQ 或 AWQ 打包，这里无法读取；请选择 BF16、ComfyUI 的 fp8 或 int8，或 GGUF 的模型");
  EXPECT_EQ(words_of({"double_blocks.0.img_attn.qkv.weight"}),
            "是 FLUX 的扩散网络，是 Z-Image 之外的另一种模型；请选择 Z-Image 或 Z-Image-Turbo");
  EXPECT_EQ(words_of({"layers.0.self_attn.q_proj.weight"}),
            "是没有 Qwen3 归一化层的文本模型，而 Z-Image 的文本编码器是 Qwen3；请选择 Z-Image 或 "
            "Z-Image-Turbo");
}

// All the ways in which the program names weights, by names that tell one from another.
TEST(Messages, EveryKindOfWeightsHasAName) {
  const StringTable zh = chinese();
  for (const char* const name :
       {".lora_A.", "x.lokr_w1", "x.hada_w1_a", "x.oft_blocks", "control_layers.0.w",
        "conditioner.embedders.0", "cond_stage_model.0", "joint_blocks.0", "input_blocks.0",
        "cap_embedder.1.weight", "token_embd.weight", "layers.0.self_attn.q_norm.weight",
        "decoder.layers.0", "a.wscales", "a.quant_state.b", "a.W_q", "a.weight_packed",
        "a.weight_scale_inv"}) {
    const std::vector<std::string_view> names{name};
    const FileKind kind = tell_kind(names, {}, Container::kSafetensors);
    ASSERT_FALSE(kind.what.empty()) << name;
    EXPECT_TRUE(zh.contains(kind.what.key())) << kind.what.english();
    EXPECT_EQ(test::english_in(zh.words(kind.refusal)), "");
  }
}

TEST(Messages, WhatWasNotWrittenForAPersonTellsItsKindInChineseAndAllInEnglish) {
  const StringTable zh = chinese();
  const StringTable en(kSource / "configs/lang/en.yaml");
  for (const ErrorKind kind :
       {ErrorKind::kInvalidRequest, ErrorKind::kConfig, ErrorKind::kModelFile,
        ErrorKind::kOutOfMemory, ErrorKind::kIo, ErrorKind::kDevice, ErrorKind::kInternal}) {
    const Error error(kind, "expected scalar type Half but found Float");
    EXPECT_EQ(test::english_in(zh.words(error.message())), "");
    EXPECT_EQ(en.words(error.message()), error.what());
  }
}

TEST(Messages, TheDetectorFindsEnglishAndNoNames) {
  EXPECT_NE(test::english_in("其他程序占用了内存：other programs took memory"), "");
  EXPECT_NE(test::english_in("继续：evict-encoder"), "");
  EXPECT_EQ(test::english_in("无法写入 /home/me/My Pictures/a.png：磁盘已满"), "");
  EXPECT_EQ(test::english_in("RTX 3060 Laptop · Ctrl+Shift+Enter"), "");
}

}  // namespace
}  // namespace headroom
