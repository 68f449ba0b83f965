#include "headroom/gui_actions/settings_actions.h"

#include "headroom/core/error.h"
#include "headroom/gui_actions/undo_notes.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/requests_from_picture.h"

#include <string>
#include <utility>

namespace headroom {

void SettingsActions::use_all() {
  UiState& state = context_.state;
  const FinishedPicture* const picture = state.selected_picture();
  if (picture == nullptr) return;
  const std::string which = std::to_string(*state.selected + 1);
  const auto start = others_.finder.bring_back(picture->request.init, picture->file);
  replace_settings(state, say("note.settings", which), [&] {
    state.draft = settings_of(*picture);
    state.draft.init = start.picture;
    state.mask = start.mask;
    state.outpaint = start.outpaint;
    state.off_loras.clear();
    state.draft.seed.reset();  // the seed taken over below is this picture's own
    state.negative_open = state.negative_open || !picture->request.negative_prompt.empty();
    state.seed_text = std::to_string(picture->picture.seed);
    others_.size.choose({state.draft.width, state.draft.height});
  });
  state.new_prompt = state.draft.prompt;
}

void SettingsActions::use_prompt() {
  if (const FinishedPicture* const picture = context_.state.selected_picture())
    others_.prompt.set(picture->request.prompt);
}

void SettingsActions::use_seed() {
  UiState& state = context_.state;
  if (const FinishedPicture* const picture = state.selected_picture()) {
    state.record();
    state.seed_text = std::to_string(picture->picture.seed);
    state.record();
  }
}

void SettingsActions::offer(const std::filesystem::path& file) {
  try {
    context_.state.offered_picture = read_offered_picture(file);
  } catch (const Error& e) {
    context_.state.add_banner(
        {.kind = Banner::Kind::kWarning, .text = e.message(), .about = UiState::kAboutOffer});
  }
}

bool SettingsActions::offer_text(const std::string& text, const std::string& field) {
  auto offered = read_offered_text(text);
  if (!offered) return false;
  offered->field = field;
  context_.state.offered_picture = std::move(offered);
  return true;
}

void SettingsActions::take_offered(Part part) {
  UiState& state = context_.state;
  if (!state.offered_picture) return;
  const OfferedPicture& picture = *state.offered_picture;
  state.resolve(UiState::kAboutOffer);
  if (part == Part::kImage) return others_.start.use(picture.file);
  const GenerationRequest& told = picture.request;
  const bool all = part == Part::kAll;
  const auto start =
      all ? others_.finder.bring_back(told.init, picture.file) : StartPictureFinder::Start{};
  const Message note = picture.file.empty() ? say("note.offered.text")
                                            : say("note.offered", shorten(picture.name, 48));
  replace_settings(state, note, [&] {
    GenerationRequest& draft = state.draft;
    if ((all || part == Part::kPrompt) && picture.has_prompt) draft.prompt = told.prompt;
    if ((all || part == Part::kSeed) && told.seed) state.seed_text = std::to_string(*told.seed);
    if (!all) return;
    draft.negative_prompt = told.negative_prompt;
    state.negative_open = state.negative_open || !told.negative_prompt.empty();
    if (picture.has_steps) draft.steps = told.steps;
    if (picture.has_guidance) draft.guidance_scale = told.guidance_scale;
    draft.init = start.picture;
    state.mask = start.mask;
    state.outpaint = start.outpaint;
    if (start.picture) draft.strength = told.strength;
    draft.variation = told.variation;
    draft.variety = told.variety;
    draft.seed_mode = told.seed_mode;
    draft.count = 1;  // the seed is this one picture's own
    if (picture.has_size) others_.size.choose({told.width, told.height});
  });
  if (part != Part::kSeed) state.new_prompt = state.draft.prompt;
}

}  // namespace headroom
