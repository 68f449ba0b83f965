#include "headroom/gui_state/session_keeper.h"

#include "headroom/core/error.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/made_picture.h"
#include "headroom/gui_state/start_picture.h"
#include "headroom/records/request_json.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

constexpr std::size_t kMaxPictures = 40;

// The number that counts up from one picture of a job to the next.
std::uint64_t counter_of(const GenerationRequest& job) {
  return job.variation ? job.variation->seed : job.seed.value_or(0);
}

// The same for a picture that only waits to be decoded; its request is that of all its job.
std::uint64_t counter_of_sampled(const GenerationRequest& picture) {
  const SampledPicture& sampled = *picture.sampled;
  return picture.variation ? picture.variation->seed + static_cast<std::uint64_t>(sampled.index)
                           : sampled.seed;
}

// Whether `picture` was asked for as `job` asks, apart from which of its pictures are left and from
// what the session does not store.
bool is_of(const GenerationRequest& job, GenerationRequest picture) {
  picture.prompt_source = job.prompt_source;
  picture.seed = job.seed;
  picture.count = job.count;
  if (picture.variation && job.variation) picture.variation->seed = job.variation->seed;
  return !job.upscale && to_json(picture) == to_json(job);
}

// The rest of `job` when the picture with `counter` and those before it are made, since pictures
// are made in order. Nothing: all are made.
std::optional<GenerationRequest> left_after(const GenerationRequest& job, std::uint64_t counter) {
  const std::uint64_t made = counter - counter_of(job) + 1;
  const auto count = static_cast<std::uint64_t>(job.count);
  if (!job.seed || made == 0 || made > count) return job;
  if (made == count) return std::nullopt;
  return rest_of(job, static_cast<int>(made));
}

// Removes pictures that only wait to be decoded from the jobs.
std::vector<GenerationRequest> without(std::vector<GenerationRequest> jobs,
                                       const std::vector<GenerationRequest>& sampled) {
  for (const GenerationRequest& picture : sampled) {
    std::vector<GenerationRequest> left;
    for (GenerationRequest& job : jobs) {
      if (!is_of(job, picture)) {
        left.push_back(std::move(job));
      } else if (auto rest = left_after(job, counter_of_sampled(picture))) {
        left.push_back(*std::move(rest));
      }
    }
    jobs = std::move(left);
  }
  return jobs;
}

// The job as it will begin next time; nothing when its rest is stored elsewhere.
std::optional<GenerationRequest> left_of(const JobStatus& job) {
  if (job.request.sampled) return std::nullopt;
  GenerationRequest request = job.request;
  if (!request.seed) request.seed = job.seed;
  return rest_of(std::move(request), job.running ? job.image_index : 0);
}

// Reads the start picture of a restored draft again. If its file is missing it stays by name,
// since the file may come back.
void reread_start(UiState& state) {
  StartPicture& start = state.draft.init;
  if (!start) return;
  try {
    start = read_start_picture(start->file.path);
    state.remember_start(start->file);
  } catch (const Error&) {
    state.add_banner({.kind = Banner::Kind::kWarning,
                      .text = say("banner.start_lost", shorten(start->file.name, 48)),
                      .about = UiState::kAboutImage});
  }
}

}  // namespace

SessionKeeper::SessionKeeper(const WindowServices& services, MaskStore& masks)
    : services_(services), masks_(masks), file_(services.session_folder) {
  std::string damaged;
  last_ = file_.read(damaged);
  damaged_ = damaged;
}

std::optional<WindowPlace> SessionKeeper::place() const {
  const WindowOptions& asked = services_.config.window;
  const auto& p = last_.place;
  if (!p || p->asked_width != asked.width || p->asked_height != asked.height) return std::nullopt;
  return WindowPlace{p->x, p->y, p->width, p->height, p->maximized};
}

void SessionKeeper::restore_mask(UiState& state) const {
  if (!last_.mask || !state.draft.init) return;
  state.mask = masks_.find(*last_.mask);  // the restored strength already belongs to it
  if (state.mask) return;
  if (state.draft.strength == kDefaultRepaintStrength) state.draft.strength = kDefaultStrength;
  state.add_banner({.kind = Banner::Kind::kWarning,
                    .text = say("banner.mask_lost"),
                    .about = UiState::kAboutImage});
}

void SessionKeeper::restore(UiState& state) {
  if (!damaged_.empty()) {
    state.add_banner({.kind = Banner::Kind::kWarning, .text = say("session.damaged", damaged_)});
  }
  for (const std::string& prompt : last_.prompts) state.history.add(prompt);
  state.known_starts = last_.starts;
  state.lora_files = last_.lora_files;
  state.loras_changed = true;
  state.recent_models = last_.recent_models;
  state.remember_model(services_.session.current()->choice.model);
  state.examples_fold = !last_.pictures.empty();
  state.examples_open = !state.examples_fold;
  if (last_.settings) {
    GenerationRequest draft = last_.settings->draft;
    if (last_.model != services_.session.current()->model.name) {  // they belong to a model
      draft.steps = state.draft.steps;
      draft.guidance_scale = state.draft.guidance_scale;
      draft.negative_prompt = state.draft.negative_prompt;
    }
    state.draft = draft;
    reread_start(state);
    if (state.draft.init) state.outpaint = last_.settings->outpaint;
    restore_mask(state);
    state.seed_text = last_.settings->seed_text;
    state.negative_open = !draft.negative_prompt.empty();
    state.set_size({draft.width, draft.height}, services_.session.current()->model.size_unit);
    state.locked_ratio = last_.settings->locked_ratio;
    state.off_loras = last_.settings->off_loras;
    state.undo = UndoStack(state.settings());
  }
  if (!last_.rescued.empty()) {
    const std::vector<Message> files{last_.rescued.begin(), last_.rescued.end()};
    state.add_banner(
        {.kind = Banner::Kind::kWarning, .title = say("banner.rescued"), .text = say_list(files)});
  }
  for (const Message& fault : services_.resumable_faults) {
    state.add_banner({.kind = Banner::Kind::kWarning, .text = fault});
  }
  std::vector<GenerationRequest> jobs = services_.resumable;
  for (GenerationRequest& job : without(std::move(last_.queue), services_.resumable)) {
    jobs.push_back(std::move(job));
  }
  state.offer(std::move(jobs));
}

// Reported once, and removed when the session can be saved again.
void SessionKeeper::tell(UiState& state, const SavedSession& session, const Message& trouble) {
  if (trouble.empty()) {
    state.resolve(UiState::kAboutUnkept);
  } else if (state.unkept.empty()) {
    state.add_banner({.kind = Banner::Kind::kWarning,
                      .title = say("banner.unkept"),
                      .text = trouble,
                      .about = UiState::kAboutUnkept});
  }
  state.unkept = trouble;
  state.forgotten = {};
  unkept_.clear();
  if (trouble.empty()) return;
  unkept_ = session_text(session);
  state.forgotten = forgotten(session, file_.kept());
  // Nor is what the model recommends, or a prompt that is stored in a picture.
  if (state.draft.negative_prompt == services_.session.current()->model.negative_prompt)
    state.forgotten.negative = false;
  std::erase_if(state.forgotten.prompts, [&](const std::string& prompt) {
    return prompt != state.draft.prompt &&
           std::ranges::any_of(state.pictures, [&](const FinishedPicture& picture) {
             return !picture.file.empty() && picture.request.prompt == prompt;
           });
  });
}

bool SessionKeeper::restore_picture(UiState& state) {
  if (last_.pictures.empty()) return false;
  const std::filesystem::path file = std::exchange(last_.pictures.back(), {});
  last_.pictures.pop_back();
  auto picture = read_made_picture(file, next_id_);
  if (!picture) {
    // A file that is gone was moved away or deleted by the user.
    std::error_code error;
    if (std::filesystem::exists(file, error)) unread_.emplace_back(file.string());
    if (last_.pictures.empty()) tell_unread(state);
    return true;
  }
  --next_id_;
  state.add_older_picture(*std::move(picture));
  if (last_.pictures.empty()) tell_unread(state);
  return true;
}

void SessionKeeper::tell_unread(UiState& state) {
  if (unread_.empty()) return;
  state.add_banner({.kind = Banner::Kind::kWarning,
                    .text = say("banner.unread_pictures", say_list(std::exchange(unread_, {})))});
}

void SessionKeeper::save(UiState& state, const std::vector<JobStatus>& jobs,
                         const WindowPlace& place) {
  const WindowOptions& asked = services_.config.window;
  SavedSession session{.model = services_.session.current()->model.name,
                       .settings = state.settings(),
                       .mask = std::nullopt,
                       .prompts = state.history.all(),
                       .place = SavedSession::Place{place.x, place.y, place.width, place.height,
                                                    place.maximized, asked.width, asked.height},
                       .pictures = last_.pictures,
                       .rescued = state.rescued,
                       .queue = state.offered,
                       .lora_files = state.lora_files,
                       .recent_models = state.recent_models,
                       .starts = state.known_starts};
  std::erase_if(session.queue, [](const auto& offered) { return offered.sampled != nullptr; });
  for (const FinishedPicture& picture : state.pictures) {
    if (!picture.file.empty()) session.pictures.push_back(picture.file);
  }
  const auto many = static_cast<std::ptrdiff_t>(session.pictures.size());
  const auto most = static_cast<std::ptrdiff_t>(kMaxPictures);
  if (many > most) session.pictures.erase(session.pictures.begin(), session.pictures.end() - most);
  for (const JobStatus& job : jobs) {
    if (job.cancelling) continue;
    if (auto left = left_of(job)) session.queue.push_back(*std::move(left));
  }
  Message trouble;
  const auto try_to = [&](const auto& write) {
    try {
      write();
    } catch (const Error& e) {
      trouble = e.message();
    }
  };
  if (state.mask) {
    session.mask = masks_.file_of(state.mask);
    try_to([&] { masks_.keep(state.mask); });
  }
  try_to([&] { file_.write(session); });
  tell(state, session, trouble);
}

}  // namespace headroom
