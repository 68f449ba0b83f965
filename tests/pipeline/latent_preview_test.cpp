#include "latent_preview.h"

#include "support/temp_folder.h"

#include <fstream>

#include <ATen/ops/full.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(LatentPreview, MapsLatentsToColours) {
  const test::TempFolder folder;
  std::ofstream(folder / "preview.json")
      << R"({"weights": [[0.5, 0, 0], [0, -1, 10]], "bias": [0.25, 0.5, 0]})";
  const auto preview = LatentPreview::load(folder.path(), 2);
  ASSERT_TRUE(preview);
  const at::Tensor latents = at::full({2, 1, 3}, 0.5);
  const auto image = preview->draw(latents);
  EXPECT_EQ(image->width, 3);
  EXPECT_EQ(image->height, 1);
  // 0.5*0.5 + 0.25, 0.5 - 0.5, and clamped to one.
  const std::vector<std::uint8_t> pixel{128, 0, 255};
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(image->rgb[i], pixel[i % 3]) << i;
}

TEST(LatentPreview, AFileThatDoesNotFitMeansNoPreviews) {
  const test::TempFolder folder;
  EXPECT_FALSE(LatentPreview::load(folder.path(), 2));
  for (const char* text :
       {"", "{", "[]", R"({"weights": [[1, 2, 3]]})", R"({"weights": [[1, 2]], "bias": [0, 0, 0]})",
        R"({"weights": "x", "bias": [0, 0, 0]})",
        R"({"weights": [[1, 2, 3]], "bias": [0, 0, 0]})"}) {
    std::ofstream(folder / "preview.json") << text;
    EXPECT_FALSE(LatentPreview::load(folder.path(), 2)) << text;
  }
}

}  // namespace
}  // namespace headroom
