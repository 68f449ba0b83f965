#include "headroom/gui_state/queue_banners.h"

#include "headroom/gui_state/format.h"
#include "headroom/gui_state/saved_session.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace headroom {
namespace {

// After a run that ran out of memory: the next smaller preset that is known to fit.
std::optional<Size> smaller_size(Size asked,
                                 const std::array<SizeCard, kSizePresets.size()>& cards) {
  std::optional<Size> best;
  const auto area = [](Size s) { return s.width * s.height; };
  for (const SizeCard& card : cards) {
    const Size size = card.preset.size;
    if (card.state == CardState::kShort || area(size) >= area(asked)) continue;
    if (!best || area(size) > area(*best)) best = size;
  }
  return best;
}

}  // namespace

Message ended_message(const UiState::Ended& ended) {
  const JobOutcome::Place& at = ended.place;
  const Message stage = say("stage." + std::string(stage_name(at.stage)));
  const bool has_steps = at.stage == Stage::kDenoise && at.step > 0;
  Message text =
      has_steps
          ? say(ended.failed ? "progress.failed" : "progress.cancelled", at.step, at.total_steps)
          : say(ended.failed ? "progress.failed.stage" : "progress.cancelled.stage", stage);
  if (ended.count == 1) return text;
  const Message picture = say("progress.picture", at.image_index + 1, ended.count);
  return say("progress.of_job", text, picture);
}

void QueueBanners::picture(const FinishedPicture& picture) {
  state_.resolve(UiState::about_making(picture.request));
  if (picture.save_error.empty()) return;
  state_.add_banner({.title = say("banner.unsaved"),
                     .text = picture.save_error,
                     .about = UiState::about_saving(picture)});
}

void QueueBanners::notices(JobId job, const std::vector<Notice>& notices) {
  std::size_t& shown = noticed_[job];
  for (; shown < notices.size(); ++shown) {
    const bool slower = notices[shown].times > 0;
    if (slower && std::exchange(told_slower_, true)) continue;
    const bool of_run = notices[shown].kind == Notice::Kind::kPlanChanged;
    state_.add_banner({.kind = Banner::Kind::kWarning,
                       .text = notice_message(notices[shown]),
                       .about = of_run ? UiState::about_run(job) : std::string()});
  }
}

void QueueBanners::running(const JobStatus& job) { notices(job.id, job.notices); }

void QueueBanners::outcome(const JobOutcome& outcome,
                           const std::array<SizeCard, kSizePresets.size()>& cards,
                           bool others_wait) {
  notices(outcome.id, outcome.notices);
  noticed_.erase(outcome.id);
  const auto* const failure = std::get_if<Failure>(&outcome.value);
  if (outcome.place && !std::holds_alternative<std::monostate>(outcome.value)) {
    state_.ended = {*outcome.place, outcome.request.count, failure != nullptr};
    if (others_wait && failure == nullptr) {
      state_.add_banner({.kind = Banner::Kind::kNote,
                         .title = shorten(outcome.request.prompt, 48),
                         .text = ended_message(*state_.ended)});
    }
  }
  // The run is over; its picture's record says that it was re-planned.
  state_.resolve(UiState::about_run(outcome.id));
  if (failure == nullptr) return;
  Banner banner;
  banner.about = UiState::about_making(outcome.request);
  banner.title = say("banner.failed", shorten(outcome.request.prompt, 48));
  banner.text = failure->message;
  if (failure->kind == ErrorKind::kOutOfMemory) {
    banner.suggestion = smaller_size({outcome.request.width, outcome.request.height}, cards);
    if (banner.suggestion) banner.way = Banner::Way::kUseSize;
  }
  if (failure->kind == ErrorKind::kDevice) {
    // Nothing can run until the program is restarted; the session keeps the job until then.
    state_.offered.insert(state_.offered.begin(), rest_of(outcome.request, outcome.pictures));
    banner.way = Banner::Way::kStartAgain;
  }
  state_.add_banner(std::move(banner));
}

void QueueBanners::held(bool is_held) {
  if (!is_held) return state_.resolve(UiState::kAboutHeld);
  const auto tells = [](const Banner& b) { return b.about == UiState::kAboutHeld; };
  if (std::ranges::any_of(state_.banners, tells)) return;
  state_.add_banner({.title = say("banner.held"),
                     .text = say("banner.held.how", state_.unsaved()),
                     .about = UiState::kAboutHeld,
                     .way = Banner::Way::kSave});
}

}  // namespace headroom
