#pragma once
#include "headroom/config/string_table.h"
#include "headroom/engine/lora_search.h"
#include "headroom/engine/model_offer.h"
#include "headroom/gui_state/lora_chips.h"
#include "headroom/gui_state/progress_view.h"
#include "headroom/gui_state/size_cards.h"
#include "headroom/gui_state/size_note.h"
#include "headroom/gui_state/ui_state.h"
#include "headroom/gui_state/window_services.h"
#include "headroom/gui_toolkit/fonts.h"
#include "headroom/gui_toolkit/layout.h"
#include "headroom/gui_toolkit/texture.h"
#include "headroom/gui_toolkit/theme.h"
#include "headroom/gui_toolkit/ui_dump.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

class Actions;
class TextureCache;

// The program's state in this frame: copies, which panels do not change.
struct Frame {
  double now = 0;                               // seconds
  double pressed_at = 0;                        // see Graphics::pressed_at()
  std::shared_ptr<const ModelOnDevice> opened;  // the present model; never null
  std::optional<Session::Change> change;        // a change to another one, under way
  Layout layout;
  ModelSearch::Found models;     // models found on this machine so far
  LoraSearch::Found lora_files;  // LoRAs found so far for the present model
  std::vector<JobStatus> jobs;   // the running one first
  struct Needs {
    double seconds = 0;
    bool estimated = false;
  };
  std::vector<std::optional<Needs>> job_needs;  // what each job still needs, where known
  MemorySnapshot memory;
  std::vector<MemorySampler::Sample> memory_history;
  std::array<SizeCard, kSizePresets.size()> cards;
  PresetForecasts presets{};           // of the cards
  const Forecast* forecast = nullptr;  // for the draft; null until it is computed
  const Frontier* frontier = nullptr;  // for requests like the draft; null likewise
  // A run that starts from the selected picture: its forecast, null until it is computed, and why
  // it is not possible, in the window's language.
  struct Lead {
    const Forecast* forecast = nullptr;
    std::string blocked;
  };
  // Finishing the selected picture, that is, making it again at a larger size.
  struct Finish {
    struct Target {
      std::optional<FinishSize> wanted;  // nothing: the largest size that fits
      std::optional<Size> size;          // nothing: none fits, or it is not known yet
      Lead lead;
    };
    std::vector<Target> targets;  // without forecasts until they are asked for
    std::size_t chosen = 0;       // index in `targets`
    std::string blocked;          // why none of them is possible
  };
  Finish finish;
  // Enlarging the selected picture by an upscaler.
  struct Upscaling {
    struct Target {
      UpscaleOption option;
      Size size;  // of the result
      Lead lead;
    };
    std::vector<Target> targets;  // as in Finish
    std::size_t chosen = 0;
    std::string blocked;
    bool is_looking = false;  // for more upscalers
  };
  Upscaling upscaling;
  Lead vary;                             // variations of the selected picture
  Lead more;                             // further results, if it is the result of a repaint
  std::vector<OtherProgram> others;      // that hold device memory, largest first
  std::vector<RequestProblem> problems;  // of the draft
  SizeNote size_note;
  std::string blocked;                   // why Generate is off, in the window's language
  std::optional<PromptLength> prompt;    // of the draft's prompt
  std::vector<LoraChip> loras;           // of the draft
  std::optional<ProgressView> progress;  // of the running job
  [[nodiscard]] const JobStatus* running() const {
    return !jobs.empty() && jobs.front().running ? &jobs.front() : nullptr;
  }
};

// What a panel draws with, and what it may change. Made for each frame.
struct Ui {
  UiState& state;
  const Frame& frame;
  Actions& actions;
  TextureCache& pictures;
  const WindowServices& services;
  const Palette& colors;
  const StringTable& text;
  const Fonts& fonts;
  UiDump& dump;
  float scale = 1;

  [[nodiscard]] std::string t(std::string_view key) const { return text.text(key); }
  [[nodiscard]] float px(float design_px) const { return design_px * scale; }
};

}  // namespace headroom
