// A kind of device that the program does not know is a folder and a line in a table, and nothing
// else: here with a made-up one.
#include "headroom/core/bytes.h"
#include "headroom/image/image_reader.h"

#include "e2e/e2e_support.h"

namespace headroom::test {
namespace {

using ThirdKind = EndToEnd;

TEST_F(ThirdKind, IsListedAndDescribed) {
  const json out = run_json({"devices", "--json"}).at(0);
  const json& toy = out.at("devices").at(out.at("devices").size() - 2);
  EXPECT_EQ(toy.at("id"), "toy:0");
  EXPECT_EQ(toy.at("name"), "Toy");
  EXPECT_EQ(toy.at("total_bytes"), 6 * kGiB);
  EXPECT_EQ(out.at("toy_driver"), "1.0");
  const ProcessResult text = run({"devices"});
  EXPECT_NE(text.out.find("toy driver 1.0\n"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("its spring is broken"), std::string::npos) << text.out;
}

TEST_F(ThirdKind, IsNamedOnTheCommandLineAndInTheSettings) {
  EXPECT_NE(run({"plan", "--help"}).out.find("toy, toy:N"), std::string::npos);
  for (const char* const wanted : {"toy", "toy:0", "TOY"}) {
    SCOPED_TRACE(wanted);
    write("toy.yaml", std::string("model:\n  device: ") + wanted + "\n");
    const json plan = run_json({"plan", "--json", "--config", "toy.yaml"}).at(0);
    EXPECT_EQ(plan.at("budget").at("source"), "TOY: Toy");
  }
  write("tay.yaml", "model:\n  device: tay\n");
  expect_refused({"plan", "--config", "tay.yaml"}, 2,
                 {"tay.yaml:2: model.device", "\"tay\"", "toy, toy:N"});
  expect_refused({"plan", "--device", "toy:1"}, 2, {"Toy 2 cannot be used", "use --device toy:0"});
  expect_refused({"plan", "--device", "toy:2"}, 2, {"this machine has 2 toy card(s)"});
  expect_refused({"plan", "--device", "tay"}, 2, {"toy, toy:N"});
}

// Where there is none of it, as a CUDA card is.
TEST_F(ThirdKind, IsPlannedForAsACard) {
  environment_["TOYS"] = "0";
  expect_refused({"plan", "--device", "toy"}, 2, {"no toy card is usable here"});
  const auto plan = [&](const char* cap) {
    return run_json({"plan", "--json", "--device", "toy", "--pretend-vram", "6G", "--preset", "512",
                     "--vram-cap", cap})
        .at(0);
  };
  const json roomy = plan("2G");
  EXPECT_TRUE(roomy.at("fits"));
  EXPECT_EQ(roomy.at("budget").at("source"), "TOY: Toy");
  EXPECT_EQ(roomy.at("budget").at("total_bytes"), 6 * kGiB);
  // An allocator that caches holds whole segments.
  EXPECT_EQ(roomy.at("plan").at("peak_bytes").get<std::int64_t>() % (2 * kMiB), 0);
  EXPECT_FALSE(plan("60M").at("plan").at("rungs").empty());
}

TEST_F(ThirdKind, MakesAPicture) {
  run_json(quick({"--json", "--device", "toy", "-o", "a.png"}));
  EXPECT_EQ(read_image(folder_ / "a.png").width, 128);
  const ProcessResult report = run({"report"});
  EXPECT_NE(report.out.find("on Toy,"), std::string::npos) << report.out;
}

}  // namespace
}  // namespace headroom::test
