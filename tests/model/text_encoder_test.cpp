#include "headroom/model/text_encoder.h"

#include "headroom/core/error.h"
#include "headroom/model/ops.h"

#include "support/fixture.h"
#include "support/networks.h"

#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

using test::FixtureCase;
using test::FixtureGroup;
using test::OpenModel;
using test::WholeTextEncoder;

class TextEncoderFixture : public ::testing::TestWithParam<std::string> {
 protected:
  const c10::InferenceMode inference_;
  const FixtureGroup group_ = test::load_group(GetParam(), "text_encoder");
};
INSTANTIATE_TEST_SUITE_P(Models, TextEncoderFixture, ::testing::ValuesIn(test::variants()),
                         [](const auto& p) { return p.param; });

TEST_P(TextEncoderFixture, FeaturesAreTheReferences) {
  OpenModel model(GetParam());
  const WholeTextEncoder encoder(model.folder.text_encoder, model.text_encoder);
  ASSERT_EQ(group_.cases.size(), 5U);
  for (const FixtureCase& c : group_.cases) {
    const auto ids = test::token_ids(c.inputs.at("ids"));
    EXPECT_TRUE(test::within(encoder.forward(ids, model.text_encoder), c.outputs.at("features")))
        << c.name;
  }
}

TEST_P(TextEncoderFixture, EveryHiddenStateIsTheReferences) {
  OpenModel model(GetParam());
  const int layers = model.folder.text_encoder.num_hidden_layers;
  const WholeTextEncoder encoder(model.folder.text_encoder, model.text_encoder, layers);
  const FixtureCase& c = group_.cases.front();
  int seen = 0;
  const at::Tensor last = encoder.forward(test::token_ids(c.inputs.at("ids")), model.text_encoder,
                                          [&](int i, const at::Tensor& hidden) {
                                            EXPECT_EQ(i, seen++);
                                            const std::string name = "hidden" + std::to_string(i);
                                            EXPECT_TRUE(test::within(hidden, c.outputs.at(name)))
                                                << name;
                                          });
  EXPECT_EQ(seen, layers);
  const at::Tensor norm =
      model.text_encoder.get("norm.weight", {model.folder.text_encoder.hidden_size});
  const std::string name = "hidden" + std::to_string(layers);
  EXPECT_TRUE(test::within(rms_norm(last, norm, model.folder.text_encoder.rms_norm_eps),
                           c.outputs.at(name)))
      << name;
}

TEST_P(TextEncoderFixture, Bfloat16IsAsCloseAsTheReferencesOwn) {
  OpenModel model(GetParam(), at::kBFloat16);
  const WholeTextEncoder encoder(model.folder.text_encoder, model.text_encoder);
  const FixtureCase& c = group_.at(group_.bfloat16_case);
  const at::Tensor features =
      encoder.forward(test::token_ids(c.inputs.at("ids")), model.text_encoder);
  EXPECT_EQ(features.scalar_type(), at::kBFloat16);
  const double error = test::relative_l2(features, c.outputs.at("features").value);
  EXPECT_LE(error, 2 * group_.bfloat16_relative_l2);
  EXPECT_GT(error, 1e-4);  // it really was bfloat16
  RecordProperty("relative_l2", std::to_string(error));
}

TEST_P(TextEncoderFixture, StopsBetweenLayersWhenAsked) {
  OpenModel model(GetParam());
  const WholeTextEncoder encoder(model.folder.text_encoder, model.text_encoder);
  const auto ids = test::token_ids(group_.cases.front().inputs.at("ids"));
  int calls = 0;
  EXPECT_THROW(static_cast<void>(encoder.forward(ids, model.text_encoder,
                                                 [&](int layer, const at::Tensor&) {
                                                   ++calls;
                                                   if (layer == 1) throw Cancelled{};
                                                 })),
               Cancelled);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace headroom
