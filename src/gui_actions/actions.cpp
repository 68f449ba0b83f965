#include "headroom/gui_actions/actions.h"

#include "headroom/core/lower_case.h"

namespace headroom {

Actions::Actions(const ActionContext& context)
    : context_(context),
      finder_(context),
      size(context),
      prompt(context),
      history(context, size),
      jobs(context, finder_),
      start(context, finder_),
      mask(context, start),
      outpaint(context),
      picture(context),
      results(context, {picture, finder_, start}),
      finish(context),
      upscale(context),
      settings(context, {prompt, size, finder_, start}),
      pasted(context, settings),
      saving(context),
      models(context),
      loras(context) {}

void Actions::take_file(const std::filesystem::path& file) {
  if (context_.state.sheet == UiState::Sheet::kModels) return models.add_folder(file.string());
  if (context_.state.model_folder) {
    context_.state.dropped_folder = file.string();
  } else if (lower_ascii(file.extension().string()) == ".safetensors") {
    loras.add(file);
  } else {
    settings.offer(file);
  }
}

void Actions::take_files(const std::vector<std::filesystem::path>& files) {
  const std::filesystem::path* only = nullptr;
  std::size_t left = 0;
  for (const std::filesystem::path& file : files) {
    const bool takes_all =
        context_.state.sheet == UiState::Sheet::kModels ||
        (!context_.state.model_folder && lower_ascii(file.extension().string()) == ".safetensors");
    if (takes_all || only == nullptr) take_file(file);
    if (takes_all) continue;
    if (only == nullptr) {
      only = &file;
    } else {
      ++left;
    }
  }
  if (left == 0) return;
  context_.state.add_banner({.kind = Banner::Kind::kNote,
                             .text = say("note.first_file", only->filename().string(), left)});
}

}  // namespace headroom
