#include "actions.h"

#include "headroom/core/lower_case.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/from_picture.h"
#include "headroom/gui_toolkit/open_folder.h"
#include "headroom/image/png_writer.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <imgui.h>

namespace headroom {

void Actions::generate(bool in_front, const std::string& blocked) {
  if (!blocked.empty()) return;
  const ImGuiIO& io = ImGui::GetIO();
  const double since = ImGui::GetTime() - std::exchange(state_.generate_at, ImGui::GetTime());
  if (since < io.MouseDoubleClickTime && !io.KeyShift) return;
  auto request = state_.request();
  if (!request) return;
  if (request->init) {
    const Size size{request->width, request->height};
    request->init = fitter_.fit(request->init, size, mask_of_draft());
    close_mask_tool();  // to see what comes
  }
  state_.history.add(request->prompt);
  state_.forget_size_note();
  state_.ended.reset();
  if (!std::exchange(state_.examples_fold, true)) state_.examples_open = false;
  // The first job takes the canvas; later ones queue up behind what is being looked at.
  if (services_.session.queue().status().empty()) state_.live = true;
  services_.session.queue().submit(std::move(*request), in_front);
}

void Actions::cancel_running() {
  const auto jobs = services_.session.queue().status();
  if (!jobs.empty()) services_.session.queue().cancel(jobs.front().id);
}

template <typename Change>
void Actions::replace(const Message& note, Change change) {
  const std::uint64_t before = state_.record();  // what was typed until now is a step of its own
  const Settings was = state_.settings();
  state_.ended.reset();
  state_.history.add(was.draft.prompt);
  change();
  const std::uint64_t step = state_.record();
  const bool nothing_lost = was.draft.prompt.empty() && step != before;
  if (was == state_.settings() || nothing_lost) return;
  note_undo(note, step);
}

void Actions::note_undo(const Message& note, std::uint64_t step) {
  state_.add_banner(
      {.kind = Banner::Kind::kNote, .text = note, .way = Banner::Way::kUndo, .step = step});
}

void Actions::note_removed(std::vector<GenerationRequest> jobs) {
  if (jobs.empty()) return;
  const bool one = jobs.size() == 1;
  state_.record();
  const Message note = say(one ? "note.removed" : "note.removed.many", jobs.size());
  note_undo(note, state_.undo.record_removed(std::move(jobs)));
}

void Actions::cancel(JobId id) {
  const auto jobs = services_.session.queue().status();
  services_.session.queue().cancel(id);
  for (const JobStatus& job : jobs) {
    if (job.id == id && !job.running) note_removed({job.request});
  }
}

void Actions::move(JobId id, int places) { services_.session.queue().move(id, places); }

void Actions::clear_waiting() { note_removed(services_.session.queue().cancel_waiting()); }

void Actions::escape(double now_s) {
  const auto jobs = services_.session.queue().status();
  if (jobs.empty() || jobs.front().cancelling) return;
  if (state_.escape_cancels(now_s)) {
    state_.escape_at = -1e9;
    services_.session.queue().cancel(jobs.front().id);
  } else {
    state_.escape_at = now_s;
  }
}

int Actions::size_unit() const { return services_.session.current()->model.size_unit; }

void Actions::start_again() {
  for (const FinishedPicture& picture : state_.pictures) {
    if (!picture.save_error.empty() && services_.rescue) services_.rescue(picture);
  }
  state_.start_again = true;
  state_.closing = UiState::Closing::kNow;
}

// The first folder would fail again for each picture.
void Actions::use_output_folder(const std::filesystem::path& folder) {
  if (folder == state_.output_folder.value_or(services_.output_folder)) return;
  state_.output_folder = folder;
  services_.session.queue().save_with(
      [save_to = services_.save_to, folder](const GenerationRequest& request,
                                            const GeneratedImage& picture) {
        FinishedPicture finished;
        finished.request = request;
        finished.picture = picture;
        return save_to(finished, folder);
      });
  state_.add_banner({.kind = Banner::Kind::kNote, .text = say("note.folder", folder)});
}

void Actions::save_unsaved_to(const std::filesystem::path& folder) {
  if (!services_.save_to) return;
  state_.save_trouble.clear();
  std::vector<const FinishedPicture*> saved;
  for (FinishedPicture& picture : state_.pictures) {
    if (picture.save_error.empty()) continue;
    try {
      picture.file = services_.save_to(picture, folder);
      picture.save_error.clear();
      saved.push_back(&picture);
    } catch (const Error& e) {
      state_.save_trouble = e.message();
    }
  }
  // Before the queue goes on.
  if (!saved.empty() && state_.save_trouble.empty()) use_output_folder(folder);
  for (const FinishedPicture* const picture : saved) {
    services_.session.queue().let_go(*picture);
    state_.resolve(UiState::about_saving(*picture));
  }
}

void Actions::undo() {
  const auto step = state_.undo.undo(state_.settings());
  if (!step) return;
  for (const GenerationRequest& request : step->removed) services_.session.queue().submit(request);
  if (step->discarded) state_.put_back(*step->discarded, step->place);
  if (!step->removed.empty() || step->discarded) return;
  state_.apply(step->settings);
  const Size size{state_.draft.width, state_.draft.height};
  if (snap(size, size_unit()) != size) choose_size(size);  // it was of a model with another unit
}

void Actions::redo() {
  if (const auto settings = state_.undo.redo(state_.settings())) state_.apply(*settings);
}

void Actions::choose_size(Size size) {
  state_.ended.reset();
  state_.set_size(size, size_unit());
  state_.forget_size_note();
  if (size != Size{state_.draft.width, state_.draft.height}) {
    state_.size_note = fill(text_.text("size.snapped"), {std::to_string(size_unit())});
  }
}

void Actions::choose_instead(Size wanted, Size fitting) {
  choose_size(fitting);
  state_.instead = {wanted, fitting};
}

void Actions::set_prompt(const std::string& prompt) {
  replace(say("note.prompt"), [&] { state_.draft.prompt = prompt; });
  state_.new_prompt = prompt;
}

void Actions::older_prompt() {
  if (auto prompt = state_.history.older(state_.draft.prompt))
    state_.new_prompt = std::move(prompt);
}

void Actions::newer_prompt() {
  if (auto prompt = state_.history.newer()) state_.new_prompt = std::move(prompt);
}

void Actions::select_picture(std::size_t index) {
  state_.ended.reset();
  state_.live = false;
  close_mask_tool();
  state_.select(index);
}

void Actions::step_selection(int by) {
  if (state_.pictures.empty()) return;
  const auto last = static_cast<int>(state_.pictures.size()) - 1;
  const int now = state_.selected ? static_cast<int>(*state_.selected) : last;
  const int next = now + by;
  if (next < 0) return;
  if (next > last) {
    state_.live = true;
    return;
  }
  select_picture(static_cast<std::size_t>(next));
}

void Actions::show_live() {
  state_.live = true;
  close_mask_tool();
  if (!state_.pictures.empty()) state_.select(state_.pictures.size() - 1);
}

void Actions::use_settings() {
  const FinishedPicture* const picture = state_.selected_picture();
  if (picture == nullptr) return;
  const std::string which = std::to_string(*state_.selected + 1);
  const Start start = bring_back(picture->request.init, picture->file);
  replace(say("note.settings", which), [&] {
    state_.draft = settings_of(*picture);
    state_.draft.init = start.picture;
    state_.mask = start.mask;
    state_.off_loras.clear();
    state_.draft.seed.reset();  // the seed below is this one picture's own
    state_.negative_open = state_.negative_open || !picture->request.negative_prompt.empty();
    state_.seed_text = std::to_string(picture->picture.seed);
    choose_size({picture->request.width, picture->request.height});
  });
  state_.new_prompt = state_.draft.prompt;
}

void Actions::reuse_prompt() {
  if (const FinishedPicture* const picture = state_.selected_picture()) {
    set_prompt(picture->request.prompt);
  }
}

void Actions::reuse_seed() {
  if (const FinishedPicture* const picture = state_.selected_picture()) {
    state_.record();
    state_.seed_text = std::to_string(picture->picture.seed);
    state_.record();
  }
}

namespace {

// As it was saved, with its settings; empty when it is nowhere any more.
std::string png_of(const FinishedPicture& picture) {
  std::ifstream in(picture.file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (bytes.empty() && picture.picture.image) bytes = encode_png(*picture.picture.image, {});
  return bytes;
}

}  // namespace

void Actions::copy_picture() {
  const FinishedPicture* const picture = state_.selected_picture();
  if (picture == nullptr) return;
  std::string png = png_of(*picture);
  if (png.empty()) {
    state_.add_banner({.kind = Banner::Kind::kWarning, .text = say("canvas.gone")});
  } else if (graphics_.copy_picture(std::move(png))) {
    state_.add_banner({.kind = Banner::Kind::kNote, .text = say("note.copied")});
  } else {
    copy_path();
  }
}

void Actions::copy_path() {
  const FinishedPicture* const picture = state_.selected_picture();
  if (picture == nullptr || picture->file.empty()) return;
  ImGui::SetClipboardText(picture->file.c_str());
  state_.add_banner(
      {.kind = Banner::Kind::kNote, .title = say("banner.copied"), .text = picture->file.string()});
}

void Actions::show_in_folder() {
  const FinishedPicture* const picture = state_.selected_picture();
  if (picture == nullptr) return;
  try {
    if (picture->file.empty()) {
      open_folder(state_.output_folder.value_or(services_.output_folder));
    } else {
      show_file(picture->file);
    }
    state_.resolve(UiState::kAboutFolder);
  } catch (const Error& e) {
    state_.add_banner(
        {.title = say("banner.folder"), .text = e.message(), .about = UiState::kAboutFolder});
  }
}

void Actions::take_file(const std::filesystem::path& file) {
  if (state_.sheet == UiState::Sheet::kModels) return add_model_folder(file.string());
  if (!state_.model_folder) {
    const bool weights = lower_ascii(file.extension().string()) == ".safetensors";
    return weights ? add_lora(file) : offer_picture(file);
  }
  state_.dropped_folder = file.string();
}

void Actions::offer_picture(const std::filesystem::path& file) {
  try {
    state_.offered_picture = read_offered_picture(file);
  } catch (const Error& e) {
    state_.add_banner({.text = e.message(), .about = UiState::kAboutOffer});
  }
}

void Actions::take_offered_picture(Part part) {
  if (!state_.offered_picture) return;
  const OfferedPicture& picture = *state_.offered_picture;
  state_.resolve(UiState::kAboutOffer);
  if (part == Part::kImage) return start_from(picture.file);
  const GenerationRequest& told = picture.request;
  const bool all = part == Part::kAll;
  const Start start = all ? bring_back(told.init, picture.file) : Start{};
  replace(say("note.offered", shorten(picture.name, 48)), [&] {
    GenerationRequest& draft = state_.draft;
    if ((all || part == Part::kPrompt) && picture.has_prompt) draft.prompt = told.prompt;
    if ((all || part == Part::kSeed) && told.seed) state_.seed_text = std::to_string(*told.seed);
    if (!all) return;
    draft.negative_prompt = told.negative_prompt;
    state_.negative_open = state_.negative_open || !told.negative_prompt.empty();
    if (picture.has_steps) draft.steps = told.steps;
    if (picture.has_guidance) draft.guidance_scale = told.guidance_scale;
    draft.init = start.picture;
    state_.mask = start.mask;
    if (start.picture) draft.strength = told.strength;
    draft.count = 1;  // the seed is this one picture's own
    if (picture.has_size) choose_size({told.width, told.height});
  });
  if (part != Part::kSeed) state_.new_prompt = state_.draft.prompt;
}

void Actions::save_again() {
  if (!state_.selected_picture() || !services_.save_again) return;
  FinishedPicture& picture = state_.pictures[*state_.selected];
  try {
    picture.file = state_.output_folder ? services_.save_to(picture, *state_.output_folder)
                                        : services_.save_again(picture);
    picture.save_error.clear();
    services_.session.queue().let_go(picture);
    state_.resolve(UiState::about_saving(picture));
    state_.resolve(UiState::kAboutFolder);
    state_.add_banner(
        {.kind = Banner::Kind::kNote, .title = say("banner.saved"), .text = picture.file.string()});
  } catch (const Error& e) {
    picture.save_error = e.message();
    state_.resolve(UiState::about_saving(picture));
    state_.add_banner({.title = say("banner.unsaved"),
                       .text = e.message(),
                       .about = UiState::about_saving(picture)});
  }
}

}  // namespace headroom
