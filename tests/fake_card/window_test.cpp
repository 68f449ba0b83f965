// The window on the stand-in card: what it reads of its memory, and that a card that dies under it
// costs no job.
#include "headroom/core/bytes.h"

#include "e2e/window_support.h"
#include "fake_card/card_program.h"

#include <fstream>

namespace headroom::test {
namespace {

class WindowOnACard : public WindowEndToEnd {
 protected:
  [[nodiscard]] Launch on_card(std::vector<std::string> variables) const {
    variables.insert(variables.end(),
                     {"HEADROOM_MODEL_DEVICE=cuda:0",
                      "LD_LIBRARY_PATH=" HEADROOM_CARD_LIBRARY_PATH ":" HEADROOM_CARD_NVML,
                      "LD_PRELOAD=" HEADROOM_CARD_PRELOAD});
    return launch({}, std::move(variables));
  }
};

class WindowOnEveryCard : public WindowOnACard,
                          public ::testing::WithParamInterface<std::string> {};

TEST_P(WindowOnEveryCard, ShowsItsMemoryAndFollowsOthers) {
  const std::string capability = GetParam();
  const std::size_t point = capability.find('.');
  const auto others = folder_ / "others";
  std::ofstream(others) << kGiB;
  WindowDriver w(on_card({"FAKE_MAJOR=" + capability.substr(0, point),
                          "FAKE_MINOR=" + capability.substr(point + 1),
                          "FAKE_OTHERS_FILE=" + others.string()}));
  ASSERT_TRUE(w.wait([](const json& s) { return s["memory"]["total"] == 6 * kGiB; }));
  // What cuBLAS and the probes of the card's first use hold is the program's own.
  const auto is_free = [&w](std::int64_t bytes) {
    return w.wait([bytes](const json& s) {
      const std::int64_t free = s["memory"]["free"];
      return free <= bytes && free > bytes - 512 * kMiB;
    });
  };
  ASSERT_TRUE(is_free(5 * kGiB)) << w.state()["memory"];
  std::ofstream(others) << 2 * kGiB;
  EXPECT_TRUE(is_free(4 * kGiB)) << w.state()["memory"];
}

INSTANTIATE_TEST_SUITE_P(Capability, WindowOnEveryCard, ::testing::ValuesIn(kCapabilities),
                         [](const auto& capability) {
                           std::string name = capability.param;
                           name.erase(name.find('.'), 1);
                           return "sm_" + name;
                         });

TEST_F(WindowOnACard, StartsAgainWithItsQueueWhenTheCardDies) {
  WindowDriver w(on_card({"FAKE_FAIL_LAUNCH=200", "FAKE_LAUNCH_ERROR=700"}));
  w.click("prompt");
  w.type("a red fox");
  w.key("ctrl+Return");
  w.key("ctrl+shift+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; }, kPicture_s));
  EXPECT_NE(w.state()["banners"][0].get<std::string>().find("700"), std::string::npos);
  w.click("banner.0.action");
  // The same process, a new program.
  ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] >= 1 && s["jobs"] == 0; }, 60));
  EXPECT_EQ(w.state()["prompt"], "a red fox");
}

}  // namespace
}  // namespace headroom::test
