// The sentence that refuses a size: its figures add up as they are shown, in both languages.
#include "headroom/gui_state/memory_refusal.h"

#include "headroom/core/bytes.h"
#include "headroom/memory/budget.h"

#include "support/paths.h"

#include <cmath>
#include <filesystem>
#include <regex>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

StringTable table(const std::string& language) {
  return StringTable(test::source_folder() / "configs/lang" / (language + ".yaml"));
}

MemorySnapshot device(std::int64_t total, std::int64_t others, std::int64_t driver = 0) {
  MemorySnapshot m;
  m.total = total;
  m.used_by_others = others;
  m.reserved_by_driver = driver;
  m.free = std::max<std::int64_t>(0, total - others - driver);
  m.source = "CUDA: a card";
  return m;
}

Budget budget(const MemorySnapshot& memory, std::optional<std::int64_t> reserve,
              std::optional<std::int64_t> cap = {}) {
  return compute_budget(memory, {.vram_cap_bytes = cap, .reserve_bytes = reserve});
}

TEST(MemoryRefusal, IsASumThatSaysWhereTheMemoryIs) {
  const StringTable en = table("en");
  EXPECT_EQ(refusal_sum(19 * kMiB, budget(device(90 * kMiB, 0), 256 * kMiB), en),
            "Needs 19 MB. 90 MB on the card − 0 others − 256 kept free = −166 MB left, so 185 MB "
            "are missing.");
  EXPECT_EQ(refusal_sum(19 * kMiB, budget(device(90 * kMiB, 0), 90 * kMiB), en),
            "Needs 19 MB. 90 MB on the card − 0 others − 90 kept free = nothing left.");
  EXPECT_EQ(refusal_sum(300 * kMiB, budget(device(600 * kMiB, 315 * kMiB), {}), en),
            "Needs 300 MB. 600 MB on the card − 315 others − 60 kept free = 225 MB left.");
  EXPECT_EQ(
      refusal_sum(6 * kGiB, budget(device(6 * kGiB, kGiB, 200 * kMiB), {}), en),
      "Needs 6.00 GB. 6.00 GB on the card − 0.20 driver and CUDA − 1.00 others − 0.25 kept free = "
      "4.55 GB left.");
  EXPECT_EQ(refusal_sum(19 * kMiB, budget(device(90 * kMiB, 0), {}, 10 * kMiB), en),
            "Needs 19 MB. The cap allows 10 MB, so 9 MB are missing.");
  MemorySnapshot cpu = device(90 * kMiB, 0);
  cpu.source = "CPU budget";
  cpu.is_main_memory = true;
  EXPECT_NE(refusal_sum(85 * kMiB, budget(cpu, {}), en).find("90 MB of memory"), std::string::npos);
  EXPECT_EQ(refusal_sum(19 * kMiB, budget(device(90 * kMiB, 0), 256 * kMiB), table("zh")),
            "需要 19 MB。显卡共 90 MB − 其他程序 0 − 预留 256 = −166 MB，共缺 185 MB。");
}

// What the size's card and the plan line say is missing agrees with the sum beside them.
TEST(MemoryRefusal, WhatIsMissingAddsUpWithTheSum) {
  const std::int64_t need = 18 * kMiB + 300 * 1024;
  const auto missing = [](std::int64_t bytes, const Budget& b) {
    return missing_text(bytes, bytes - b.budget_bytes, b);
  };
  const Budget nothing = budget(device(400 * kMiB, 360 * kMiB + 200 * 1024), 40 * kMiB);
  EXPECT_EQ(refusal_sum(need, nothing, table("en")),
            "Needs 18 MB. 400 MB on the card − 360 others − 40 kept free = nothing left.");
  EXPECT_EQ(missing(need, nothing), "18 MB");
  EXPECT_EQ(missing(need, budget(device(90 * kMiB, 0), 256 * kMiB)), "184 MB");
  EXPECT_EQ(missing(need, budget(device(90 * kMiB, 82 * kMiB), 0)), "10 MB");
  EXPECT_EQ(missing(8 * kMiB + 1, budget(device(90 * kMiB, 82 * kMiB), 0)), "1 MB");
  EXPECT_EQ(missing(7 * kGiB, budget(device(6 * kGiB, kGiB), 0)), "2.00 GB");
  // Below a cap far smaller than the device, in the cap's figures.
  const Budget capped = budget(device(24 * kGiB, 0), {}, 10 * kMiB);
  EXPECT_EQ(missing(need, capped), "8 MB");
  EXPECT_EQ(refusal_sum(need, capped, table("en")),
            "Needs 18 MB. The cap allows 10 MB, so 8 MB are missing.");
  // Where a reserve takes all and more.
  const Budget kept = budget(device(23 * kGiB, 500 * kMiB), 24064 * kMiB);
  EXPECT_EQ(
      refusal_sum(need, kept, table("en")),
      "Needs 18 MB. 23552 MB on the card − 500 others − 24064 kept free = −1012 MB left, so 1030 "
      "MB are missing.");
  EXPECT_EQ(missing(need, kept), "1030 MB");
}

// Where hundredths of GB would say little.
TEST(MemoryRefusal, SmallAmountsAreInMegabytes) {
  const StringTable en = table("en");
  const Budget little = budget(device(2 * kGiB, 1834 * kMiB), {});  // 10 % are kept free
  EXPECT_EQ(refusal_sum(18 * kMiB, little, en),
            "Needs 18 MB. 2048 MB on the card − 1834 others − 205 kept free = 9 MB left.");
  EXPECT_EQ(missing_text(18 * kMiB, 9 * kMiB, little), "9 MB");
  EXPECT_EQ(need_text(18 * kMiB, little), "18 MB");
  EXPECT_EQ(available_text(little), "9 MB");
  const Budget much = budget(device(24 * kGiB, 0), kGiB);
  EXPECT_EQ(refusal_sum(much.budget_bytes + 50 * kMiB, much, en),
            "Needs 23602 MB. 24576 MB on the card − 0 others − 1024 kept free = 23552 MB left.");
  EXPECT_EQ(missing_text(much.budget_bytes + 50 * kMiB, 50 * kMiB, much), "50 MB");
  EXPECT_EQ(missing_text(much.budget_bytes + 2 * kGiB, 2 * kGiB, much), "2.00 GB");
}

// The rows of a list stand below what is available.
TEST(MemoryRefusal, NeedAndAvailableAddUpToWhatIsMissing) {
  const Budget b = budget(device(2 * kGiB, 0), {});
  EXPECT_EQ(available_text(b), "1.80 GB");
  EXPECT_EQ(need_text(4240 * kMiB, b), "4.14 GB");
  EXPECT_EQ(missing_text(4240 * kMiB, 4240 * kMiB - b.budget_bytes, b), "2.34 GB");
  EXPECT_EQ(need_text(kGiB, b), "1.0 GB") << "it fits";
}

// Every figure of the sentence, in hundredths.
std::vector<long long> figures(const std::string& sentence) {
  std::vector<long long> found;
  const std::regex number("[0-9]+(\\.[0-9]+)?");
  for (std::sregex_iterator it(sentence.begin(), sentence.end(), number), end; it != end; ++it)
    found.push_back(std::llround(100 * std::stod(it->str())));
  return found;
}

TEST(MemoryRefusal, AddsUpToTheLastDigitWhateverTheAmounts) {
  const StringTable en = table("en");
  int below = 0;  // nothing
  for (std::int64_t total = 700 * kMiB; total < 40 * kGiB; total = total * 13 / 9) {
    for (std::int64_t others = 0; others < total * 9 / 8; others += total / 7 + 12345677) {
      const Budget b = budget(device(total, others, total / 97), {});
      const std::string sentence =
          refusal_sum(std::max<std::int64_t>(0, b.budget_bytes) + 1 + total / 5, b, en);
      const auto f = figures(sentence);
      if (f.size() < 6U) continue;  // nothing left
      if (f.size() == 7U) {
        EXPECT_EQ(f[1] - f[2] - f[3] - f[4], -f[5]) << sentence;
        EXPECT_EQ(f[0] + f[5], f[6]) << sentence;
        ++below;
        continue;
      }
      ASSERT_EQ(f.size(), 6U) << sentence;
      EXPECT_EQ(f[1] - f[2] - f[3] - f[4], f[5]) << sentence;
      EXPECT_GT(f[0], f[5]) << sentence;
    }
  }
  EXPECT_GT(below, 5);
}

// The cure names the amount of its term as the sum has it, also where that took up a difference.
TEST(MemoryRefusal, AnAmountIsWrittenInOneWayInASentence) {
  const StringTable en = table("en");
  for (std::int64_t others = kGiB; others < 2 * kGiB; others += 12345677) {
    const Budget b = budget(device(4 * kGiB, others, 123456789), {});
    const std::int64_t need = b.budget_bytes + kGiB / 2;
    const auto f = figures(refusal_sum(need, b, en));
    ASSERT_EQ(f.size(), 6U);
    EXPECT_EQ(figures(refusal_cure(need, b, {{7, "blender", others}}, en)).front(), f[3]);
    EXPECT_EQ(figures(refusal_cure(need, b, {}, en)).front(), f[3]);
    const Budget reserved = budget(device(4 * kGiB, 0), others);
    const auto kept = figures(refusal_sum(4 * kGiB, reserved, en));
    EXPECT_EQ(figures(refusal_cure(4 * kGiB, reserved, {}, en)).front(), kept[3]);
  }
}

TEST(MemoryRefusal, WhatMissesByAByteStillLooksLarger) {
  const Budget b = budget(device(6 * kGiB, kGiB), {});
  const auto f = figures(refusal_sum(b.budget_bytes + 1, b, table("en")));
  EXPECT_GT(f.front(), f.back());
}

TEST(MemoryRefusal, OffersTheCureOfTheTermThatDecides) {
  const StringTable en = table("en");
  const StringTable zh = table("zh");
  const std::vector<OtherProgram> others{{7, "blender", 300 * kMiB}, {8, "Xorg", 15 * kMiB}};
  const Budget taken = budget(device(600 * kMiB, 315 * kMiB), {});
  EXPECT_EQ(refusal_cure(300 * kMiB, taken, others, en), "Close blender (300 MB).");
  EXPECT_EQ(refusal_cure(300 * kMiB, taken, others, zh), "请关闭 blender（300 MB）。");
  EXPECT_EQ(refusal_cure(539 * kMiB, taken, others, en), "Close other programs: they hold 315 MB.")
      << "blender alone would not do";
  EXPECT_EQ(refusal_cure(300 * kMiB, taken, {}, en), "Close other programs: they hold 315 MB.");
  EXPECT_EQ(refusal_cure(19 * kMiB, budget(device(90 * kMiB, 0), 80 * kMiB), others, en),
            "Lower the reserve (memory.reserve, now 80 MB).");
  EXPECT_EQ(refusal_cure(19 * kMiB, budget(device(90 * kMiB, 0), {}, 10 * kMiB), others, en),
            "Lift the cap (memory.vram_cap, now 10 MB).");
  EXPECT_EQ(refusal_cure(kGiB, taken, others, en), "The device is too small for this size.");
}

}  // namespace
}  // namespace headroom
