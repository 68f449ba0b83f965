#include "headroom/engine/search.h"

#include "headroom/engine/model_offer.h"

#include "engine/queue_test_support.h"

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace headroom {
namespace {
using namespace headroom::test;

ModelOffer offer(const std::string& name) {
  ModelOffer found;
  found.model = found.name = name;
  return found;
}

std::vector<std::string> names(const ModelSearch& search) {
  std::vector<std::string> all;
  for (const ModelOffer& found : search.found().items) all.push_back(found.name);
  return all;
}

bool is_over(const ModelSearch& search) {
  return wait_until([&] { return !search.found().is_looking; });
}

TEST(Search, ShowsEachModelAsItIsFoundAndWakes) {
  std::atomic<int> may_find = 1;
  std::atomic<int> wakes = 0;
  ModelSearch search(
      [&](const SessionChoice&, const std::function<void(ModelOffer)>& found) {
        for (int i = 1; i <= 2; ++i) {
          EXPECT_TRUE(wait_until([&] { return may_find >= i; }));
          found(offer(std::to_string(i)));
        }
      },
      [&] { ++wakes; });
  EXPECT_FALSE(search.found().is_looking) << "not before it is asked";
  search.look({});
  EXPECT_TRUE(search.found().is_looking);
  ASSERT_TRUE(wait_until([&] { return names(search) == std::vector<std::string>{"1"}; }));
  may_find = 2;
  ASSERT_TRUE(is_over(search));
  EXPECT_EQ(names(search), (std::vector<std::string>{"1", "2"}));
  EXPECT_TRUE(wait_until([&] { return wakes >= 3; }));
}

TEST(Search, KeepsWhatItFoundUntilItHasLookedAgain) {
  std::atomic<bool> may_end = true;
  std::atomic<int> looked = 0;
  ModelSearch search(
      [&](const SessionChoice& present, const std::function<void(ModelOffer)>& found) {
        ++looked;
        found(offer(present.device));
        EXPECT_TRUE(wait_until([&] { return may_end.load(); }));
        found(offer("last"));
      },
      [] {});
  search.look({.device = "cpu"});
  ASSERT_TRUE(is_over(search));
  may_end = false;
  search.look({.device = "cuda"});
  ASSERT_TRUE(wait_until([&] { return looked == 2; }));
  EXPECT_EQ(names(search), (std::vector<std::string>{"cpu", "last"}));
  may_end = true;
  ASSERT_TRUE(is_over(search));
  EXPECT_EQ(names(search), (std::vector<std::string>{"cuda", "last"}));
}

TEST(Search, ANewerQuestionEndsTheOlderSearch) {
  std::atomic<bool> asked_again = false;
  ModelSearch search(
      [&](const SessionChoice& present, const std::function<void(ModelOffer)>& found) {
        found(offer(name_of(present.dtype)));
        if (present.dtype == NumberFormat::kFloat32) {
          EXPECT_TRUE(wait_until([&] { return asked_again.load(); }));
        }
        found(offer("second"));
      },
      [] {});
  search.look({.dtype = NumberFormat::kFloat32});
  ASSERT_TRUE(wait_until([&] { return !names(search).empty(); }));
  search.look({.dtype = NumberFormat::kBfloat16});
  asked_again = true;
  ASSERT_TRUE(is_over(search));
  EXPECT_EQ(names(search), (std::vector<std::string>{"bf16", "second"}));
}

TEST(Search, WhatFailsShowsWhatItFoundBefore) {
  ModelSearch search(
      [](const SessionChoice&, const std::function<void(ModelOffer)>& found) {
        found(offer("1"));
        throw std::runtime_error("a disk that was unplugged");
      },
      [] {});
  search.look({});
  ASSERT_TRUE(is_over(search));
  EXPECT_EQ(names(search), std::vector<std::string>{"1"});
}

// What is known of a thing later takes its place, where it stands.
TEST(Search, ShowsMoreOfAThingWhereItStands) {
  std::atomic<bool> may_end = false;
  ModelSearch search(
      [&](const SessionChoice&, const std::function<void(ModelOffer)>& found) {
        found(offer("1"));
        found(offer("2"));
        ModelOffer more = offer("1");
        more.file_bytes = 7;
        found(more);
        EXPECT_TRUE(wait_until([&] { return may_end.load(); }));
      },
      [] {});
  search.look({});
  ASSERT_TRUE(wait_until([&] {
    const auto found = search.found();
    return found.items.size() == 2 && found.items[0].file_bytes == 7;
  })) << "it does not wait for the end";
  EXPECT_EQ(names(search), (std::vector<std::string>{"1", "2"}));
  may_end = true;
  ASSERT_TRUE(is_over(search));
  EXPECT_EQ(names(search), (std::vector<std::string>{"1", "2"}));
}

TEST(Search, ForgetsWhatIsNoAnswerToWhatIsAskedNext) {
  std::atomic<bool> may_go_on = false;
  ModelSearch search(
      [&](const SessionChoice& present, const std::function<void(ModelOffer)>& found) {
        found(offer(present.device + "1"));
        EXPECT_TRUE(wait_until([&] { return may_go_on.load(); }));
        found(offer(present.device + "2"));
      },
      [] {});
  search.look({.device = "cpu"});
  ASSERT_TRUE(wait_until([&] { return !names(search).empty(); }));
  search.forget();
  EXPECT_TRUE(search.found().items.empty());
  EXPECT_FALSE(search.found().is_looking);
  may_go_on = true;
  search.look({.device = "cuda"});
  ASSERT_TRUE(is_over(search));
  EXPECT_EQ(names(search), (std::vector<std::string>{"cuda1", "cuda2"}));
}

TEST(Search, WithoutASourceItFindsNothing) {
  ModelSearch search({}, [] {});
  search.look({});
  EXPECT_FALSE(search.found().is_looking);
  EXPECT_TRUE(search.found().items.empty());
}

}  // namespace
}  // namespace headroom
