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

// What the program says in this frame: copies, never written by panels.
struct Frame {
  double now = 0;                               // seconds
  std::shared_ptr<const ModelOnDevice> opened;  // what pictures are made with; never null
  std::optional<Session::Change> change;        // to something else, under way
  Layout layout;
  ModelSearch::Found models;     // on this machine, as far as they were looked for
  LoraSearch::Found lora_files;  // for the model that is opened, likewise
  std::vector<JobStatus> jobs;   // running one first
  struct Needs {
    double seconds = 0;
    bool estimated = false;
  };
  std::vector<std::optional<Needs>> job_needs;  // what each of them still needs, where known
  MemorySnapshot memory;
  std::vector<MemorySampler::Sample> memory_history;
  std::array<SizeCard, kSizePresets.size()> cards;
  const Forecast* forecast = nullptr;  // of the draft; null while it is worked out
  const Frontier* frontier = nullptr;  // of requests like the draft; likewise
  // A run that the selected picture leads to: what it takes, null while that is worked out, and why
  // it cannot be, in the window's language.
  struct Lead {
    const Forecast* forecast = nullptr;
    std::string blocked;
  };
  // The selected picture made anew and larger.
  struct Finish {
    struct Target {
      std::optional<FinishSize> wanted;  // nothing: the largest that fits
      std::optional<Size> size;          // nothing: none does, or it is not known yet
      Lead lead;
    };
    std::vector<Target> targets;  // without a forecast while they are not asked about
    std::size_t chosen = 0;       // of them
    std::string blocked;          // why none of them can be
  };
  Finish finish;
  // The selected picture made larger by an upscaler.
  struct Upscaling {
    struct Target {
      UpscaleOption option;
      Size size;  // of the result
      Lead lead;
    };
    std::vector<Target> targets;  // as those of Finish
    std::size_t chosen = 0;
    std::string blocked;
    bool is_looking = false;  // for more
  };
  Upscaling upscaling;
  Lead vary;                             // pictures like the selected one
  Lead more;                             // further ones, where it is the result of a repaint
  std::vector<OtherProgram> others;      // that hold memory of the device, largest first
  std::vector<RequestProblem> problems;  // of the draft
  SizeNote size_note;
  std::string blocked;                   // why Generate is off, in the window's language
  std::optional<PromptLength> prompt;    // of the draft
  std::vector<LoraChip> loras;           // likewise
  std::optional<ProgressView> progress;  // of the running job
  [[nodiscard]] const JobStatus* running() const {
    return !jobs.empty() && jobs.front().running ? &jobs.front() : nullptr;
  }
};

// What a panel draws with and what it may change: one is made for each frame.
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
