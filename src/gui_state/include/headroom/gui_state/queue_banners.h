#pragma once
#include "headroom/engine/generation_queue.h"
#include "headroom/gui_state/size_cards.h"
#include "headroom/gui_state/ui_state.h"

#include <array>
#include <cstddef>
#include <map>
#include <vector>

namespace headroom {

// "Cancelled at step 60 of 300 · picture 2 of 5".
[[nodiscard]] Message ended_message(const UiState::Ended& ended);

// Turns the queue's notices and outcomes into banners. Main thread.
class QueueBanners {
 public:
  explicit QueueBanners(UiState& state) : state_(state) {}

  void picture(const FinishedPicture& picture);
  void running(const JobStatus& job);
  // `cards`: what is known about which sizes fit now. `others_wait`: the progress bar belongs to
  // another job at once, so a note says where a cancelled one stopped.
  void outcome(const JobOutcome& outcome, const std::array<SizeCard, kSizePresets.size()>& cards,
               bool others_wait = false);
  // Whether the queue waits for pictures to be saved; there is a banner while it does.
  void held(bool is_held);

 private:
  void notices(JobId job, const std::vector<Notice>& notices);

  UiState& state_;
  bool told_slower_ = false;              // told once per session
  std::map<JobId, std::size_t> noticed_;  // how many of each job's notices were shown
};

}  // namespace headroom
