// Another model, device or number format while jobs wait and run.
#include "headroom/engine/session.h"

#include "headroom/core/bytes.h"

#include "engine/queue_test_support.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace headroom {
namespace {
using namespace headroom::test;

// Models by name: each has 1 GiB of weights while its generator is there. "broken" cannot be
// opened, "hollow" can, and then its generator cannot be made. "slow" opens when it is let.
class Models {
 public:
  Session::Open opener() {
    return [this](const SessionChoice& choice) { return open(choice); };
  }
  [[nodiscard]] std::vector<std::string> events() const {
    const std::scoped_lock lock(mutex_);
    return events_;
  }
  [[nodiscard]] bool happened(const std::string& event) const {
    const auto all = events();
    return std::ranges::find(all, event) != all.end();
  }
  void let_open() { may_open_ = true; }
  void let_run() { may_run_ = true; }
  [[nodiscard]] std::int64_t most_held() const { return most_held_; }
  [[nodiscard]] int learnt(const std::string& model) const {
    const std::scoped_lock lock(mutex_);
    const auto found = learnt_.find(model);
    return found == learnt_.end() ? 0 : found->second;
  }

 private:
  class Generator final : public ImageGenerator {
   public:
    Generator(Models& models, std::string name) : models_(models), name_(std::move(name)) {
      models_.note("make " + name_);
      models_.held_ += kGiB;
      models_.most_held_ = std::max<std::int64_t>(models_.most_held_, models_.held_);
    }
    ~Generator() override {
      models_.held_ -= kGiB;
      models_.note("destroy " + name_);
    }
    void generate(const GenerationRequest& request, ProgressSink& progress,
                  std::stop_token stop) override {
      models_.note(name_ + " begins " + request.prompt);
      while (request.prompt == "long" && !models_.may_run_) {
        check_cancelled(stop);
        std::this_thread::sleep_for(200us);
      }
      fake_.generate(request, progress, stop);
      models_.note(name_ + " made " + request.prompt);
    }

   private:
    Models& models_;
    std::string name_;
    FakeGenerator fake_;
  };

  ModelOnDevice open(const SessionChoice& choice) {
    note("open " + choice.model);
    if (choice.model == "slow") {
      EXPECT_TRUE(wait_until([&] { return may_open_.load(); }));
    }
    if (choice.model == "broken") throw Error(ErrorKind::kModelFile, "broken has no weights");
    ModelOnDevice opened;
    opened.choice = choice;
    opened.model.name = choice.model;
    opened.source.make_generator = [this, name = choice.model]() -> std::unique_ptr<Generator> {
      if (name == "hollow") throw Error(ErrorKind::kModelFile, "hollow has a hole");
      return std::make_unique<Generator>(*this, name);
    };
    opened.source.done = [this, name = choice.model](const FinishedPicture&) {
      const std::scoped_lock lock(mutex_);
      ++learnt_[name];
    };
    opened.read_memory = [this, device = choice.device] {
      MemorySnapshot memory;
      memory.source = device;
      memory.total = 4 * kGiB;
      memory.weights = held_;
      return memory;
    };
    return opened;
  }
  void note(const std::string& event) {
    const std::scoped_lock lock(mutex_);
    events_.push_back(event);
  }

  mutable std::mutex mutex_;  // guards the two
  std::vector<std::string> events_;
  std::map<std::string, int> learnt_;
  std::atomic<bool> may_open_ = false, may_run_ = false;
  std::atomic<std::int64_t> held_ = 0, most_held_ = 0;
};

class SessionTest : public ::testing::Test {
 protected:
  [[nodiscard]] bool ended(std::uint64_t number) {
    return wait_until([&] { return session_.state().changed.number == number; });
  }
  // Waits for so many outcomes more.
  std::vector<JobOutcome> outcomes(std::size_t count) {
    std::vector<JobOutcome> all;
    EXPECT_TRUE(wait_until([&] {
      for (JobOutcome& outcome : watcher_.take_finished()) all.push_back(std::move(outcome));
      return all.size() >= count;
    }));
    return all;
  }
  void make(const std::string& prompt) {
    session_.queue().submit(small_request(prompt));
    ASSERT_TRUE(succeeded(outcomes(1).front()));
  }
  [[nodiscard]] std::string model() const { return session_.current()->model.name; }

  Models models_;
  std::atomic<int> wakes_ = 0;
  Session session_{models_.opener(), {.model = "first"}, save_nowhere};
  QueueWatcher watcher_{session_.queue(), [this] { ++wakes_; }};
};

TEST_F(SessionTest, ThrowsWhatTheFirstModelThrows) {
  EXPECT_THROW(Session(models_.opener(), {.model = "broken"}, save_nowhere), Error);
}

TEST_F(SessionTest, GivesTheOldMemoryBackBeforeTheNewGeneratorIsMade) {
  make("a cat");
  EXPECT_EQ(session_.memory().latest().total, 4 * kGiB);
  session_.change({.model = "second"});
  ASSERT_TRUE(ended(1));
  EXPECT_EQ(model(), "second");
  EXPECT_FALSE(session_.state().change);
  EXPECT_FALSE(session_.state().changed.failure);
  make("a dog");
  EXPECT_EQ(models_.events(),
            (std::vector<std::string>{"open first", "make first", "first begins a cat",
                                      "first made a cat", "open second", "destroy first",
                                      "make second", "second begins a dog", "second made a dog"}));
  EXPECT_EQ(models_.most_held(), kGiB) << "never the weights of both";
  EXPECT_EQ(models_.learnt("first"), 1);
  EXPECT_EQ(models_.learnt("second"), 1) << "each learns from its own pictures";
}

TEST_F(SessionTest, AModelThatCannotBeOpenedLeavesTheOldOneAsItIs) {
  make("a cat");
  session_.change({.model = "broken"});
  ASSERT_TRUE(ended(1));
  const Session::State state = session_.state();
  ASSERT_TRUE(state.changed.failure);
  EXPECT_EQ(state.changed.failure->message.english(), "broken has no weights");
  EXPECT_EQ(state.changed.to.model, "broken");
  EXPECT_EQ(model(), "first");
  EXPECT_FALSE(models_.happened("destroy first")) << "its weights stay where they are";
  make("a dog");
}

TEST_F(SessionTest, AModelWhoseGeneratorCannotBeMadeBringsTheOldOneBack) {
  make("a cat");
  session_.change({.model = "hollow"});
  ASSERT_TRUE(ended(1));
  EXPECT_EQ(session_.state().changed.failure->message.english(), "hollow has a hole");
  EXPECT_TRUE(models_.happened("destroy first"));
  EXPECT_EQ(model(), "first");
  make("a dog");
  EXPECT_EQ(models_.events().back(), "first made a dog");
}

TEST_F(SessionTest, TheRunningJobIsFinishedFirstAndWaitingJobsAreMadeWithTheNewModel) {
  GenerationQueue& queue = session_.queue();
  queue.submit(small_request("long"));
  queue.submit(small_request("waits"));
  ASSERT_TRUE(wait_until([&] { return models_.happened("first begins long"); }));
  session_.change({.model = "second", .dtype = NumberFormat::kBfloat16});
  ASSERT_TRUE(wait_until([&] {
    const auto change = session_.state().change;
    return change && change->is_opened;
  })) << "what is wrong with a model is known at once";
  EXPECT_EQ(model(), "first");
  EXPECT_EQ(queue.status().size(), 2U);
  models_.let_run();
  for (const JobOutcome& outcome : outcomes(2)) EXPECT_TRUE(succeeded(outcome));
  EXPECT_TRUE(models_.happened("first made long"));
  EXPECT_TRUE(models_.happened("second made waits"));
  EXPECT_EQ(session_.current()->choice.dtype, NumberFormat::kBfloat16);
  EXPECT_EQ(models_.most_held(), kGiB);
}

TEST_F(SessionTest, AChangeThatWaitsCanBeWithdrawn) {
  session_.queue().submit(small_request("long"));
  ASSERT_TRUE(wait_until([&] { return models_.happened("first begins long"); }));
  session_.change({.model = "second"});
  ASSERT_TRUE(wait_until([&] {
    const auto change = session_.state().change;
    return change && change->is_opened;
  }));
  session_.keep();
  EXPECT_FALSE(session_.state().change);
  models_.let_run();
  outcomes(1);
  make("a dog");
  EXPECT_EQ(models_.events().back(), "first made a dog");
  EXPECT_FALSE(models_.happened("destroy first"));
  EXPECT_EQ(session_.state().changed.number, 0U);
}

TEST_F(SessionTest, TheNewestChangeCounts) {
  session_.change({.model = "slow"});
  ASSERT_TRUE(wait_until([&] { return models_.happened("open slow"); }));
  session_.change({.model = "second"});
  models_.let_open();
  ASSERT_TRUE(ended(1));
  EXPECT_EQ(model(), "second");
  EXPECT_FALSE(models_.happened("make slow"));
  // Back to what is there: nothing is opened.
  const std::size_t before = models_.events().size();
  session_.change({.model = "second"});
  EXPECT_FALSE(session_.state().change);
  EXPECT_EQ(models_.events().size(), before);
}

TEST_F(SessionTest, MemoryBeginsAnewWithAnotherDevice) {
  EXPECT_EQ(session_.memory().latest().source, "auto");
  session_.change({.model = "first", .device = "cuda:0"});
  ASSERT_TRUE(ended(1));
  ASSERT_TRUE(wait_until([&] { return session_.memory().latest().source == "cuda:0"; }));
  ASSERT_TRUE(wait_until([&] {
    return session_.memory().history().front().memory.source != "auto";
  })) << "a history of two devices would be none";
}

TEST_F(SessionTest, ADeviceThatIsLostIsLeftForAnother) {
  session_.queue().submit(small_request("lose the device"));
  session_.queue().submit(small_request("waits"));
  outcomes(1);
  EXPECT_EQ(session_.queue().status().size(), 1U);
  session_.change({.model = "first", .device = "cpu"});
  EXPECT_TRUE(succeeded(outcomes(1).front()));
}

TEST_F(SessionTest, WhoWatchesIsWoken) {
  const int before = wakes_;
  session_.change({.model = "broken"});
  ASSERT_TRUE(ended(1));
  EXPECT_TRUE(wait_until([&] { return wakes_ >= before + 2; })) << "at its beginning and its end";
}

TEST_F(SessionTest, EndsWhileAChangeIsUnderWay) {
  for (int i = 0; i < 30; ++i) {
    Session session(models_.opener(), {.model = "first"}, save_nowhere);
    session.queue().submit(small_request("a cat", 1000));
    session.change({.model = "second"});
    std::this_thread::sleep_for(i * 20us);
  }
}

}  // namespace
}  // namespace headroom
