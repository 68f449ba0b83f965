#include "headroom/weights/tiny_decoder_file.h"

#include "support/expect_error.h"
#include "support/made_tiny_decoder.h"
#include "support/temp_folder.h"

#include <array>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::expect_error;
using test::TempFolder;
using test::TinyDecoderNames;
using testing::HasSubstr;

TEST(TinyDecoderFile, IsTheSameInEverySpelling) {
  const TempFolder folder;
  const std::vector<test::MadeTensor> made = test::made_tiny_decoder();
  for (const TinyDecoderNames names : {TinyDecoderNames::kDiffusers, TinyDecoderNames::kSequential,
                                       TinyDecoderNames::kBesideAnEncoder}) {
    const auto path = folder / "taef1.safetensors";
    test::write_tiny_decoder(path, names);
    const TinyDecoderFile file(path);
    EXPECT_EQ(file.tensors().size(), made.size());
    for (const test::MadeTensor& tensor : made) {
      const TensorView view = file.at("decoder." + tensor.name, tensor.shape);
      ASSERT_EQ(view.data.size(), 4 * tensor.values.size()) << tensor.name;
      EXPECT_EQ(std::memcmp(view.data.data(), tensor.values.data(), view.data.size()), 0)
          << tensor.name;
    }
  }
}

TEST(TinyDecoderFile, NamesWhatIsNone) {
  const TempFolder folder;
  const std::vector<float> values(64 * 4 * 9);
  const auto bytes = std::as_bytes(std::span<const float>(values));
  const auto other = folder / "taesd.safetensors";
  const std::array of_other_latents{
      NamedTensor{"decoder.layers.0.weight", DType::kF32, {64, 4, 3, 3}, bytes}};
  write_tensor_file(other, of_other_latents);
  expect_error(ErrorKind::kModelFile,
               testing::AllOf(HasSubstr("taesd.safetensors"), HasSubstr("4 channels")),
               [&] { static_cast<void>(TinyDecoderFile(other)); });
  const auto cut = folder / "cut.safetensors";
  const std::vector<float> first(64 * 16 * 9);
  const std::array only_first{NamedTensor{"decoder.layers.0.weight",
                                          DType::kF32,
                                          {64, 16, 3, 3},
                                          std::as_bytes(std::span<const float>(first))}};
  write_tensor_file(cut, only_first);
  expect_error(ErrorKind::kModelFile,
               testing::AllOf(HasSubstr("cut.safetensors"), HasSubstr("decoder.layers.0.bias")),
               [&] { static_cast<void>(TinyDecoderFile(cut)); });
  const auto foreign = folder / "foreign.safetensors";
  const std::array vae{NamedTensor{"decoder.conv_in.weight", DType::kF32, {64, 4, 3, 3}, bytes}};
  write_tensor_file(foreign, vae);
  expect_error(ErrorKind::kModelFile,
               testing::AllOf(HasSubstr("foreign.safetensors"), HasSubstr("TAEF1")),
               [&] { static_cast<void>(TinyDecoderFile(foreign)); });
}

}  // namespace
}  // namespace headroom
