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

// A search that has to open files, on its own thread. is_same(Item, Item) says whether two
// findings are about the same thing, the second with more known of it. The public functions may be
// called from one thread only.
template <typename Question, typename Item>
class Search {
 public:
  // Calls `found` for each finding, in the order in which they are shown, and again when more is
  // known about one. `found` throws when nobody waits any more; that must be passed on. A search
  // that fails finds nothing.
  using Find =
      std::function<void(const Question& question, const std::function<void(Item)>& found)>;

  // `wake` is called on the search's thread when there is something new. An empty `find` finds
  // nothing.
  Search(Find find, std::function<void()> wake)
      : find_(std::move(find)),
        wake_(std::move(wake)),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  // Starts a new search; one under way ends.
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
  // Ends a search under way and forgets its findings, since they are no answer to the next
  // question.
  void forget() {
    const std::scoped_lock lock(mutex_);
    wanted_.reset();
    ++asked_;
    found_ = {};
  }

  struct Found {
    // During a new search: the old ones, until they are replaced as a whole.
    std::vector<Item> items;
    bool is_looking = false;
  };
  [[nodiscard]] Found found() const {  // a copy
    const std::scoped_lock lock(mutex_);
    return found_;
  }

 private:
  struct GiveUp {};  // thrown when nobody waits any more

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
          if (is_first) found_.items = all;  // show a growing list rather than none
        }
        wake_();
      });
    } catch (const GiveUp&) {
      return;
    } catch (const std::exception&) {
      // A failed search shows what it had found by then.
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
