// What a file of any kind is refused for is told in Chinese in full: the same facts as in English.
#include "headroom/config/app_config.h"
#include "headroom/config/string_table.h"
#include "headroom/core/error.h"
#include "headroom/image/image_reader.h"
#include "headroom/model_files/lora_file.h"
#include "headroom/text/prompt_tokenizer.h"
#include "headroom/weights/upscaler_file.h"

#include "support/english.h"
#include "support/paths.h"
#include "support/raw_png.h"
#include "support/temp_folder.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FaultMessages : public testing::Test {
 protected:
  FaultMessages() : zh_(test::source_folder() / "configs/lang/zh.yaml") {
    zh_.add(test::source_folder() / "configs/lang/messages.zh.yaml");
  }

  // `said`: the fault, as part of the Chinese sentence.
  void expect_said(const std::string& said, const std::function<void()>& action) const {
    try {
      action();
    } catch (const Error& error) {
      const std::string words = zh_.words(error.message());
      EXPECT_EQ(english_in(words), "");
      EXPECT_THAT(words, HasSubstr(said)) << error.what();
      EXPECT_THAT(words, HasSubstr(folder_.path().filename().string())) << "names the file";
      return;
    }
    ADD_FAILURE() << "nothing was thrown: " << said;
  }

  StringTable zh_;
  TempFolder folder_;
};

TEST_F(FaultMessages, OfTokenizers) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{", "不是有效的 JSON（第 2 字节）"},
      {"[]", "不是 JSON 对象"},
      {R"({"model":{"vocab":{"cat":"x"}}})", "没有用整数给词元 \"cat\" 编号"},
      {R"({"model":{"vocab":{"cat":-3}}})", "把词元 \"cat\" 编为 -3"},
      {R"({"model":{"merges":["a b c"]}})", "的合并规则 \"a b c\" 不是由两个词元组成"},
      {R"({"model":{"merges":[{}]}})", "有一条合并规则既不是一对，也不是文字"},
      {R"({"model":{"type":"Unigram"}})", "是 \"Unigram\" 类的分词器"},
      {R"({"model":{"type":"BPE","dropout":0.5}})", "对 dropout 的设置"},
      {R"({"added_tokens":[3]})", "有一个附加词元不是 JSON 对象"},
      {R"({"added_tokens":[{"content":""}]})", "有一个附加词元没有内容"},
      {R"({"model":{"type":"BPE"},"normalizer":{"type":"NFD"}})", "以 \"NFD\" 规范文字"},
      {R"({"x":)" + std::string(100, '['), "嵌套超过 64 层"}};
  folder_.write("tokenizer_config.json", R"({"chat_template":"<|im_start|> <|im_end|>"})");
  for (const auto& [text, said] : cases) {
    folder_.write("tokenizer.json", text);
    expect_said(said, [&] { PromptTokenizer tokenizer(folder_.path()); });
  }
  fs::remove(folder_.path() / "tokenizer.json");
  expect_said("不存在", [&] { PromptTokenizer tokenizer(folder_.path()); });
}

TEST_F(FaultMessages, OfYaml) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"model: [1, 2\n", "（有括号没有配对）"},
      {"model:\n  path: a\n wrong: b\n", "（有一行的缩进与它所属的各行不同）"},
      {"model:\n\tpath: a\n", "（有一行用制表符缩进；请改用空格）"},
      {"model: a: b\n", "（键或冒号的位置不对）"},
      {"model: *nowhere\n", "（以 & 或 * 开头的文字需要加引号）"},
      {"model: \"\\q\"\n", "（双引号中反斜杠之后的内容无法识别；请改用单引号）"},
      {"model: @at\n", "（有符号不能写在那里；请给文字加引号）"},
      {"model: \"open\n", "（引号没有闭合）"}};
  for (const auto& [text, said] : cases) {
    folder_.write("my.yaml", text);
    expect_said(said, [&] {
      AppConfig config;
      load_config_file(folder_.path() / "my.yaml", config);
    });
  }
}

TEST_F(FaultMessages, OfPictures) {
  const std::string rows("\0\1\2\3", 4);
  const std::string good = raw_png(1, 1, 8, 2, rows);
  const std::string header = u32(1) + u32(1) + std::string("\x08\x02\0\0\0", 5);
  const auto with = [&](const std::string& chunks) { return kSignature + chunks; };
  const std::vector<std::pair<std::string, std::string>> cases{
      {with(chunk("IHDR", header) + chunk("IDAT", "\x78\x02 no zlib") + chunk("IEND", "")),
       "压缩的数据无法解开"},
      {with(chunk("IHDR", header) + chunk("IEND", "")), "像素不够"},
      {raw_png(1, 1, 8, 2, std::string("\7\1\2\3", 4)), "各行的编码方式不存在"},
      {raw_png(1, 1, 8, 3, rows), "颜色表有误"},
      {raw_png(0, 1, 8, 2, rows), "尺寸有误"},
      {raw_png(1, 1, 5, 2, rows), "每种颜色的位数不受支持"},
      {with(chunk("IDAT", "x")), "文件头有误"},
      {"\xff\xd8\xff\xdb" + std::string("\0\x03\x55\0", 4), "其中一段有误"}};
  for (const auto& [bytes, said] : cases) {
    folder_.write("a.png", bytes);
    expect_said(said, [&] { (void)read_image(folder_.path() / "a.png"); });
  }
}

// With the way out for a LoRA, where a model's file is told the model's.
TEST_F(FaultMessages, OfLoras) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "在它的文件夹里"},
      {"\x80\x02}q", "格式的 LoRA"},
      {"PK\x03\x04", "格式的 LoRA"},
      {"<?xml?><net name=", "格式的 LoRA"},
      {std::string("\x3F\0\0\0\0\0\0\0", 8) +
           R"({"a":{"dtype":"X9","shape":[1],"data_offsets":[0,4]}}          )" + "    ",
       "F32 的 LoRA"}};
  for (const auto& [bytes, said] : cases) {
    folder_.write("a.safetensors", bytes);
    expect_said(said, [&] { LoraFile file(folder_.path() / "a.safetensors", {}); });
  }
  fs::remove(folder_.path() / "a.safetensors");
  expect_said("重新下载这个 LoRA", [&] { LoraFile file(folder_.path() / "a.safetensors", {}); });
  expect_said("重新下载这个 LoRA", [&] { LoraFile file(folder_.path(), {}); });
}

TEST_F(FaultMessages, OfUpscalers) {
  const auto file = folder_.path() / "up.pth";
  const auto safetensors = [](const std::string& header) {
    std::string bytes(8, '\0');
    bytes[0] = static_cast<char>(header.size());
    return bytes + header + std::string(4, '\0');
  };
  const std::vector<std::pair<std::string, std::string>> cases{
      {safetensors(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})"),
       "不是已知的放大模型"},
      {"PK\x03\x04 and no more", "过早结束"},
      {"PK\x03\x04" + std::string(100, 'x'), "没有目录，像是被截断了"}};
  for (const auto& [bytes, said] : cases) {
    folder_.write("up.pth", bytes);
    expect_said(said, [&] { UpscalerFile opened(file); });
  }
}

}  // namespace
}  // namespace headroom::test
