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

}  // namespace headroom
