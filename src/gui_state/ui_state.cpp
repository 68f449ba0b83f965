#include "headroom/gui_state/ui_state.h"

#include "headroom/core/typed_numbers.h"
#include "headroom/gui_state/origins.h"
#include "headroom/gui_state/start_picture.h"
#include "headroom/image/outpaint.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace headroom {
namespace {

constexpr std::size_t kMaxPictures = 200;
constexpr std::size_t kMaxPixelBytes = std::size_t{32} << 20;
constexpr std::size_t kMaxBanners = 3;
constexpr std::size_t kMaxFolded = 20;
constexpr std::size_t kMaxStarts = 100;
constexpr std::size_t kMaxLoras = 50;
constexpr std::size_t kMaxModels = 10;  // models used last

}  // namespace

void PromptHistory::add(const std::string& prompt) {
  if (prompt.find_first_not_of(" \n\t") == std::string::npos) return;
  std::erase(prompts_, prompt);
  prompts_.push_back(prompt);
  at_ = prompts_.size();
}

std::optional<std::string> PromptHistory::older(const std::string& current) {
  if (at_ == prompts_.size()) {
    typed_ = current;
    // The last submitted prompt is usually still in the field: skip it.
    if (at_ > 0 && prompts_[at_ - 1] == current) --at_;
  }
  if (at_ == 0) return std::nullopt;
  return prompts_[--at_];
}

std::optional<std::string> PromptHistory::newer() {
  if (at_ >= prompts_.size()) return std::nullopt;
  return ++at_ == prompts_.size() ? typed_ : prompts_[at_];
}

void EntryNote::follow(const Settings& now) {
  if (text.empty()) return;
  if (!entered) entered = now;
  if (*entered != now) *this = {};
}

void UiState::end_frame(unsigned active, bool popup_is_open) {
  popup_was_open = popup_is_open;
  item_was_active = active != 0;
  places = std::exchange(next_places, {});
  if (std::exchange(active_item, active) != active || active == 0) record();
  number_note.follow(settings());
  seed_note.follow(settings());
  side_note.follow(settings());
}

void UiState::apply(const Settings& settings) {
  history.add(draft.prompt);
  draft = settings.draft;
  new_prompt = draft.prompt;
  seed_text = settings.seed_text;
  locked_ratio = settings.locked_ratio;
  off_loras = settings.off_loras;
  mask = settings.mask;
  outpaint = settings.outpaint;
  canvas_drag.reset();
  mask_tool.drawn.reset();
  negative_open = negative_open || !draft.negative_prompt.empty();
  typed_width = draft.width;
  typed_height = draft.height;
  asked_size = {draft.width, draft.height};
  forget_size_note();
}

void UiState::forget_size_note() {
  size_note.clear();
  side_note = {};
  instead.reset();
}

void UiState::reset_to(const ModelInfo& model) {
  draft.steps = model.steps;
  draft.guidance_scale = model.guidance_scale;
  finish.strength = model.refine_strength;
  draft.negative_prompt = model.negative_prompt;
  negative_open = !model.negative_prompt.empty();
  set_size({draft.width, draft.height}, model.size_unit);
  undo = UndoStack(settings());
}

std::uint64_t UiState::take_model(const ModelInfo& was, const ModelInfo& now) {
  record();  // what was typed so far becomes a separate step
  const Settings before = settings();
  if (draft.steps == was.steps) draft.steps = now.steps;
  if (draft.guidance_scale == was.guidance_scale) draft.guidance_scale = now.guidance_scale;
  if (finish.strength == was.refine_strength) finish.strength = now.refine_strength;
  if (draft.negative_prompt == was.negative_prompt) {
    draft.negative_prompt = now.negative_prompt;
    negative_open = negative_open || !now.negative_prompt.empty();
  }
  take_size({draft.width, draft.height}, now.size_unit);
  forget_size_note();
  return settings() == before ? 0 : record();
}

void UiState::set_size(Size size, int unit) {
  asked_size = size;
  if (locked_ratio) locked_ratio = size;
  take_size(size, unit);
}

void UiState::take_size(Size size, int unit) {
  const Size snapped = snap(size, unit);
  draft.width = typed_width = snapped.width;
  draft.height = typed_height = snapped.height;
}

void UiState::lock_ratio(bool on) {
  locked_ratio.reset();
  if (on) locked_ratio = asked_size;
}

bool UiState::keeps_ratio() const {
  return !locked_ratio || std::int64_t{draft.width} * locked_ratio->height ==
                              std::int64_t{draft.height} * locked_ratio->width;
}

bool UiState::commit_width(int unit) {
  const int typed = typed_width;
  asked_size.width = typed;
  Size size{typed, draft.height};
  if (locked_ratio) {
    size.height =
        static_cast<int>(std::lround(1.0 * typed * locked_ratio->height / locked_ratio->width));
  }
  take_size(size, unit);
  return draft.width != typed;
}

bool UiState::commit_height(int unit) {
  const int typed = typed_height;
  asked_size.height = typed;
  Size size{draft.width, typed};
  if (locked_ratio) {
    size.width =
        static_cast<int>(std::lround(1.0 * typed * locked_ratio->width / locked_ratio->height));
  }
  take_size(size, unit);
  return draft.height != typed;
}

void UiState::swap_sides() {
  std::swap(draft.width, draft.height);
  std::swap(asked_size.width, asked_size.height);
  if (locked_ratio) std::swap(locked_ratio->width, locked_ratio->height);
  typed_width = draft.width;
  typed_height = draft.height;
}

Size UiState::mask_is_for() const {
  if (outpaint == Margins{} || !draft.init) return {draft.width, draft.height};
  return {draft.init->image.width, draft.init->image.height};
}

Size UiState::canvas_size() const {
  return extended_size({draft.init->image.width, draft.init->image.height}, outpaint);
}

void UiState::follow_repaint(bool repainted) {
  if (!repainted && repaints() && draft.strength == kDefaultStrength)
    draft.strength = kDefaultRepaintStrength;
  if (repainted && !repaints() && draft.strength == kDefaultRepaintStrength)
    draft.strength = kDefaultStrength;
}

void UiState::set_mask(MaskPointer painted) {
  if (painted && painted->is_empty()) painted.reset();
  const bool repainted = repaints();
  mask = std::move(painted);
  follow_repaint(repainted);
}

void UiState::set_outpaint(const Margins& margins) {
  const bool repainted = repaints();
  outpaint = margins;
  follow_repaint(repainted);
}

void UiState::leave_mask_tool() {
  const auto opening = std::exchange(mask_tool.opening, {});
  mask_tool.close();
  if (!opening) return;
  const auto& [before, after, step] = *opening;
  const bool is_used =
      draft.init != after.draft.init || mask != after.mask || outpaint != after.outpaint;
  if (is_used) return;
  record();
  if (undo.newest() == step) static_cast<void>(undo.undo(settings()));  // no step is left of it
  if (draft.strength == after.draft.strength) draft.strength = before.draft.strength;
  draft.init = before.draft.init;
  mask = before.mask;
  outpaint = before.outpaint;
  record();
  resolve(kAboutImage);
}

void UiState::remember_start(const InitImage::File& file) {
  std::erase_if(known_starts, [&](const auto& known) { return known.sha256 == file.sha256; });
  known_starts.push_back(file);
  if (known_starts.size() > kMaxStarts) known_starts.erase(known_starts.begin());
}

void UiState::remember_lora(const std::filesystem::path& file) {
  std::erase_if(lora_files, [&](const auto& known) { return known.stem() == file.stem(); });
  lora_files.push_back(file);
  if (lora_files.size() > kMaxLoras) lora_files.erase(lora_files.begin());
}

void UiState::remember_model(const std::string& model) {
  std::erase(recent_models, model);
  recent_models.push_back(model);
  if (recent_models.size() > kMaxModels) recent_models.erase(recent_models.begin());
}

void UiState::open_sheet(Sheet which) {
  sheet = which;
  sheet_asked = true;
  sheet_filter.clear();
  sheet_filter_focus = true;
  sheet_filtered = sheet_held = false;
  sheet_models.close();
  sheet_loras.close();
  added_folder.reset();
  folder_trouble.clear();
}

std::string UiState::path_of_start(const std::string& sha256) const {
  const auto found = std::find_if(known_starts.begin(), known_starts.end(),
                                  [&](const auto& known) { return known.sha256 == sha256; });
  return found != known_starts.end() ? found->path : std::string();
}

std::optional<GenerationRequest> UiState::request() const {
  GenerationRequest request = draft;
  const auto seed = parse_seed(seed_text);
  if (!seed) return std::nullopt;
  request.seed = seed->value;
  return request;
}

const FinishedPicture* UiState::selected_picture() const {
  return selected && *selected < pictures.size() ? &pictures[*selected] : nullptr;
}

void UiState::add_picture(FinishedPicture picture) {
  const std::size_t place = place_for(picture, pictures);
  pictures.insert(pictures.begin() + static_cast<std::ptrdiff_t>(place), std::move(picture));
  if (selected && *selected >= place) ++*selected;
  if (live || !selected) select(place);
  std::size_t bytes = 0;
  // Pictures of one job share their start, and often those of the next.
  const InitImage* shared = nullptr;
  for (std::size_t i = pictures.size(); i-- > 0;) {
    auto& image = pictures[i].picture.image;
    if (!image || !pictures[i].save_error.empty()) continue;
    auto& start = pictures[i].request.init;
    bytes += image->rgb.size();
    if (start && start.get() != shared) bytes += start->image.rgb.size();
    shared = start.get();
    if (bytes <= kMaxPixelBytes || selected == i) continue;
    image.reset();
    if (start) start = without_pixels(*start);
  }
  if (pictures.size() <= kMaxPictures) return;
  // Unsaved pictures exist nowhere else, and the selected one is being viewed.
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (!pictures[i].save_error.empty() || selected == i) continue;
    pictures.erase(pictures.begin() + static_cast<std::ptrdiff_t>(i));
    if (selected && *selected > i) --*selected;
    return;
  }
}

void UiState::add_older_picture(FinishedPicture picture) {
  pictures.insert(pictures.begin(), std::move(picture));
  selected = selected ? *selected + 1 : 0;
}

std::size_t UiState::unsaved() const {
  return static_cast<std::size_t>(
      std::count_if(pictures.begin(), pictures.end(),
                    [](const FinishedPicture& p) { return !p.save_error.empty(); }));
}

std::size_t UiState::unsaved_but_kept() const {
  return static_cast<std::size_t>(std::ranges::count_if(pictures, [](const FinishedPicture& p) {
    return !p.save_error.empty() && p.picture.kept != nullptr;
  }));
}

void UiState::select(std::size_t index) {
  if (index >= pictures.size()) return;
  selected = index;
  scroll_strip = true;
}

FinishedPicture UiState::take_out(std::size_t index) {
  const auto at = pictures.begin() + static_cast<std::ptrdiff_t>(index);
  FinishedPicture picture = std::move(*at);
  pictures.erase(at);
  if (pictures.empty()) {
    selected.reset();
  } else if (selected && (*selected > index || *selected == pictures.size())) {
    --*selected;
  }
  return picture;
}

void UiState::put_back(FinishedPicture picture, std::size_t index) {
  index = std::min(index, pictures.size());
  pictures.insert(pictures.begin() + static_cast<std::ptrdiff_t>(index), std::move(picture));
  select(index);
  live = false;
}

void UiState::add_banner(Banner banner) {
  const auto same = [&](const Banner& b) {
    return b.text == banner.text && b.title == banner.title;
  };
  std::erase_if(banners, same);
  std::erase_if(folded, same);
  banner.id = next_banner++;
  banners.push_back(std::move(banner));
  if (banners.size() > kMaxBanners) fold(0);
}

void UiState::offer(std::vector<GenerationRequest> jobs) {
  if (jobs.empty()) return;
  std::ranges::move(jobs, std::back_inserter(offered));
  const std::size_t count = offered.size();
  const auto unsaved =
      std::ranges::count_if(offered, [](const auto& job) { return job.sampled != nullptr; });
  const Message text = unsaved == 0 && count == 1 ? say("session.left.one")
                       : unsaved == 0             ? say("session.left", count)
                       : count == 1               ? say("session.unsaved.one")
                                                  : say("session.unsaved", count, unsaved);
  add_banner({.kind = Banner::Kind::kNote, .text = text, .way = Banner::Way::kQueueOffered});
}

void UiState::fold(std::size_t index) {
  Banner banner = std::move(banners[index]);
  banners.erase(banners.begin() + static_cast<std::ptrdiff_t>(index));
  const bool passing = banner.kind == Banner::Kind::kNote &&
                       banner.way != Banner::Way::kQueueOffered &&
                       banner.way != Banner::Way::kKeepModel;
  if (!passing) folded.push_back(std::move(banner));
  if (folded.size() > kMaxFolded) folded.erase(folded.begin());
}

void UiState::resolve(const std::string& about) {
  const auto tells = [&](const Banner& b) { return b.about == about; };
  std::erase_if(banners, tells);
  std::erase_if(folded, tells);
}

std::string UiState::about_saving(const FinishedPicture& picture) {
  return "save " + std::to_string(picture.job) + " " + std::to_string(picture.picture.index);
}

std::string UiState::about_making(const GenerationRequest& request) {
  return "make " + request.prompt;
}

std::string UiState::about_run(JobId job) { return "run " + std::to_string(job); }

}  // namespace headroom
