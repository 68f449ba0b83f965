#pragma once
#include "headroom/gui_actions/finish_actions.h"
#include "headroom/gui_actions/job_actions.h"
#include "headroom/gui_actions/lora_actions.h"
#include "headroom/gui_actions/mask_actions.h"
#include "headroom/gui_actions/model_actions.h"
#include "headroom/gui_actions/outpaint_actions.h"
#include "headroom/gui_actions/paste_actions.h"
#include "headroom/gui_actions/picture_actions.h"
#include "headroom/gui_actions/prompt_actions.h"
#include "headroom/gui_actions/result_actions.h"
#include "headroom/gui_actions/save_actions.h"
#include "headroom/gui_actions/settings_actions.h"
#include "headroom/gui_actions/size_actions.h"
#include "headroom/gui_actions/start_actions.h"
#include "headroom/gui_actions/undo_actions.h"
#include "headroom/gui_actions/upscale_actions.h"

#include <filesystem>
#include <vector>

namespace headroom {

// What a person can do, apart from typing, grouped by subject; buttons and keys call the same
// functions. Errors of an action become banners here. Main thread.
class Actions {
 public:
  explicit Actions(const ActionContext& context);
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;

  // A file that was dropped or pasted: a model's folder, if one is being asked for or the list of
  // models is open; otherwise a LoRA, or a picture whose settings may be taken over.
  void take_file(const std::filesystem::path& file);
  // Several files at once: all LoRAs and, while the list of models is open, all folders; of others
  // the first, and a note says how many are left out.
  void take_files(const std::vector<std::filesystem::path>& files);

 private:
  ActionContext context_;
  StartPictureFinder finder_;

 public:
  SizeActions size;
  PromptActions prompt;
  UndoActions history;
  JobActions jobs;
  StartActions start;
  MaskActions mask;
  OutpaintActions outpaint;
  PictureActions picture;
  ResultActions results;
  FinishActions finish;
  UpscaleActions upscale;
  SettingsActions settings;
  PasteActions pasted;
  SaveActions saving;
  ModelActions models;
  LoraActions loras;
};

}  // namespace headroom
