#include "headroom/gui_actions/job_actions.h"

#include "headroom/core/error.h"
#include "headroom/gui_actions/undo_notes.h"

#include <utility>

namespace headroom {

void JobActions::generate(const GeneratePress& press, const std::string& blocked) {
  UiState& state = context_.state;
  if (!blocked.empty()) return;
  const double since = press.at_s - std::exchange(state.generate_at, press.at_s);
  const auto before = std::exchange(pressed_with_, state.settings());
  if (since < kDoubleClick_s && !press.repeats && before == pressed_with_) return;
  auto request = state.request();
  if (!request) return;
  if (request->init) {
    request->init = finder_.of_draft(*request);
    state.mask_tool.close();  // to show the coming picture
  }
  state.history.add(request->prompt);
  state.forget_size_note();
  if (!std::exchange(state.examples_fold, true)) state.examples_open = false;
  context_.submit(std::move(*request), press.in_front);
}

void JobActions::queue_offered() {
  UiState& state = context_.state;
  std::vector<GenerationRequest> left;
  Message trouble;
  for (GenerationRequest& request : std::exchange(state.offered, {})) {
    try {
      if (request.init && !request.sampled) request.init = finder_.of_record(request, {});
      context_.services.session.queue().submit(std::move(request));
    } catch (const Error& e) {
      trouble = e.message();
      left.push_back(std::move(request));
    }
  }
  if (left.empty()) return;
  // These stay on offer, and in the session, until their start picture is found.
  state.offered = std::move(left);
  state.add_banner({.kind = Banner::Kind::kWarning,
                    .title = say("banner.not_queued"),
                    .text = trouble,
                    .way = Banner::Way::kQueueOffered});
}

void JobActions::decline_offered() {
  UiState& state = context_.state;
  std::vector<GenerationRequest> jobs = std::exchange(state.offered, {});
  if (jobs.empty()) return;
  for (const GenerationRequest& job : jobs) {
    if (job.sampled != nullptr) state.given_up.push_back(job.sampled);
  }
  const Message note =
      jobs.size() == 1 ? say("note.declined") : say("note.declined.many", jobs.size());
  state.record();
  note_undo(state, note, state.undo.record_declined(std::move(jobs)));
}

void JobActions::cancel_running() {
  GenerationQueue& queue = context_.services.session.queue();
  const auto jobs = queue.status();
  if (!jobs.empty()) queue.cancel(jobs.front().id);
}

void JobActions::cancel(JobId id) {
  GenerationQueue& queue = context_.services.session.queue();
  const auto jobs = queue.status();
  queue.cancel(id);
  for (const JobStatus& job : jobs) {
    if (job.id == id && !job.running) note_removed({job.request});
  }
}

void JobActions::clear_waiting() {
  note_removed(context_.services.session.queue().cancel_waiting());
}

void JobActions::move(JobId id, int places) { context_.services.session.queue().move(id, places); }

void JobActions::escape(double now_s) {
  UiState& state = context_.state;
  GenerationQueue& queue = context_.services.session.queue();
  const auto jobs = queue.status();
  if (jobs.empty() || jobs.front().cancelling) return;
  if (state.escape_cancels(now_s)) {
    state.escape_at = -1e9;
    queue.cancel(jobs.front().id);
  } else {
    state.escape_at = now_s;
  }
}

void JobActions::note_removed(std::vector<GenerationRequest> jobs) {
  if (jobs.empty()) return;
  UiState& state = context_.state;
  const bool one = jobs.size() == 1;
  state.record();
  const Message note = say(one ? "note.removed" : "note.removed.many", jobs.size());
  note_undo(state, note, state.undo.record_removed(std::move(jobs)));
}

}  // namespace headroom
