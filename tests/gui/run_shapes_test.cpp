#include "headroom/gui_state/run_shapes.h"

#include "support/fake_generator.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

// A token for each byte of a prompt, of which ten are read. What is measured is written down.
class RunShapesTest : public testing::Test {
 protected:
  static JobStatus job(JobId id, const std::string& prompt) {
    JobStatus status;
    status.id = id;
    status.request.prompt = prompt;
    status.request.count = 3;
    return status;
  }

  void SetUp() override { shapes_.use(model_); }

  std::shared_ptr<ModelOnDevice> model() {
    auto model = std::make_shared<ModelOnDevice>();
    model->measure_prompt = [this](const std::string& prompt) {
      measured_.push_back(prompt);
      const auto tokens = static_cast<int>(prompt.size());
      return PromptLength{tokens, std::min(tokens, 10), prompt.size()};
    };
    model->shape = [](const GenerationRequest& request, int prompt_tokens, int negative_tokens) {
      RunShape shape = test::FakeGenerator::shape_of(request);
      shape.prompt_tokens = prompt_tokens;
      shape.negative_tokens = negative_tokens;
      return shape;
    };
    return model;
  }

  std::vector<std::string> measured_;
  std::shared_ptr<ModelOnDevice> model_ = model();
  RunShapes shapes_;
};

TEST_F(RunShapesTest, MeasuresAgainForAnotherModel) {
  GenerationRequest draft;
  draft.prompt = "a cat";
  (void)shapes_.of_draft(draft);
  (void)shapes_.of_jobs({job(1, "a dog")});
  const std::size_t before = measured_.size();
  shapes_.use(model());
  (void)shapes_.of_draft(draft);
  (void)shapes_.of_jobs({job(1, "a dog")});
  EXPECT_EQ(measured_.size(), 2 * before);
}

TEST_F(RunShapesTest, MeasuresTheDraftsPromptsWhenTheyChange) {
  GenerationRequest draft;
  draft.prompt = "a cat";
  draft.negative_prompt = "dog";
  EXPECT_EQ(shapes_.of_draft(draft).prompt_tokens, 5);
  EXPECT_EQ(shapes_.of_draft(draft).negative_tokens, 3);
  EXPECT_EQ(shapes_.prompt_length(draft)->tokens, 5);
  draft.steps = 20;
  EXPECT_EQ(shapes_.of_draft(draft).steps, 20);
  EXPECT_EQ(measured_, (std::vector<std::string>{"a cat", "dog"}));
  draft.prompt = "a cat on a mat";
  EXPECT_EQ(shapes_.of_draft(draft).prompt_tokens, 10) << "no more is read";
  EXPECT_EQ(shapes_.prompt_length(draft)->tokens, 14);
  EXPECT_EQ(measured_, (std::vector<std::string>{"a cat", "dog", "a cat on a mat"}));
}

TEST_F(RunShapesTest, MeasuresAJobOnce) {
  const auto runs = shapes_.of_jobs({job(1, "a cat"), job(2, "fox")});
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].shape.prompt_tokens, 5);
  EXPECT_EQ(runs[1].shape.prompt_tokens, 3);
  EXPECT_EQ(runs[1].count, 3);
  const std::size_t asked = measured_.size();
  EXPECT_EQ(shapes_.of_jobs({job(2, "fox"), job(1, "a cat")}),
            (std::vector<ForecastService::Run>{runs[1], runs[0]}));
  EXPECT_EQ(measured_.size(), asked);
  EXPECT_TRUE(shapes_.of_jobs({}).empty());
}

TEST_F(RunShapesTest, ATextThatCannotBeReadCountsAsAToken) {
  GenerationRequest draft;
  draft.prompt = "\xFF";
  EXPECT_EQ(shapes_.of_draft(draft).prompt_tokens, 1);
  EXPECT_EQ(shapes_.prompt_length(draft)->tokens, 0);
  EXPECT_EQ(measured_, std::vector<std::string>{""}) << "the negative prompt alone";
}

}  // namespace
}  // namespace headroom
