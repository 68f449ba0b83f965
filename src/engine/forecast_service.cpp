#include "headroom/engine/forecast_service.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace headroom {
namespace {

constexpr std::size_t kMaxForecasts = 256;

// `shape` without its prompt lengths: equal for runs that differ only in those.
RunShape without_lengths(RunShape shape) {
  shape.prompt_tokens = 0;
  shape.negative_tokens = std::min(shape.negative_tokens, 1);
  return shape;
}

int padded(int tokens) {
  constexpr int kUnit = ForecastService::kTableTokens;
  return (tokens + kUnit - 1) / kUnit * kUnit;
}

ForecastService::Run without_lengths(ForecastService::Run run) {
  run.shape = without_lengths(run.shape);
  return run;
}

// The question that a table answers: it covers all sizes and counts.
ForecastService::Run table_run(const ForecastService::Run& of) {
  RunShape shape = with_size(of.shape, {});
  shape.prompt_tokens = padded(of.shape.prompt_tokens);
  shape.negative_tokens = padded(of.shape.negative_tokens);
  return {shape, 1, of.loras};
}

// Thrown to end a table early: there is a newer question, or the service ends.
struct GiveUp {};

// This program's own memory can be reclaimed, so a run may use what is free plus that.
std::int64_t usable(const MemorySnapshot& m) { return m.free + m.ours(); }

bool moved(const MemorySnapshot& a, const MemorySnapshot& b) {
  const std::int64_t threshold = std::min(64 * kMiB, std::max(kMiB, b.total / 200));
  return a.total != b.total || std::llabs(usable(a) - usable(b)) > threshold;
}

}  // namespace

ForecastService::ForecastService(Sources sources, std::function<void()> wake)
    : wake_(std::move(wake)), sources_(std::make_shared<const Sources>(std::move(sources))) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

ForecastService::~ForecastService() = default;  // jthread: asks to stop, then joins

ForecastService::Forecasts ForecastService::request(const std::vector<Run>& runs,
                                                    const MemorySnapshot& memory) {
  Forecasts answer;
  bool is_new = false;
  {
    const std::scoped_lock lock(mutex_);
    if (version_ == 0 || moved(memory_, memory)) {
      memory_ = memory;
      ++version_;
      is_new = true;
    }
    if (runs != runs_) {
      runs_ = runs;
      is_new = true;
    }
    if (is_new) ++question_;
    for (const Run& run : runs) answer.forecasts.push_back(answer_to(run));
    if (without_lengths(frontier_like_) == without_lengths(table_run(runs.front())))
      answer.frontier = frontier_.value;
    if (others_.value) answer.others = *others_.value;
  }
  if (is_new) changed_.notify_one();
  return answer;
}

std::shared_ptr<const Forecast> ForecastService::answer_to(const Run& run) const {
  if (const auto found = forecasts_.find(run); found != forecasts_.end())
    return found->second.value;
  const auto alike = newest_.find(without_lengths(run));
  return alike == newest_.end() ? nullptr : alike->second;
}

void ForecastService::refresh() {
  const std::scoped_lock lock(mutex_);
  ++version_;
  ++question_;
  changed_.notify_one();
}

void ForecastService::ask(Sources sources) {
  auto next = std::make_shared<const Sources>(std::move(sources));
  const std::scoped_lock lock(mutex_);
  std::swap(sources_, next);  // a thread that answers with the old sources keeps them alive
  forecasts_.clear();
  newest_.clear();
  frontier_ = {};
  others_ = {};
  runs_.clear();
  ++version_;
  ++question_;
}

// Forecasts come first, in the order of the runs that were asked about.
std::optional<ForecastService::Task> ForecastService::next_task() const {
  if (runs_.empty()) return std::nullopt;
  Task task{.like = table_run(runs_.front()),
            .memory = memory_,
            .version = version_,
            .question = question_,
            .sources = sources_};
  for (const Run& run : runs_) {
    const auto found = forecasts_.find(run);
    if (found != forecasts_.end() && found->second.version == version_) continue;
    task.forecast = run;
    return task;
  }
  if (sources_->other_programs && (!others_.value || others_.version != version_)) {
    task.others = true;
    return task;
  }
  const bool current =
      frontier_.value && frontier_.version == version_ && frontier_like_ == task.like;
  if (!sources_->frontier || current) return std::nullopt;
  return task;
}

Forecast ForecastService::forecast(const Task& task) {
  try {
    return task.sources->forecast(*task.forecast, task.memory);
  } catch (const Error& e) {
    Forecast forecast;
    forecast.reason = e.message();
    return forecast;
  }
}

void ForecastService::make_table(const Task& task, const std::stop_token& stop) {
  // A run that begins uses the same forecaster, so let go of it from time to time.
  constexpr std::chrono::microseconds kTurn{100};
  constexpr int kSizesBetweenTurns = 16;
  int sizes = 0;
  const auto between = [&] {
    if (++sizes % kSizesBetweenTurns == 0) std::this_thread::sleep_for(kTurn);
    const std::scoped_lock lock(mutex_);
    if (stop.stop_requested() || question_ != task.question) throw GiveUp{};
  };
  Known<Frontier> table{nullptr, task.version};
  try {
    table.value =
        std::make_shared<const Frontier>(task.sources->frontier(task.like, task.memory, between));
  } catch (const Error&) {
    table.value = std::make_shared<const Frontier>();  // the forecasts report what is wrong
  } catch (const GiveUp&) {
    return;
  }
  const std::scoped_lock lock(mutex_);
  if (task.sources != sources_) return;
  frontier_ = std::move(table);
  frontier_like_ = task.like;
}

void ForecastService::answer(const Task& task) {
  if (task.forecast) {
    Known<Forecast> known{std::make_shared<const Forecast>(forecast(task)), task.version};
    const std::scoped_lock lock(mutex_);
    if (task.sources != sources_) return;
    if (forecasts_.size() >= kMaxForecasts) forecasts_.clear();
    if (newest_.size() >= kMaxForecasts) newest_.clear();
    newest_[without_lengths(*task.forecast)] = known.value;
    forecasts_[*task.forecast] = std::move(known);
    return;
  }
  auto programs = std::make_shared<const std::vector<OtherProgram>>(task.sources->other_programs());
  const std::scoped_lock lock(mutex_);
  if (task.sources == sources_) others_ = {std::move(programs), task.version};
}

void ForecastService::run(const std::stop_token& stop) {
  while (true) {
    std::optional<Task> task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [&] { return (task = next_task()).has_value(); });
    }
    if (stop.stop_requested() || !task) return;
    if (task->forecast || task->others) {
      answer(*task);
    } else {
      make_table(*task, stop);
    }
    wake_();
  }
}

}  // namespace headroom
