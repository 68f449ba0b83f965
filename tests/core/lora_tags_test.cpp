#include "headroom/core/lora_tags.h"

#include "headroom/core/error.h"
#include "headroom/core/generation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using Loras = std::vector<LoraTag>;

TEST(LoraTags, APromptWithoutThemStaysAsItIs) {
  for (const char* const prompt :
       {"a fox", "  a < b and <b> : c > d ", "<lora>", "<hypernet:x:1>"}) {
    const TaggedPrompt taken = take_lora_tags(prompt);
    EXPECT_EQ(taken.words, prompt);
    EXPECT_TRUE(taken.loras.empty());
  }
}

TEST(LoraTags, AreTakenOutWithTheirStrengths) {
  const TaggedPrompt taken =
      take_lora_tags("a fox <lora:ink:0.8>, <lora:styles/Über uns> in <lora:x:-1.5> snow");
  EXPECT_EQ(taken.words, "a fox, in snow");
  EXPECT_EQ(taken.loras, (Loras{{"ink", 0.8}, {"styles/Über uns", 1.0}, {"x", -1.5}}));
}

TEST(LoraTags, BlanksAroundThemStayOnce) {
  EXPECT_EQ(take_lora_tags("<lora:a:1> a fox").words, "a fox");
  EXPECT_EQ(take_lora_tags("a fox <lora:a:1> <lora:b:1>").words, "a fox");
  EXPECT_EQ(take_lora_tags("a<lora:a:1> fox").words, "a fox");
  EXPECT_EQ(take_lora_tags("a fox\n<lora:a:1>\nin snow").words, "a fox\n\nin snow");
  EXPECT_EQ(take_lora_tags("<lora:a:1>").words, "");
}

// As AUTOMATIC1111's web UI reads them: strengths of the text encoder and the transformer.
TEST(LoraTags, TheTransformersStrengthCounts) {
  EXPECT_EQ(take_lora_tags("<lora:a:0.5:0.25>").loras, (Loras{{"a", 0.25}}));
  EXPECT_EQ(take_lora_tags("<lora:a:te=0.5:unet=0.75>").loras, (Loras{{"a", 0.75}}));
  EXPECT_EQ(take_lora_tags("<lora:a:te=0.5>").loras, (Loras{{"a", 1.0}}));
  EXPECT_EQ(take_lora_tags("<lora: a : 0,5 >").loras, (Loras{{"a", 0.5}}));
}

TEST(LoraTags, WhatCannotBeReadIsRefusedWithTheWayOut) {
  for (const char* const prompt :
       {"<lora:", "a <lora:ink:0.8", "<lora:>", "<lora::1>", "<lora:a:much>", "<lora:a:1:2:3>",
        "<lora:a:nan>", "<lora:a:1e9>", "<lora:a:clip=1>", "<lora:a:>"}) {
    try {
      (void)take_lora_tags(prompt);
      ADD_FAILURE() << prompt;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInvalidRequest);
      EXPECT_THAT(error.what(), ::testing::HasSubstr("write <lora:name:0.8>")) << prompt;
    }
  }
}

TEST(LoraTags, AreWrittenAsTheyAreRead) {
  for (const LoraTag& tag : Loras{{"ink", 0.8}, {"ü b", -0.1}, {"x", 1.0}, {"y", 1.0 / 3}}) {
    EXPECT_EQ(take_lora_tags(write_lora_tag(tag)).loras, Loras{tag});
  }
  EXPECT_EQ(write_lora_tag({"ink", 0.8}), "<lora:ink:0.8>");
  EXPECT_EQ(take_lora_tags(write_lora_tag({"C:\\a<b>", 1})).loras, (Loras{{"C_\\a_b_", 1.0}}));
  EXPECT_EQ(take_lora_tags(write_lora_tag({" \n", 1})).loras.size(), 1U);
}

TEST(LoraTags, ARequestIsOfItsWords) {
  GenerationRequest request;
  request.prompt = "<lora:ink:0.8>";
  ASSERT_EQ(validate(request, 16).size(), 1U);
  EXPECT_THAT(validate(request, 16)[0].message.english(), ::testing::HasSubstr("is empty"));
  request.prompt = "a fox <lora:ink:x>";
  ASSERT_EQ(validate(request, 16).size(), 1U);
  EXPECT_EQ(validate(request, 16)[0].field, RequestProblem::Field::kPrompt);
  request.prompt = "a fox <lora:ink:0.8>";
  EXPECT_TRUE(validate(request, 16).empty());
}

}  // namespace
}  // namespace headroom
