#include "headroom/model_files/find_loras.h"

#include "weights/weights_test_support.h"

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::TemporaryFolder;

TEST(FindLoras, LooksWhereProgramsKeepThem) {
  const TemporaryFolder folder;
  ModelFolder model;
  model.root = folder / "models/z-image";
  fs::create_directories(model.root);
  model.parts.transformer = model.root / "transformer";
  EXPECT_EQ(lora_folders_around(model),
            (std::vector<fs::path>{folder / "models/z-image/loras", folder / "models/loras"}));
  // ComfyUI's and Forge's trees
  model.root = model.parts.transformer =
      folder.write("comfy/models/diffusion_models/z/turbo.safetensors", "x");
  EXPECT_THAT(lora_folders_around(model), ::testing::Contains(folder / "comfy/models/loras"));
  model.root = model.parts.transformer =
      folder.write("forge/models/Stable-diffusion/turbo.safetensors", "x");
  EXPECT_THAT(lora_folders_around(model), ::testing::Contains(folder / "forge/models/Lora"));
}

TEST(FindLoras, ANameIsAPathOrTheEndOfOne) {
  const TemporaryFolder folder;
  const auto ink = folder.write("a/styles/ink.safetensors", "x");
  const auto v2 = folder.write("a/ink.v2.SafeTensors", "x");
  folder.write("a/ink.txt", "x");
  const auto later = folder.write("b/ink.safetensors", "x");
  const auto fox = folder.write("b/fox one.safetensors", "x");
  const std::vector<fs::path> folders{folder / "none", folder / "a", folder / "b"};
  EXPECT_EQ(find_lora("ink", folders), ink);
  EXPECT_EQ(find_lora("styles/ink", folders), ink);
  EXPECT_EQ(find_lora("ink.safetensors", folders), ink);
  EXPECT_EQ(find_lora("ink.v2", folders), v2);
  EXPECT_EQ(find_lora("fox one", folders), fox);
  EXPECT_EQ(find_lora("ink", std::span(folders).subspan(2)), later);
}

TEST(FindLoras, ListsAllOnceInTheOrderOfFoldersAndNames) {
  const TemporaryFolder folder;
  const auto wash = folder.write("a/wash.safetensors", "x");
  const auto ink = folder.write("a/styles/ink.SafeTensors", "x");
  folder.write("a/notes.txt", "x");
  const auto own = folder.write("b/ink.safetensors", "x");
  fs::create_symlink(wash, folder / "b/again.safetensors");
  const std::vector<fs::path> folders{folder / "a", folder / "none", folder / "b", folder / "a"};
  std::vector<std::string> names;
  std::vector<fs::path> files;
  for (const LoraPlace& place : list_loras(folders)) {
    names.push_back(place.name);
    files.push_back(place.file);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"styles/ink", "wash", "ink"}));
  EXPECT_EQ(files, (std::vector<fs::path>{ink, wash, own}));
  EXPECT_TRUE(list_loras(std::vector<fs::path>{folder / "none"}).empty());
}

TEST(FindLoras, WhatIsNotThereIsSaidWithNearNames) {
  const TemporaryFolder folder;
  folder.write("a/styles/watercolour.safetensors", "x");
  folder.write("a/one/ink.safetensors", "x");
  folder.write("a/two/ink.safetensors", "x");
  folder.write("secret.safetensors", "x");
  const std::vector<fs::path> folders{folder / "a"};
  const auto refused = [&](const std::string& name, const std::vector<std::string>& words) {
    expect_error(ErrorKind::kInvalidRequest, words, [&] { (void)find_lora(name, folders); });
  };
  refused("watercolor", {"\"watercolor\"", "did you mean styles/watercolour?", "/a"});
  refused("nothing like it", {"known: one/ink, styles/watercolour, two/ink"});
  refused("ink", {"may be one/ink or two/ink"});
  refused("../secret", {"is not in"});
  expect_error(ErrorKind::kInvalidRequest, {"put its .safetensors file into one of", "/none"}, [&] {
    const std::vector<fs::path> none{folder / "none"};
    (void)find_lora("ink", none);
  });
}

}  // namespace
}  // namespace headroom
