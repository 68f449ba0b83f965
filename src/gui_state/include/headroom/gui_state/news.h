#pragma once
#include "headroom/engine/generation_queue.h"
#include "headroom/gui_state/size_cards.h"
#include "headroom/gui_state/ui_state.h"

#include <array>
#include <cstddef>
#include <map>
#include <vector>

namespace headroom {

// What the queue tells, as banners. Main thread.
class News {
 public:
  explicit News(UiState& state) : state_(state) {}

  void picture(const FinishedPicture& picture);
  void running(const JobStatus& job);
  // `cards`: as far as is known what fits now.
  void outcome(const JobOutcome& outcome, const std::array<SizeCard, kSizePresets.size()>& cards);
  // Whether the queue waits until pictures are saved: told as long as it is so.
  void held(bool is_held);

 private:
  void notices(JobId job, const std::vector<Notice>& notices);

  UiState& state_;
  bool told_slower_ = false;              // once a session is enough
  std::map<JobId, std::size_t> noticed_;  // how many of a job's notices are shown already
};

}  // namespace headroom
