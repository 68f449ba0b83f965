#include "headroom/engine/forecast_service.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

namespace headroom {
namespace {

MemorySnapshot memory(std::int64_t free, std::int64_t activations = 0) {
  MemorySnapshot m;
  m.total = 6 * kGiB;
  m.free = free;
  m.activations = activations;
  return m;
}

ForecastService::Run run(int side) {
  return {.shape = {.width = side, .height = side, .steps = 8, .prompt_tokens = 20}, .count = 1};
}

// Forecasts whose plan has the asked width and whose budget is what was free; counted. While the
// gate is shut they do not come back.
class ForecastServiceTest : public testing::Test {
 protected:
  ~ForecastServiceTest() override { open_gate(); }

  ForecastService::Sources sources() {
    return {.forecast = [this](const ForecastService::Run& r, const MemorySnapshot& m) {
      std::unique_lock lock(mutex_);
      asked_.push_back(r);
      changed_.notify_all();
      changed_.wait(lock, [&] { return gate_open_; });
      if (r.shape.width == 13) throw Error(ErrorKind::kInvalidRequest, "13 is not a width");
      Forecast f;
      f.fits = true;
      f.plan.width = r.shape.width;
      f.budget.free_bytes = m.free;
      return f;
    }};
  }
  void shut_gate() {
    const std::scoped_lock lock(mutex_);
    gate_open_ = false;
  }
  void open_gate() {
    const std::scoped_lock lock(mutex_);
    gate_open_ = true;
    changed_.notify_all();
  }
  bool wait_until_asked(std::size_t times) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kDeadline, [&] { return asked_.size() >= times; });
  }
  std::size_t asked() {
    const std::scoped_lock lock(mutex_);
    return asked_.size();
  }
  // Asks again and again, as a window does, until `done` with the answer.
  template <typename Done>
  static bool until(ForecastService& forecast_service,
                    const std::vector<ForecastService::Run>& runs, const MemorySnapshot& memory,
                    const Done& done) {
    const auto deadline = std::chrono::steady_clock::now() + kDeadline;
    while (std::chrono::steady_clock::now() < deadline) {
      if (done(forecast_service.request(runs, memory))) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  }
  static bool all_known(const ForecastService::Forecasts& answer) {
    for (const auto& forecast : answer.forecasts) {
      if (!forecast) return false;
    }
    return true;
  }

  static constexpr std::chrono::seconds kDeadline{20};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ForecastService::Run> asked_;
  bool gate_open_ = true;
  std::atomic<int> wakes_ = 0;
};

TEST_F(ForecastServiceTest, AnswersLaterEachRunInItsPlaceAndWakes) {
  shut_gate();
  ForecastService forecast_service(sources(), [this] { ++wakes_; });
  const std::vector<ForecastService::Run> runs{run(512), run(768)};
  const ForecastService::Forecasts first = forecast_service.request(runs, memory(kGiB));
  ASSERT_EQ(first.forecasts.size(), 2U);  // at once, though no forecast comes back
  EXPECT_EQ(first.forecasts[0], nullptr);
  EXPECT_EQ(first.forecasts[1], nullptr);
  open_gate();
  ForecastService::Forecasts last;
  ASSERT_TRUE(
      until(forecast_service, runs, memory(kGiB), [&](const ForecastService::Forecasts& answer) {
        last = answer;
        return all_known(answer);
      }));
  EXPECT_EQ(last.forecasts[0]->plan.width, 512);
  EXPECT_EQ(last.forecasts[1]->plan.width, 768);
  EXPECT_EQ(asked(), 2U);
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (wakes_ < 2 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_EQ(wakes_, 2);
}

TEST_F(ForecastServiceTest, ShowsTheOldAnswerUntilTheNewOneIsThere) {
  ForecastService forecast_service(sources(), [] {});
  const std::vector<ForecastService::Run> runs{run(512)};
  ASSERT_TRUE(until(forecast_service, runs, memory(2 * kGiB), all_known));
  shut_gate();
  EXPECT_EQ(forecast_service.request(runs, memory(kGiB)).forecasts[0]->budget.free_bytes, 2 * kGiB);
  ASSERT_TRUE(wait_until_asked(2));
  EXPECT_EQ(forecast_service.request(runs, memory(kGiB)).forecasts[0]->budget.free_bytes, 2 * kGiB);
  open_gate();
  EXPECT_TRUE(
      until(forecast_service, runs, memory(kGiB), [](const ForecastService::Forecasts& answer) {
        return answer.forecasts[0]->budget.free_bytes == kGiB;
      }));
}

TEST_F(ForecastServiceTest, OnlyTheNewestQuestionIsAnswered) {
  shut_gate();
  ForecastService forecast_service(sources(), [] {});
  (void)forecast_service.request({run(512), run(576), run(640)}, memory(kGiB));
  ASSERT_TRUE(wait_until_asked(1));
  (void)forecast_service.request({run(704)}, memory(kGiB));
  (void)forecast_service.request({run(1024)}, memory(kGiB));
  open_gate();
  ASSERT_TRUE(until(forecast_service, {run(1024)}, memory(kGiB), all_known));
  const std::scoped_lock lock(mutex_);
  ASSERT_EQ(asked_.size(), 2U);
  EXPECT_EQ(asked_[0].shape.width, 512);
  EXPECT_EQ(asked_[1].shape.width, 1024);
}

TEST_F(ForecastServiceTest, AsksAgainForNothingThatDoesNotMatter) {
  ForecastService forecast_service(sources(), [] {});
  ForecastService::Run r = run(512);
  const auto ask = [&](const MemorySnapshot& m) {
    EXPECT_TRUE(until(forecast_service, {r}, m, all_known));
  };
  ask(memory(2 * kGiB));
  ask(memory(2 * kGiB - 10 * kMiB));  // too little to see
  ask(memory(kGiB, kGiB));            // our own working memory is reclaimable
  EXPECT_EQ(asked(), 1U);
  r.shape.steps = 20;
  ask(memory(2 * kGiB));
  r.shape.guided_steps = 20;
  r.shape.negative_tokens = 9;
  ask(memory(2 * kGiB));
  r.count = 4;
  ask(memory(2 * kGiB));
  EXPECT_EQ(asked(), 4U);
  forecast_service.refresh();
  ask(memory(2 * kGiB));
  EXPECT_TRUE(wait_until_asked(5));
}

// A word more in a prompt: no card goes blank while its new answer is made.
TEST_F(ForecastServiceTest, ShowsTheAnswerForOtherLengthsUntilThatForTheseIsThere) {
  ForecastService forecast_service(sources(), [] {});
  ASSERT_TRUE(until(forecast_service, {run(512)}, memory(kGiB), all_known));
  shut_gate();
  ForecastService::Run longer = run(512);
  longer.shape.prompt_tokens += 1;
  const auto shown = forecast_service.request({longer}, memory(kGiB)).forecasts[0];
  const bool asks = wait_until_asked(2);
  ForecastService::Run guided = longer;
  guided.shape.negative_tokens = 9;
  const auto other = forecast_service.request({guided}, memory(kGiB)).forecasts[0];
  open_gate();
  ASSERT_NE(shown, nullptr);
  EXPECT_EQ(shown->plan.width, 512);
  EXPECT_TRUE(asks) << "for its own answer";
  EXPECT_EQ(other, nullptr) << "another run altogether";
}

TEST_F(ForecastServiceTest, MakesNoNewTableForAWordMore) {
  ForecastService::Sources all = sources();
  std::mutex mutex;
  std::vector<RunShape> tables;
  all.frontier = [&](const ForecastService::Run& like, const MemorySnapshot&,
                     const std::function<void()>&) {
    const std::scoped_lock lock(mutex);
    tables.push_back(like.shape);
    return Frontier{};
  };
  ForecastService forecast_service(all, [] {});
  ForecastService::Run r = run(512);
  for (const int tokens : {20, 21, 32, 33}) {
    r.shape.prompt_tokens = tokens;
    ASSERT_TRUE(
        until(forecast_service, {r}, memory(kGiB), [&](const ForecastService::Forecasts& answer) {
          const std::scoped_lock lock(mutex);
          return answer.frontier && tables.back().prompt_tokens >= tokens;
        }));
  }
  const std::scoped_lock lock(mutex);
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0], (RunShape{.steps = 8, .prompt_tokens = 32})) << "of any size";
  EXPECT_EQ(tables[1], (RunShape{.steps = 8, .prompt_tokens = 64}));
}

TEST_F(ForecastServiceTest, RunsWithOtherLorasAreOtherRuns) {
  ForecastService forecast_service(sources(), [] {});
  ASSERT_TRUE(until(forecast_service, {run(512)}, memory(kGiB), all_known));
  ForecastService::Run with = run(512);
  with.loras = "<lora:ink:1>";
  EXPECT_EQ(forecast_service.request({with}, memory(kGiB)).forecasts[0], nullptr);
  EXPECT_TRUE(until(forecast_service, {with}, memory(kGiB), all_known));
}

TEST_F(ForecastServiceTest, AnErrorIsAForecastThatDoesNotFit) {
  ForecastService forecast_service(sources(), [] {});
  ASSERT_TRUE(until(forecast_service, {run(13)}, memory(kGiB), all_known));
  const auto forecast = forecast_service.request({run(13)}, memory(kGiB)).forecasts[0];
  EXPECT_FALSE(forecast->fits);
  EXPECT_EQ(forecast->reason.english(), "13 is not a width");
}

TEST_F(ForecastServiceTest, MakesTheTableAfterTheForecastsAndAgainWhenMemoryMoves) {
  ForecastService::Sources all = sources();
  std::atomic<int> tables = 0;
  all.frontier = [&](const ForecastService::Run&, const MemorySnapshot& m,
                     const std::function<void()>& between) {
    EXPECT_GE(asked(), 2U);
    between();
    ++tables;
    Frontier table;
    table.critical_point = Size{static_cast<int>(m.free / kMiB), 64};
    return table;
  };
  ForecastService forecast_service(all, [] {});
  const std::vector<ForecastService::Run> runs{run(512), run(768)};
  const auto critical_width_is = [&](int width, const MemorySnapshot& m) {
    return until(forecast_service, runs, m, [&](const ForecastService::Forecasts& answer) {
      return answer.frontier && answer.frontier->critical_point->width == width;
    });
  };
  ASSERT_TRUE(critical_width_is(1024, memory(kGiB)));
  ASSERT_TRUE(critical_width_is(2048, memory(2 * kGiB)));
  EXPECT_EQ(tables, 2);
  // Another size is in the same table; other steps are not.
  EXPECT_NE(forecast_service.request({run(1024)}, memory(2 * kGiB)).frontier, nullptr);
  ForecastService::Run more = run(1024);
  more.shape.steps = 50;
  EXPECT_EQ(forecast_service.request({more}, memory(2 * kGiB)).frontier, nullptr);
}

TEST_F(ForecastServiceTest, ATableGivesWayToANewQuestionAndToTheEnd) {
  ForecastService::Sources all = sources();
  std::atomic<bool> working = false;
  all.frontier = [&](const ForecastService::Run&, const MemorySnapshot&,
                     const std::function<void()>& between) -> Frontier {
    while (true) {  // would go on for ever
      working = true;
      between();
    }
  };
  ForecastService forecast_service(all, [] {});
  ASSERT_TRUE(until(forecast_service, {run(512)}, memory(kGiB),
                    [&](const ForecastService::Forecasts&) { return working.load(); }));
  EXPECT_TRUE(until(forecast_service, {run(768)}, memory(kGiB), all_known));
}

TEST_F(ForecastServiceTest, NamesTheOtherProgramsAgainWhenMemoryMoves) {
  ForecastService::Sources all = sources();
  std::atomic<std::int64_t> held = kGiB;
  all.other_programs = [&] { return std::vector<OtherProgram>{{1, "blender", held}}; };
  ForecastService forecast_service(all, [] {});
  const auto says = [&](std::int64_t bytes, const MemorySnapshot& m) {
    return until(forecast_service, {run(512)}, m, [&](const ForecastService::Forecasts& answer) {
      return answer.others.size() == 1 && answer.others[0].name == "blender" &&
             answer.others[0].bytes == bytes;
    });
  };
  EXPECT_TRUE(says(kGiB, memory(4 * kGiB)));
  held = 2 * kGiB;
  EXPECT_TRUE(says(2 * kGiB, memory(3 * kGiB)));
}

TEST_F(ForecastServiceTest, OfAnotherModelNothingIsKnownUntilItsOwnSourcesHaveAnswered) {
  ForecastService forecast_service(sources(), [] {});
  shut_gate();
  (void)forecast_service.request({run(512)}, memory(kGiB));
  ASSERT_TRUE(wait_until_asked(1));
  forecast_service.ask({.forecast = [](const ForecastService::Run&, const MemorySnapshot&) {
    Forecast forecast;
    forecast.plan.width = 1;
    return forecast;
  }});
  open_gate();  // the old answer comes now, and is nobody's any more
  std::shared_ptr<const Forecast> first;
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (!first && std::chrono::steady_clock::now() < deadline) {
    first = forecast_service.request({run(512)}, memory(kGiB)).forecasts.front();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_TRUE(first);
  EXPECT_EQ(first->plan.width, 1);
}

}  // namespace
}  // namespace headroom
