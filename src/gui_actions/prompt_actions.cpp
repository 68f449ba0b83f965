#include "headroom/gui_actions/prompt_actions.h"

#include "headroom/gui_actions/undo_notes.h"

#include <utility>

namespace headroom {

void PromptActions::set(const std::string& prompt) {
  UiState& state = context_.state;
  replace_settings(state, say("note.prompt"), [&] { state.draft.prompt = prompt; });
  state.new_prompt = prompt;
}

void PromptActions::older() {
  UiState& state = context_.state;
  if (auto prompt = state.history.older(state.draft.prompt)) state.new_prompt = std::move(prompt);
}

void PromptActions::newer() {
  if (auto prompt = context_.state.history.newer()) context_.state.new_prompt = std::move(prompt);
}

}  // namespace headroom
