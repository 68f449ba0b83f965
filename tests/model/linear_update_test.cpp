#include "headroom/model/linear_update.h"

#include "headroom/model/linear_weight.h"

#include "support/fixture.h"

#include <ATen/ops/kron.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

constexpr std::int64_t kRows = 96, kColumns = 64;

at::Tensor random(at::IntArrayRef shape, c10::ScalarType dtype) {
  return at::randn(shape).mul_(0.3).to(dtype);
}

std::shared_ptr<LinearUpdate> make_update(c10::ScalarType dtype) {
  auto update = std::make_shared<LinearUpdate>();
  update->down = random({5, kColumns}, dtype);
  update->up = random({5, kRows}, dtype);
  update->kroneckers = {{random({4, 8}, dtype), random({24, 8}, dtype)},
                        {random({48, 2}, dtype), random({2, 32}, dtype)},
                        {at::ones({1, 1}, dtype), random({kRows, kColumns}, dtype)}};
  return update;
}

// The matrix that it stands for, [rows, columns] float64.
at::Tensor whole(const LinearUpdate& update) {
  at::Tensor sum = at::matmul(update.up.to(at::kDouble).t(), update.down.to(at::kDouble));
  for (const auto& k : update.kroneckers) {
    sum = sum.add(at::kron(k.first.to(at::kDouble), k.second.to(at::kDouble)));
  }
  return sum;
}

TEST(LinearUpdate, BesideIsTheSameAsMerged) {
  const c10::InferenceMode inference;
  for (const auto& [dtype, tolerance] :
       std::vector<std::pair<c10::ScalarType, double>>{{at::kFloat, 2e-5}, {at::kBFloat16, 0.15}}) {
    const at::Tensor weight = random({kRows, kColumns}, dtype);
    const at::Tensor bias = random({kRows}, dtype);
    const auto update = make_update(dtype);
    const LinearWeight updated = LinearWeight(weight).updated(update);
    for (const std::int64_t rows : {1, 2, 70}) {
      const at::Tensor x = random({rows, kColumns}, dtype);
      const at::Tensor expected = at::linear(
          x.to(at::kDouble), weight.to(at::kDouble).add(whole(*update)), bias.to(at::kDouble));
      EXPECT_TRUE(test::within(updated.apply(x, bias).to(at::kDouble), expected, tolerance))
          << dtype << rows;
    }
  }
}

// A stretch of rows of something larger, as chunks of tokens are.
TEST(LinearUpdate, RowsOfALargerTensorAreRead) {
  const c10::InferenceMode inference;
  const auto update = make_update(at::kFloat);
  const LinearWeight updated = LinearWeight(random({kRows, kColumns}, at::kFloat)).updated(update);
  const at::Tensor all = random({40, kColumns}, at::kFloat);
  EXPECT_TRUE(test::within(updated.apply(all.narrow(0, 13, 20)),
                           updated.apply(all).narrow(0, 13, 20), 1e-5));
}

// Of rotated codes too: what is added reads the rows as they are.
TEST(LinearUpdate, IsAddedToAProductInEightBitsInFull) {
  const c10::InferenceMode inference;
  const auto update = make_update(at::kFloat);
  const LinearWeight weight = LinearWeight::int8(kRows, kColumns, 16, at::kCPU);
  weight.round(random({kRows, kColumns}, at::kFloat));
  const at::Tensor x = random({33, kColumns}, at::kFloat);
  const at::Tensor added =
      weight.updated(update).apply(x).to(at::kDouble).sub(weight.apply(x).to(at::kDouble));
  EXPECT_TRUE(test::within(added, at::linear(x.to(at::kDouble), whole(*update)), 2e-5));
}

TEST(LinearUpdate, TheMatrixItselfStaysAsItIs) {
  const c10::InferenceMode inference;
  const at::Tensor values = random({kRows, kColumns}, at::kFloat);
  const at::Tensor before = values.clone();
  const LinearWeight weight(values);
  const LinearWeight updated = weight.updated(make_update(at::kFloat));
  const at::Tensor x = random({3, kColumns}, at::kFloat);
  const at::Tensor plain = weight.apply(x);
  EXPECT_FALSE(test::within(updated.apply(x), plain, 1e-3));
  EXPECT_TRUE(test::same_bits(values, before));
  EXPECT_TRUE(test::same_bits(updated.updated(nullptr).apply(x), plain));
  EXPECT_EQ(updated.bytes(), weight.bytes());
  EXPECT_EQ(updated.plain().data_ptr(), values.data_ptr());
}

}  // namespace
}  // namespace headroom
