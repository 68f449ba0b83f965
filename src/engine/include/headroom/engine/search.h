#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace headroom {

// Looks for things that files must be opened for, on a thread of its own. is_same(Item, Item) says
// of two findings whether the second is the first with more known of it. The public functions
// belong to one thread.
template <typename Question, typename Item>
class Search {
 public:
  // Tells of each thing that it finds, in the order in which they are shown, and again when it
  // knows more. `found` throws when nobody waits for them any more, which must be let through. What
  // fails finds nothing.
  using Find =
      std::function<void(const Question& question, const std::function<void(Item)>& found)>;

  // `wake` runs on the search's thread when there is something new. An empty `find` finds nothing.
  Search(Find find, std::function<void()> wake)
      : find_(std::move(find)),
        wake_(std::move(wake)),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  // Looks again; a search under way ends.
  void look(const Question& question) {
    if (!find_) return;
    {
      const std::scoped_lock lock(mutex_);
      wanted_ = question;
      ++asked_;
      found_.is_looking = true;
    }
    changed_.notify_one();
  }
  // Nothing is found any more, and a search under way ends: what was found is no answer to what is
  // asked next.
  void forget() {
    const std::scoped_lock lock(mutex_);
    wanted_.reset();
    ++asked_;
    found_ = {};
  }

  struct Found {
    std::vector<Item> items;  // while it is looked again: those of before, until they are replaced
                              // as a whole
    bool is_looking = false;
  };
  [[nodiscard]] Found found() const {  // a copy
    const std::scoped_lock lock(mutex_);
    return found_;
  }

 private:
  struct GiveUp {};  // nobody waits any more

  void run(const std::stop_token& stop) {
    while (true) {
      std::optional<Question> question;
      std::uint64_t asked = 0;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, stop, [&] { return wanted_.has_value(); });
        if (stop.stop_requested()) return;
        question = std::exchange(wanted_, std::nullopt);
        asked = asked_;
      }
      search(*question, asked, stop);
      wake_();
    }
  }

  void search(const Question& question, std::uint64_t asked, const std::stop_token& stop) {
    std::vector<Item> all;
    bool is_first = false;
    {
      const std::scoped_lock lock(mutex_);
      is_first = found_.items.empty();
    }
    try {
      find_(question, [&](Item item) {
        {
          const std::scoped_lock lock(mutex_);
          if (stop.stop_requested() || asked != asked_) throw GiveUp{};
          const auto known = std::find_if(all.begin(), all.end(),
                                          [&](const Item& one) { return is_same(one, item); });
          if (known != all.end()) {
            *known = std::move(item);
          } else {
            all.push_back(std::move(item));
          }
          if (is_first) found_.items = all;  // a list that grows is better than none
        }
        wake_();
      });
    } catch (const GiveUp&) {
      return;
    } catch (const std::exception&) {
      // Those that were found by then are shown.
    }
    const std::scoped_lock lock(mutex_);
    if (asked != asked_) return;
    found_ = {std::move(all), false};
  }

  Find find_;
  std::function<void()> wake_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable_any changed_;
  std::optional<Question> wanted_;
  std::uint64_t asked_ = 0;
  Found found_;
  std::jthread thread_;  // last member
};

}  // namespace headroom
