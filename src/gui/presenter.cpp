#include "presenter.h"

#include "headroom/gui_state/finish_choice.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/problems.h"
#include "headroom/gui_state/requests_from_picture.h"
#include "headroom/gui_state/start_picture.h"
#include "headroom/gui_toolkit/wake_window.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace headroom {
namespace {

// Index of `run` in `runs`, where equal runs are listed once, so that a long queue of equal jobs
// needs one forecast.
std::size_t place_in(std::vector<ForecastService::Run>& runs, const ForecastService::Run& run) {
  const auto found = std::find(runs.begin(), runs.end(), run);
  const auto place = static_cast<std::size_t>(found - runs.begin());
  if (found == runs.end()) runs.push_back(run);
  return place;
}

// What prevents finishing at any size.
std::string why_unfinished(const FinishedPicture& picture, const UiState& state,
                           const StringTable& text) {
  if (picture.file.empty()) return text.text("why.no_file");
  const StartPicture& start = picture.request.init;
  if (start && !state.finish.refines && !state.finish.upscales)
    return fill(text.text("why.finish.started"), {shorten(start->file.name, 48)});
  return {};
}

std::optional<Frame::Needs> needs_of(const Forecast* forecast) {
  if (forecast == nullptr || !forecast->fits || forecast->plan.seconds <= 0) return std::nullopt;
  return Frame::Needs{forecast->plan.seconds, forecast->plan.seconds_are_estimated};
}

}  // namespace

Presenter::Presenter(const WindowServices& services)
    : services_(services),
      opened_(services.session.current()),
      forecast_service_(opened_->forecast_service, wake_window) {
  shapes_.use(opened_);
}

void Presenter::use(const std::shared_ptr<const ModelOnDevice>& opened) {
  if (opened == opened_) return;
  opened_ = opened;
  shapes_.use(opened_);
  forecast_service_.ask(opened_->forecast_service);
}

Frame Presenter::present(const Session::State& session, UiState& state,
                         const UpscalerSearch::Found& upscalers, const StringTable& text,
                         double now) {
  use(session.current);
  Frame frame;
  frame.now = now;
  frame.opened = session.current;
  frame.change = session.change;
  frame.jobs = services_.session.queue().status();
  frame.memory = services_.session.memory().latest();
  frame.memory_history = services_.session.memory().history();
  frame.prompt = shapes_.prompt_length(state.draft);
  if (std::exchange(state.loras_changed, false) || opened_ != loras_of_) {
    loras_.use(opened_, state.lora_files);
    loras_of_ = opened_;
  }
  frame.loras = loras_.chips(state.settings(), now);
  look_ahead(frame, state, upscalers);
  frame.problems = find_problems(state, opened_->model.size_unit);
  if (state.mask && state.outpaint == Margins{} && state.mask_share() <= 0)
    frame.problems.push_back({RequestProblem::Field::kInit, say("problem.mask")});
  for (const LoraChip& chip : frame.loras) {
    if (chip.on && !chip.found)
      frame.problems.push_back({RequestProblem::Field::kPrompt, chip.trouble});
  }
  frame.size_note = note_of_size(state, frame.cards, text);
  frame.blocked = why_blocked(frame.problems, frame.forecast, frame.others, text);
  frame.vary = answer(vary_, text);
  frame.more = answer(more_, text);
  frame.finish = answer_finish(state, text);
  frame.upscaling = answer_upscales(state, text);
  frame.upscaling.is_looking = upscalers.is_looking;
  follow_progress(frame);
  return frame;
}

Presenter::Lead Presenter::ask(const GenerationRequest& request,
                               std::vector<ForecastService::Run>& runs) {
  const GenerationRequest asked = with_start_of_size(request);
  Lead lead{validate(asked, opened_->model.size_unit), std::nullopt};
  if (lead.problems.empty()) {
    lead.run =
        place_in(runs, {shapes_.of_picture(asked), request.count, loras_of_run(request.prompt)});
  }
  return lead;
}

Frame::Lead Presenter::answer(const Lead& lead, const StringTable& text) const {
  const Forecast* const forecast = lead.run ? forecasts_.forecasts[*lead.run].get() : nullptr;
  return {forecast, why_blocked(lead.problems, forecast, forecasts_.others, text)};
}

Presenter::FinishAsked Presenter::ask_finish(const FinishedPicture& picture, const UiState& state,
                                             std::vector<ForecastService::Run>& runs) {
  const int unit = opened_->model.size_unit;
  const Size size{picture.request.width, picture.request.height};
  const FinishMethod method = state.finish.method();
  FinishAsked asked;
  asked.targets = finish_targets(size, unit);
  const auto chosen = chosen_target(asked.targets, size, unit, state.finish);
  asked.chosen = chosen.value_or(asked.targets.size());
  for (std::size_t i = 0; i < asked.targets.size(); ++i) {
    asked.leads.emplace_back();
    if (!state.finish_open && i != asked.chosen) continue;
    asked.leads.back() = ask(finish_of(picture, method, asked.targets[i].size), runs);
  }
  if (!state.finish_open && chosen) return asked;
  for (const Size larger : larger_sizes(size, unit)) {
    asked.larger.emplace_back(larger, ask(finish_of(picture, method, larger), runs));
  }
  return asked;
}

// By what is chosen in the upscalers' own list.
Presenter::FinishAsked Presenter::ask_finish_by_upscaler(
    const FinishedPicture& picture, const UiState& state,
    std::vector<ForecastService::Run>& runs) const {
  const UpscaleOption& option = upscale_.options[upscale_.chosen];
  const Size size{picture.request.width, picture.request.height};
  FinishAsked asked;
  asked.targets = upscaled_targets(size, option.most);
  asked.chosen = chosen_target(asked.targets, size, 1, state.finish).value_or(asked.targets.size());
  for (const FinishTarget& target : asked.targets) {
    Upscale upscale = upscale_with(option, state.upscale);
    upscale.scale = target.size.width / size.width;
    asked.leads.emplace_back();
    if (!option.problem.empty()) continue;
    asked.leads.back() = ask_upscale(upscale_of(picture, upscale), runs);
    asked.larger.emplace_back(target.size, *asked.leads.back());
  }
  return asked;
}

Frame::Finish Presenter::answer_finish(const UiState& state, const StringTable& text) const {
  const FinishedPicture* const picture = state.selected_picture();
  if (picture == nullptr) return {};
  Frame::Finish finish;
  finish.chosen = finish_.chosen;
  finish.blocked = why_unfinished(*picture, state, text);
  if (const Message& problem = upscale_.options[upscale_.chosen].problem;
      state.finish.upscales && finish.blocked.empty() && !problem.empty())
    finish.blocked = sentence(problem, text);
  for (std::size_t i = 0; i < finish_.targets.size(); ++i) {
    const FinishTarget& target = finish_.targets[i];
    const auto& lead = finish_.leads[i];
    finish.targets.push_back(
        {target.wanted, target.size, lead ? answer(*lead, text) : Frame::Lead{}});
  }
  Frame::Finish::Target largest;
  for (const auto& [size, lead] : finish_.larger) {
    const Frame::Lead answered = answer(lead, text);
    const bool fits = answered.forecast != nullptr && answered.forecast->fits;
    // Until a size fits, the smallest one gives the reason.
    if (fits || !largest.size) largest = {std::nullopt, size, answered};
  }
  finish.targets.push_back(std::move(largest));
  return finish;
}

Presenter::Lead Presenter::ask_upscale(const GenerationRequest& request,
                                       std::vector<ForecastService::Run>& runs) const {
  Lead lead{validate(request, opened_->model.size_unit), std::nullopt};
  if (lead.problems.empty()) lead.run = place_in(runs, run_of_upscale(request));
  return lead;
}

Presenter::UpscaleAsked Presenter::ask_upscales(const FinishedPicture& picture,
                                                const UiState& state,
                                                const UpscalerSearch::Found& upscalers,
                                                std::vector<ForecastService::Run>& runs) {
  const std::vector<UpscaleOption> found = upscale_options(upscalers.items);
  std::vector<std::size_t> order(found.size());
  std::iota(order.begin(), order.end(), 0U);
  const UiState::ListHold& hold = state.list_hold;
  upscale_rows_.follow(found, order, state.upscale_open && hold.rows,
                       [&](const UpscaleOption&) { return !hold.further; });
  UpscaleAsked asked;
  for (const auto& row : upscale_rows_.all()) asked.options.push_back(row.item);
  asked.chosen = chosen_option(asked.options, state.upscale);
  for (std::size_t i = 0; i < asked.options.size(); ++i) {
    const UpscaleOption& option = asked.options[i];
    asked.leads.emplace_back();
    if (!option.problem.empty() || (!state.upscale_open && i != asked.chosen)) continue;
    asked.leads.back() =
        ask_upscale(upscale_of(picture, upscale_with(option, state.upscale)), runs);
  }
  return asked;
}

Frame::Upscaling Presenter::answer_upscales(const UiState& state, const StringTable& text) const {
  const FinishedPicture* const picture = state.selected_picture();
  if (picture == nullptr) return {};
  Frame::Upscaling upscaling;
  upscaling.chosen = upscale_.chosen;
  if (picture->file.empty()) upscaling.blocked = text.text("why.no_file");
  for (std::size_t i = 0; i < upscale_.options.size(); ++i) {
    const UpscaleOption& option = upscale_.options[i];
    const int scale = upscale_with(option, state.upscale).scale;
    const auto& lead = upscale_.leads[i];
    upscaling.targets.push_back({option,
                                 {picture->request.width * scale, picture->request.height * scale},
                                 lead ? answer(*lead, text) : Frame::Lead{}});
  }
  return upscaling;
}

namespace {

// Forecasts are not made anew for every small change of memory, so the gauge would show another
// amount for other programs than the reason of a refusal beside it. It takes theirs.
void judge_alike(const Budget& budget, MemorySnapshot& memory) {
  if (budget.total_bytes != memory.total || memory.total <= 0) return;
  memory.used_by_others = std::max<std::int64_t>(0, budget.others_bytes);
  memory.free = std::max<std::int64_t>(
      0, memory.total - memory.reserved_by_driver - memory.used_by_others - memory.ours());
}

}  // namespace

void Presenter::look_ahead(Frame& frame, const UiState& state,
                           const UpscalerSearch::Found& upscalers) {
  const RunShape shape = shapes_.of_draft(with_start_of_size(state.draft, state.repaints()));
  const std::string loras = loras_of_run(state.draft.prompt);
  std::vector<ForecastService::Run> runs{{shape, state.draft.count, loras}};
  for (const SizePreset& preset : kSizePresets)
    runs.push_back({with_size(shape, preset.size), 1, loras});
  vary_ = more_ = {};
  finish_ = {};
  upscale_ = {};
  if (const FinishedPicture* const picture = state.selected_picture()) {
    vary_ = ask(variations_of(*picture, 0), runs);
    if (repaint_results(state)) more_ = ask(more_like(*picture), runs);
    upscale_ = ask_upscales(*picture, state, upscalers, runs);
    finish_ = state.finish.upscales ? ask_finish_by_upscaler(*picture, state, runs)
                                    : ask_finish(*picture, state, runs);
  }
  std::vector<std::size_t> jobs;  // index in `runs` of each job
  for (const ForecastService::Run& run : shapes_.of_jobs(frame.jobs))
    jobs.push_back(place_in(runs, run));
  forecasts_ = forecast_service_.request(runs, frame.memory);
  frame.forecast = forecasts_.forecasts.front().get();
  if (frame.forecast != nullptr) judge_alike(frame.forecast->budget, frame.memory);
  frame.frontier = forecasts_.frontier.get();
  frame.others = forecasts_.others;
  for (std::size_t i = 0; i < frame.cards.size(); ++i) {
    frame.presets[i] = forecasts_.forecasts[i + 1].get();
    frame.cards[i] = make_card(kSizePresets[i], frame.presets[i]);
  }
  mark_recommended(frame.cards);
  cards_ = frame.cards;
  for (const std::size_t job : jobs)
    frame.job_needs.push_back(needs_of(forecasts_.forecasts[job].get()));
}

void Presenter::follow_progress(Frame& frame) {
  const JobStatus* const job = frame.running();
  if (job == nullptr) return;
  frame.progress = progress_of(job_watch_.look(*job, std::chrono::steady_clock::now()));
  if (frame.progress->seconds_left) {
    frame.job_needs.front() =
        Frame::Needs{*frame.progress->seconds_left, frame.progress->estimated};
  }
}

}  // namespace headroom
