#include "headroom/model/transformer.h"

#include "headroom/core/error.h"

#include "support/fixture.h"
#include "support/networks.h"

#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

using test::Expected;
using test::FixtureCase;
using test::FixtureGroup;
using test::OpenModel;
using test::WholeTransformer;

class TransformerFixture : public ::testing::TestWithParam<std::string> {
 protected:
  const c10::InferenceMode inference_;
  const FixtureGroup group_ = test::load_group(GetParam(), "transformer");
};
INSTANTIATE_TEST_SUITE_P(Models, TransformerFixture, ::testing::ValuesIn(test::variants()),
                         [](const auto& p) { return p.param; });

at::Tensor run(const WholeTransformer& transformer, const FixtureCase& c,
               const std::string& suffix = "", const TensorObserver& trace = {}) {
  const at::Tensor& latents = c.inputs.at("latents" + suffix);
  const CaptionTokens caption = transformer.embed_caption(c.inputs.at("caption" + suffix),
                                                          latents.size(1), latents.size(2), trace);
  return transformer.forward(latents, c.params.at("tau").get<float>(), caption, {}, trace);
}

TEST_P(TransformerFixture, OutputIsTheReferences) {
  OpenModel model(GetParam());
  const WholeTransformer transformer(model.folder.transformer, model.transformer);
  ASSERT_EQ(group_.cases.size(), 7U);
  for (const FixtureCase& c : group_.cases) {
    if (c.name == "batch_unequal") continue;
    EXPECT_TRUE(test::within(run(transformer, c), c.outputs.at("out"))) << c.name;
  }
}

TEST_P(TransformerFixture, ABatchIsItsItemsOneByOne) {
  OpenModel model(GetParam());
  const WholeTransformer transformer(model.folder.transformer, model.transformer);
  const FixtureCase& c = group_.at("batch_unequal");
  EXPECT_TRUE(test::within(run(transformer, c, "0"), c.outputs.at("out0")));
  EXPECT_TRUE(test::within(run(transformer, c, "1"), c.outputs.at("out1")));
}

TEST_P(TransformerFixture, EveryIntermediateResultIsTheReferences) {
  OpenModel model(GetParam());
  const WholeTransformer transformer(model.folder.transformer, model.transformer);
  const FixtureCase& c = group_.cases.front();
  const std::int64_t tokens = c.params.at("image_tokens").get<std::int64_t>();
  const std::int64_t caption_tokens = c.params.at("caption_tokens").get<std::int64_t>();
  std::map<std::string, at::Tensor> seen;
  // A copy: what the trace shows is worked on in place afterwards.
  seen["out"] = run(transformer, c, "", [&](std::string_view name, const at::Tensor& value) {
    EXPECT_TRUE(seen.emplace(name, value.clone()).second) << name << " is shown twice";
  });
  for (const auto& [name, expected] : c.outputs) {
    if (name == "x_embed" || name == "cap_embed") continue;  // shown with the padding below
    ASSERT_TRUE(seen.contains(name)) << name;
    // The reference runs its last layer on the caption's rows as well and drops them.
    const at::Tensor value = name == "final" ? expected.value.narrow(0, 0, tokens) : expected.value;
    EXPECT_TRUE(test::within(seen.at(name), value, expected.atol)) << name;
  }
  const auto expect_rows = [&](const char* padded, const char* embed, std::int64_t rows) {
    const Expected& e = c.outputs.at(embed);
    EXPECT_TRUE(
        test::within(seen.at(padded).narrow(0, 0, rows), e.value.narrow(0, 0, rows), e.atol))
        << embed;
  };
  expect_rows("x_padded", "x_embed", tokens);
  expect_rows("cap_padded", "cap_embed", caption_tokens);
}

TEST_P(TransformerFixture, Bfloat16IsAsCloseAsTheReferencesOwn) {
  OpenModel model(GetParam(), at::kBFloat16);
  const WholeTransformer transformer(model.folder.transformer, model.transformer);
  FixtureCase c = group_.at(group_.bfloat16_case);
  c.inputs["caption"] = c.inputs.at("caption").to(at::kBFloat16);
  const at::Tensor out = run(transformer, c);
  EXPECT_EQ(out.scalar_type(), at::kFloat);
  const double error = test::relative_l2(out, c.outputs.at("out").value);
  EXPECT_LE(error, 2 * group_.bfloat16_relative_l2);
  EXPECT_GT(error, 1e-4);  // it really was bfloat16
  RecordProperty("relative_l2", std::to_string(error));
}

TEST_P(TransformerFixture, ACaptionServesManyCallsUnchanged) {
  OpenModel model(GetParam());
  const WholeTransformer transformer(model.folder.transformer, model.transformer);
  const FixtureCase& c = group_.cases.front();
  const at::Tensor latents = c.inputs.at("latents").clone();
  const CaptionTokens caption =
      transformer.embed_caption(c.inputs.at("caption"), latents.size(1), latents.size(2));
  const at::Tensor first = transformer.forward(latents, 0.25F, caption);
  const at::Tensor other_time = transformer.forward(latents, 0.75F, caption);
  EXPECT_TRUE(test::same_bits(transformer.forward(latents, 0.25F, caption), first));
  EXPECT_FALSE(test::within(other_time, first, 1e-3));
  EXPECT_TRUE(test::same_bits(latents, c.inputs.at("latents")));
}

TEST_P(TransformerFixture, AsksBeforeEveryBlockWhetherToGoOn) {
  OpenModel model(GetParam());
  const WholeTransformer transformer(model.folder.transformer, model.transformer);
  const FixtureCase& c = group_.cases.front();
  const at::Tensor& latents = c.inputs.at("latents");
  const CaptionTokens caption =
      transformer.embed_caption(c.inputs.at("caption"), latents.size(1), latents.size(2));
  const int blocks = model.folder.transformer.n_layers + model.folder.transformer.n_refiner_layers;
  for (int stop_at = 1; stop_at <= blocks + 1; ++stop_at) {
    int calls = 0;
    const auto call = [&] {
      static_cast<void>(transformer.forward(latents, 0.5F, caption, [&] {
        if (++calls == stop_at) throw Cancelled{};
      }));
    };
    if (stop_at <= blocks) {
      EXPECT_THROW(call(), Cancelled);
      EXPECT_EQ(calls, stop_at);
    } else {
      EXPECT_NO_THROW(call());
      EXPECT_EQ(calls, blocks);
    }
  }
}

}  // namespace
}  // namespace headroom
