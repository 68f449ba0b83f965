#include "headroom/config/model_paths.h"

#include "config/config_test_support.h"
#include "support/expect_error.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::expect_error;
using test::ScopedHome;
using test::TempFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// As ComfyUI's own example has it: a block of text is a folder a line, and programs of other kinds
// have sections of their own.
TEST(ModelPaths, AreThoseOfEverySection) {
  const TempFolder folder;
  const auto file = folder.write("extra_model_paths.yaml", R"(
#config for a1111 ui
a111:
    base_path: /home/a/stable-diffusion-webui/
    checkpoints: models/Stable-diffusion
    configs: models/Stable-diffusion
    vae: models/VAE
    loras: |
         models/Lora
         models/LyCORIS
    upscale_models: models/ESRGAN
comfyui:
    base_path: shared/
    is_default: true
    text_encoders: |
         models/text_encoders/
         models/clip/  # legacy location still supported
    unet: models/unet
    diffusion_models: /data/diffusion_models
    clip: ../clip
other_ui:
)");
  const ModelShelves shelves = read_model_paths(file);
  const auto here = file.parent_path();
  EXPECT_THAT(shelves.transformers,
              ElementsAre("/home/a/stable-diffusion-webui/models/Stable-diffusion",
                          here / "shared/models/unet", "/data/diffusion_models"));
  EXPECT_THAT(shelves.vaes, ElementsAre("/home/a/stable-diffusion-webui/models/VAE"));
  EXPECT_THAT(shelves.loras, ElementsAre("/home/a/stable-diffusion-webui/models/Lora",
                                         "/home/a/stable-diffusion-webui/models/LyCORIS"));
  EXPECT_EQ(shelves.text_encoders.front(), here / "shared/models/text_encoders/");
  EXPECT_EQ(shelves.text_encoders.back(), here / "clip");
}

TEST(ModelPaths, BasesMayNameTheHomeFolderAndVariables) {
  const TempFolder folder;
  const ScopedHome home("/home/b");
  const auto vaes = [&](const std::string& base) {
    return read_model_paths(folder.write("p.yaml", "c:\n  base_path: " + base + "\n  vae: vae\n"))
        .vaes;
  };
  EXPECT_THAT(vaes("~/ComfyUI"), ElementsAre("/home/b/ComfyUI/vae"));
  EXPECT_THAT(vaes("$HOME/x"), ElementsAre("/home/b/x/vae"));
  EXPECT_THAT(vaes("/mnt${HOME}s"), ElementsAre("/mnt/home/bs/vae"));
  EXPECT_THAT(vaes("/a/$NO_SUCH_VARIABLE_/~"), ElementsAre("/a/$NO_SUCH_VARIABLE_/~/vae"));
}

TEST(ModelPaths, WhatIsNoSuchFileIsSaidWithItsLine) {
  const TempFolder folder;
  EXPECT_THAT(read_model_paths(folder.write("empty.yaml", "")).vaes, IsEmpty());
  const auto refused = [&](const std::string& text, const std::string& part) {
    const auto file = folder.write("p.yaml", text);
    expect_error(ErrorKind::kConfig, AllOf(HasSubstr(file.string()), HasSubstr(part)),
                 [&] { (void)read_model_paths(file); });
  };
  refused("- a\n", "p.yaml:1: sections with folders");
  refused("a:\n  b\n", "p.yaml:2: sections with folders");
  refused("a:\n  vae: [x, y]\n", "p.yaml:2: sections with folders");
  refused("a: {b\n", "not valid YAML");
}

}  // namespace
}  // namespace headroom
