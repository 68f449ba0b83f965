#include "chat_template.h"

#include "headroom/core/error.h"

#include "text/text_fixtures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::ScratchFolder;
using ::testing::HasSubstr;

constexpr const char* kTemplate = "{{ '<|im_start|>' + m.role + m.content + '<|im_end|>' }}";

void expect_refused(const ScratchFolder& folder, const std::string& file, const std::string& why) {
  try {
    check_chat_template(folder.path());
    ADD_FAILURE() << "accepted; expected: " << why;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModelFile);
    EXPECT_THAT(error.what(), HasSubstr((folder.path() / file).string()));
    EXPECT_THAT(error.what(), HasSubstr(why));
  }
}

TEST(ChatTemplate, RendersOneUserMessageAndOpensTheAnswer) {
  EXPECT_EQ(render_chat(" <b> "), "<|im_start|>user\n <b> <|im_end|>\n<|im_start|>assistant\n");
}

TEST(ChatTemplate, AcceptsTheModelsOfTheProject) {
  EXPECT_NO_THROW(check_chat_template(test::tokenizer_folder("tiny")));
  EXPECT_NO_THROW(check_chat_template(test::tokenizer_folder("f32")));
  EXPECT_NO_THROW(check_chat_template(test::starter_folder()));
}

TEST(ChatTemplate, AcceptsAListOfNamedTemplates) {
  const ScratchFolder folder;
  const test::Json config{{"chat_template", {{{"name", "default"}, {"template", kTemplate}}}}};
  folder.write("tokenizer_config.json", config.dump());
  EXPECT_NO_THROW(check_chat_template(folder.path()));
}

TEST(ChatTemplate, AFileOfItsOwnWins) {
  const ScratchFolder folder;
  folder.write("tokenizer_config.json", "{}");
  folder.write("chat_template.jinja", kTemplate);
  EXPECT_NO_THROW(check_chat_template(folder.path()));
  folder.write("tokenizer_config.json", test::Json{{"chat_template", kTemplate}}.dump());
  folder.write("chat_template.jinja", "[INST] {{ m.content }} [/INST]");
  expect_refused(folder, "chat_template.jinja", "<|im_start|>");
}

TEST(ChatTemplate, RefusesOthers) {
  const ScratchFolder folder;
  const auto refuse = [&](const std::string& config, const std::string& why) {
    folder.write("tokenizer_config.json", config);
    expect_refused(folder, "tokenizer_config.json", why);
  };
  refuse("{}", "no chat template");
  refuse(R"({"chat_template": null, "x": "<|im_start|><|im_end|>"})", "no chat template");
  refuse(R"({"x": {"chat_template": "<|im_start|><|im_end|>"}})", "no chat template");
  refuse(R"({"chat_template": "[INST]"})", "without <|im_start|>");
  refuse(R"({"chat_template": "<|im_start|>"})", "without <|im_end|>");
  refuse("{", "not valid JSON");
  refuse("", "not valid JSON");
  refuse("[]", "not a JSON object");
  refuse("\"<|im_start|><|im_end|>\"", "not a JSON object");
  refuse("7", "not a JSON object");
  refuse("null", "not a JSON object");
  refuse("{\"a\":" + test::repeat("[", 1'000'000), "nests deeper");
  std::filesystem::remove(folder.path() / "tokenizer_config.json");
  expect_refused(folder, "tokenizer_config.json", "is missing");
}

}  // namespace
}  // namespace headroom
