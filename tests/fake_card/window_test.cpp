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
  const auto others_hold = [&w](std::int64_t bytes) {
    return w.wait([bytes](const json& s) { return s["memory"]["others"] == bytes; });
  };
  ASSERT_TRUE(others_hold(kGiB)) << w.state()["memory"];
  std::ofstream(others) << 2 * kGiB;
  EXPECT_TRUE(others_hold(2 * kGiB)) << w.state()["memory"];
}

INSTANTIATE_TEST_SUITE_P(Capability, WindowOnEveryCard, ::testing::ValuesIn(kCapabilities),
                         [](const auto& capability) {
                           std::string name = capability.param;
                           name.erase(name.find('.'), 1);
                           return "sm_" + name;
                         });

// So that a laptop's second card sleeps while nobody wants a picture.
TEST_F(WindowOnACard, MakesNoContextUntilItGenerates) {
  const auto log = folder_ / "card.log";
  const auto has_context = [&] {
    const std::string events = read_bytes(log);
    return events.find("context card=0") != std::string::npos;
  };
  for (const bool known : {false, true}) {
    SCOPED_TRACE(known ? "a later start" : "the first start");
    std::ofstream(log).close();
    WindowDriver w(on_card({"XDG_CACHE_HOME={folder}/cache", "FAKE_CONTEXT_BYTES=104857600",
                            "FAKE_LOG=" + log.string()}));
    ASSERT_TRUE(w.wait([](const json& s) {
      return s["memory"]["total"] == 6 * kGiB && s["plan_state"] != "pending";
    }));
    EXPECT_NE(has_context(), known);
    w.click("prompt");
    w.type("a red fox");
    w.key("ctrl+Return");
    ASSERT_TRUE(w.wait(
        [&](const json& s) {
          return s["jobs"] == 0 && pictures_in(pictures_folder()).size() == (known ? 2U : 1U);
        },
        kPicture_s));
    EXPECT_TRUE(has_context());
  }
}

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
