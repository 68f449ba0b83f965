#include "headroom/gui_state/session_banners.h"

#include "headroom/gui_state/format.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace headroom {
namespace {

// "Z-Image-Turbo" for a repository, a folder or a file.
Message short_name(const std::string& model) {
  if (model.empty()) return say("top.starter");
  std::filesystem::path path(model);
  if (!path.has_filename()) path = path.parent_path();
  return path.filename().string();
}

}  // namespace

Message label_of(const SessionChoice& to, const ModelOnDevice& now) {
  if (to.model != now.choice.model) return short_name(to.model);
  return to.device != now.choice.device ? to.device : name_of(to.dtype);
}

Message title_of(const ModelInfo& model) {
  return model.is_starter ? say("top.starter") : Message(model.name);
}

bool SessionBanners::follow(const Session::State& session, bool is_running) {
  const bool is_new = session.current != opened_ || session.changed.number != number_ ||
                      session.change.has_value() != changes_;
  changes_ = session.change.has_value();
  if (session.current != opened_) {
    if (opened_) taken(*opened_, *session.current);
    opened_ = session.current;
    if (!opened_->warning.empty()) {
      state_.add_banner({.kind = Banner::Kind::kWarning,
                         .text = opened_->warning,
                         .about = UiState::kAboutStart});
    }
  }
  ended(session);
  waits(session, is_running);
  return is_new;
}

void SessionBanners::taken(const ModelOnDevice& was, const ModelOnDevice& now) {
  state_.resolve(UiState::kAboutStart);
  state_.resolve(UiState::kAboutChange);
  state_.ended.reset();
  state_.remember_model(now.choice.model);
  const std::uint64_t step = state_.take_model(was.model, now.model);
  const Message name = title_of(now.model);
  if (step == 0) {
    state_.add_banner({.kind = Banner::Kind::kNote,
                       .text = say("note.change", name, now.dtype, device_label(now.device_name))});
    return;
  }
  const GenerationRequest& draft = state_.draft;
  state_.add_banner(
      {.kind = Banner::Kind::kNote,
       .text = say("note.change.settings", name, draft.steps, format_number(draft.guidance_scale),
                   to_string(Size{draft.width, draft.height})),
       .way = Banner::Way::kUndo,
       .step = step});
}

void SessionBanners::ended(const Session::State& session) {
  const bool is_new = std::exchange(number_, session.changed.number) != session.changed.number;
  const auto& failure = session.changed.failure;
  // The user's question stays open until it is known whether the model can be opened.
  if (state_.model_opening) {
    const bool is_over = !session.change || session.change->is_opened;
    if (!is_over) return;
    const bool failed = session.changed.number != *state_.model_opening && failure;
    state_.model_opening.reset();
    if (failed) {
      state_.model_trouble = failure->message;
      return;
    }
    state_.model_folder.reset();
  }
  if (!is_new || !failure) return;
  state_.resolve(UiState::kAboutChange);
  state_.add_banner({.title = say("banner.change", label_of(session.changed.to, *session.current),
                                  title_of(session.current->model)),
                     .text = failure->message,
                     .about = UiState::kAboutChange});
}

void SessionBanners::waits(const Session::State& session, bool is_running) {
  const auto waiting = [](const Banner& b) { return b.way == Banner::Way::kKeepModel; };
  if (!session.change || !session.change->is_opened || !is_running) {
    std::erase_if(state_.banners, waiting);
    std::erase_if(state_.folded, waiting);
    return;
  }
  if (std::ranges::any_of(state_.banners, waiting) || std::ranges::any_of(state_.folded, waiting))
    return;
  state_.add_banner(
      {.kind = Banner::Kind::kNote,
       .text = say("banner.change.waits", label_of(session.change->to, *session.current)),
       .about = UiState::kAboutChange,
       .way = Banner::Way::kKeepModel});
}

}  // namespace headroom
