#include "headroom/gui/window.h"

#include "headroom/core/error.h"
#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/model_list.h"
#include "headroom/gui_state/queue_banners.h"
#include "headroom/gui_state/session_banners.h"
#include "headroom/gui_state/session_keeper.h"
#include "headroom/gui_toolkit/frame_pacer.h"
#include "headroom/gui_toolkit/graphics.h"
#include "headroom/gui_toolkit/open_folder.h"
#include "headroom/gui_toolkit/regions.h"
#include "headroom/gui_toolkit/texture_cache.h"
#include "headroom/gui_toolkit/ui.h"

#include "appearance.h"
#include "closing.h"
#include "list_searches.h"
#include "panels/panels.h"
#include "presenter.h"
#include "shortcuts.h"
#include "ui_report.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>

#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

constexpr double kFrame_s = FramePacer::kFrame_s;
constexpr double kBlink_s = 0.4;
constexpr double kKeepEvery_s = 1;

}  // namespace

class Window::Impl {
 public:
  explicit Impl(WindowServices services);
  WindowEnd run();

 private:
  void draw();
  void take_news(const Session::State& session);
  void draw_panels(const Ui& ui) const;
  static void draw_over_panels(const Ui& ui);
  // How long the window may sleep before it has something new to show, apart from a run's
  // progress.
  [[nodiscard]] double patience() const;
  [[nodiscard]] double now() const { return pacer_.now(); }
  void keep_session();
  [[nodiscard]] bool ends() const { return services_.ending && services_.ending(); }

  WindowServices services_;
  FramePacer pacer_;
  UiState state_;
  UiDump dump_{ui_dump_file()};
  Appearance appearance_{services_};
  MaskStore masks_;
  SessionKeeper session_;  // before the graphics, which begin at the window's last place
  Graphics graphics_;      // before everything that owns textures
  Fonts fonts_;
  TextureCache pictures_;
  Desktop desktop_{[this](std::string png) { return graphics_.copy_picture(std::move(png)); },
                   [](const std::string& words) { ImGui::SetClipboardText(words.c_str()); },
                   [this] { graphics_.ask_picture(); }, open_folder, show_file};
  Actions actions_{{services_, state_, appearance_.text(), masks_, desktop_}};
  QueueBanners queue_banners_{state_};
  SessionBanners session_banners_{state_};
  ListSearches searches_{services_};
  QueueWatcher watcher_{services_.session.queue(), wake_window};
  bool running_ = false;            // in the last frame
  bool changed_ = true;             // the session may have to be saved
  double kept_at_ = 0;              // when that was last checked
  Presenter presenter_{services_};  // last: its thread must end first
};

Window::Impl::Impl(WindowServices services)
    : services_(std::move(services)),
      masks_(services_.session_folder.empty() ? std::filesystem::path()
                                              : services_.session_folder / "masks"),
      session_(services_, masks_),
      graphics_({.title = "Headroom",
                 .width = services_.config.window.width,
                 .height = services_.config.window.height,
                 .place = session_.place(),
                 .ui_scale = services_.config.window.ui_scale,
                 .zoom = appearance_.first_zoom(),
                 .icon_folder = services_.assets_folder / "icons"}),
      fonts_(load_fonts(services_.assets_folder / "fonts" / "Font_Awesome_6_Free-Solid-900.otf",
                        graphics_.scale())),
      pictures_(static_cast<int>(std::lround(96 * graphics_.scale()))) {
  state_.reset_to(services_.session.current()->model);
  appearance_.restore(state_, graphics_);
  session_.restore(state_);
  for (const StartProblem& problem : services_.start_problems) {
    if (problem.title.empty()) {
      state_.add_banner({.kind = Banner::Kind::kWarning, .text = problem.text});
      continue;
    }
    const bool other = problem.is_of_model;
    state_.add_banner({.title = problem.title,
                       .text = problem.text,
                       .about = other ? UiState::kAboutStart : "",
                       .way = other ? Banner::Way::kOtherModel : Banner::Way::kStartAgain});
  }
  for (const std::string& family : fonts_.missing) {
    state_.add_banner({.kind = Banner::Kind::kWarning,
                       .title = say("banner.font"),
                       .text = say("banner.font.how", family)});
  }
}

void Window::Impl::take_news(const Session::State& session) {
  // Before the pictures, since no picture follows its job's outcome.
  const auto outcomes = watcher_.take_finished();
  auto pictures = watcher_.take_pictures();
  for (FinishedPicture& picture : pictures) {
    queue_banners_.picture(picture);
    state_.add_picture(std::move(picture));
  }
  if (!pictures.empty()) {
    pictures_.keep_only(state_.pictures);
    presenter_.refresh();
  }
  const bool others_wait = !outcomes.empty() && !services_.session.queue().status().empty();
  for (const JobOutcome& outcome : outcomes)
    queue_banners_.outcome(outcome, presenter_.cards(), others_wait);
  queue_banners_.held(services_.session.queue().waits_for_saving());
  // What it adds is laid out in the next frame.
  if (session_banners_.follow(session, running_)) pacer_.settle(2);
}

void Window::Impl::draw_panels(const Ui& ui) const {
  const Layout& layout = ui.frame.layout;
  draw_top_bar(ui, layout.top);
  draw_left_panel(ui, layout.make);
  draw_canvas_panel(ui, layout.canvas);
  if (layout.details_shown) draw_picture_panel(ui, layout.details);
  draw_memory_panel(ui, layout.memory);
}

// What asks or offers something, while it does.
void Window::Impl::draw_over_panels(const Ui& ui) {
  draw_close_question(ui);
  draw_save_question(ui);
  draw_model_question(ui);
  draw_model_list_sheet(ui);
  draw_lora_list_sheet(ui);
  draw_offered_picture(ui);
}

void Window::Impl::draw() {
  const double begun = now();
  const StringTable& text = appearance_.text();
  appearance_.follow(state_, graphics_);
  const float scale = appearance_.scale();
  const Session::State session = services_.session.state();
  take_news(session);
  if (session_.restore_picture(state_)) pacer_.settle(2);
  pictures_.begin_frame();

  Frame frame = presenter_.present(session, state_, searches_.upscalers(), text, begun);
  searches_.look(state_, session);
  frame.models = searches_.models();
  judge_opened(frame.models.items, *frame.opened, frame.presets);
  frame.lora_files = searches_.loras();
  const JobStatus* const job = frame.running();
  running_ = job != nullptr;
  if (running_) {
    state_.ended.reset();
    queue_banners_.running(*job);
  }

  const auto dropped = graphics_.take_dropped();
  actions_.take_files(dropped);
  if (const auto pasted = graphics_.take_pasted()) actions_.pasted.take(*pasted);
  graphics_.begin_frame();
  frame.pressed_at = graphics_.pressed_at();
  dump_.begin_frame();
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  frame.layout = lay_out({.width_px = screen.x,
                          .height_px = screen.y,
                          .scale = scale,
                          .details_open = state_.details_open,
                          .composer_px = state_.composer_px});
  const Palette& colors = palette(state_.dark);
  const Ui ui{state_, frame, actions_, pictures_, services_, colors, text, fonts_, dump_, scale};
  handle_shortcuts(ui);
  const double heights_px = state_.heights_px();
  draw_panels(ui);
  draw_region_frame(ui);
  if (state_.heights_px() != heights_px) pacer_.settle(2);
  draw_over_panels(ui);
  if (pictures_.waits() || state_.unfold_frames > 0) pacer_.settle(2);
  state_.end_frame(ImGui::GetActiveID(), ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup));
  graphics_.end_frame(colors.line);

  try {
    dump_.write(now(), static_cast<int>(screen.x), static_cast<int>(screen.y), scale,
                dump_.active() ? state_json(state_, frame, text) : "{}",
                {pacer_.frames(), pacer_.frame_cost_s() * 1000, begun});
  } catch (const Error& e) {
    state_.add_banner({.text = e.message()});
  }
  pacer_.end_frame(now() - begun);
}

void Window::Impl::keep_session() {
  kept_at_ = now();
  const bool was_kept = state_.unkept.empty();
  session_.save(state_, services_.session.queue().status(), graphics_.place());
  changed_ = !state_.unkept.empty();                        // tried again until it works
  if (was_kept != state_.unkept.empty()) pacer_.settle(2);  // a note comes or goes
}

double Window::Impl::patience() const {
  double longest = FramePacer::kSleep_s;
  if (changed_) longest = kKeepEvery_s;
  if (dump_.pending()) longest = std::min(longest, 0.05);
  if (ImGui::GetIO().WantTextInput) longest = std::min(longest, kBlink_s);
  if (now() - state_.flash_at < UiState::kFlash_s) longest = std::min(longest, kFrame_s);
  if (state_.escape_cancels(now())) longest = std::min(longest, 0.1);
  if (!state_.banners.empty() || now() - state_.copied_at < 2) longest = std::min(longest, 0.5);
  for (const double due : {state_.mouse_tip.due, state_.keyboard_tip.due}) {
    if (due > now()) longest = std::min(longest, due - now() + kFrame_s);
  }
  return longest;
}

WindowEnd Window::Impl::run() {
  while (true) {
    pacer_.begin_frame();
    draw();
    if (std::exchange(state_.full_screen_asked, false)) graphics_.toggle_full_screen();
    if (std::exchange(state_.quit_asked, false)) graphics_.ask_close();
    follow_close(graphics_, services_, state_, [this] { keep_session(); });
    if (state_.closing == UiState::Closing::kNow) break;  // do not sleep before closing
    if (changed_ && now() - kept_at_ >= kKeepEvery_s) keep_session();
    if (pacer_.sleep(graphics_, patience(), running_)) changed_ = true;
    while (graphics_.hidden() && !graphics_.wants_close() && !ends()) {
      graphics_.wait(FramePacer::kSleep_s);
      take_news(services_.session.state());  // so that their pixels do not pile up
    }
  }
  if (ends() || state_.start_again) rescue_pictures(services_, state_);
  drop_given_up(state_);
  keep_session();
  if (ends() && state_.forgotten.any() && services_.rescue_session)
    services_.rescue_session(session_.unkept());
  return state_.start_again ? WindowEnd::kStartAgain : WindowEnd::kClosed;
}

Window::Window(WindowServices services) : impl_(std::make_unique<Impl>(std::move(services))) {}
Window::~Window() = default;
WindowEnd Window::run() { return impl_->run(); }

}  // namespace headroom
