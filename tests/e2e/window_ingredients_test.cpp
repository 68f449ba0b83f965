// A picture to start from and LoRAs, in the window of the real program: what it makes is what the
// command line makes, and what was planned.
#include "headroom/image/image_reader.h"

#include "e2e/window_support.h"
#include "support/made_lora.h"
#include "support/paths.h"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class WindowIngredients : public WindowEndToEnd {
 protected:
  // Steps and seed that the command line is given, too.
  static void set_up(WindowDriver& w, const std::string& prompt) {
    choose_steps(w, 4);
    w.click("seed");
    w.key("ctrl+a");
    w.type("7");
    w.key("Tab");
    write_prompt(w, prompt);  // last: chips push the settings out of view
    ASSERT_TRUE(w.wait([](const json& s) { return s["seed"] == "7" && s["can_generate"] == true; }))
        << w.state();
  }
  static void write_prompt(WindowDriver& w, const std::string& prompt) {
    w.click("prompt");
    w.key("ctrl+a");
    w.type(prompt);
    ASSERT_TRUE(w.wait([&](const json& s) { return s["prompt"] == prompt; }));
  }
  static fs::path make(WindowDriver& w, int number) {
    rest(w);
    w.click("generate");
    EXPECT_TRUE(wait_until_made(w, number)) << w.state()["banners"];
    return w.state()["picture_file"].get<std::string>();
  }
  void expect_as_on_the_command_line(const fs::path& made, std::vector<std::string> more) const {
    const std::string file = (folder_ / "by_command.png").string();
    fs::remove(file);
    more.insert(more.begin(), {"generate", "--json", "--seed", "7", "--steps", "4", "-o", file});
    static_cast<void>(run_json(more));
    expect_same_pixels(made, file);
    const json whole = inspect(made);
    EXPECT_EQ(whole["receipt"]["actual_peak_bytes"], whole["plan"]["peak_bytes"]) << whole;
  }
};

TEST_F(WindowIngredients, APictureToStartFrom) {
  WindowDriver w(launch());
  set_up(w, "a red apple");
  const fs::path first = make(w, 1);
  w.click("use_image");
  ASSERT_TRUE(w.wait([&](const json& s) { return s["start"] == first.filename().string(); }));
  type_number(w, "strength.value", "0.5");
  const fs::path second = make(w, 2);
  EXPECT_NE(read_image(first).rgb, read_image(second).rgb);
  expect_as_on_the_command_line(second, {"-p", "a red apple", "--init-image", first.string(),
                                         "--strength", "0.5", "--size", "512x512"});
}

TEST_F(WindowIngredients, LorasOfThePromptAndBackToNone) {
  const fs::path loras = folder_ / "home/.local/share/headroom/loras";
  fs::create_directories(loras);
  write_lora(test::starter_model() / "transformer", loras / "ink.safetensors", 3, 0.2F);
  WindowDriver w(launch());
  set_up(w, "a red apple <lora:ink:0.8>");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["loras"].size() == 1 && s["loras"][0]["found"] == true;
  })) << w.state();
  const fs::path with = make(w, 1);
  w.screenshot("lora_of_the_program");
  const json said = inspect(with);
  ASSERT_EQ(said["loras"].size(), 1U);
  EXPECT_EQ(said["loras"][0]["name"], "ink");
  EXPECT_EQ(said["settings"]["prompt"], "a red apple <lora:ink:0.8>");
  expect_as_on_the_command_line(with, {"-p", "a red apple <lora:ink:0.8>", "--size", "512x512"});
  w.click("lora.0.remove");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a red apple"; }));
  const fs::path without = make(w, 2);
  EXPECT_FALSE(inspect(without).contains("loras"));
  expect_as_on_the_command_line(without, {"-p", "a red apple", "--size", "512x512"});
  // Another file by the same name is planned for by what it is.
  write_lora(test::starter_model() / "transformer", loras / "ink.safetensors", 5, 0.2F);
  write_prompt(w, "a red apple <lora:ink:0.8>");
  ASSERT_TRUE(w.wait([](const json& s) { return s["can_generate"] == true; }));
  const fs::path other = make(w, 3);
  EXPECT_NE(read_image(other).rgb, read_image(with).rgb);
  expect_as_on_the_command_line(other, {"-p", "a red apple <lora:ink:0.8>", "--size", "512x512"});
  write_prompt(w, "a red apple");
  // One for another model is refused, whatever it is named.
  fs::copy_file(test::starter_model() / "vae/diffusion_pytorch_model.safetensors",
                folder_ / "strange.safetensors");
  ASSERT_TRUE(w.drop("canvas", {folder_ / "strange.safetensors"}));
  ASSERT_TRUE(w.wait([](const json& s) {
    return !s["banners"].empty() && s["banners"].back().template get<std::string>().find(
                                        "strange.safetensors") != std::string::npos;
  })) << w.state()["banners"];
  EXPECT_EQ(w.state()["prompt"], "a red apple");
}

}  // namespace
}  // namespace headroom::test
