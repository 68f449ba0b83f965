#pragma once
#include "headroom/engine/model_on_device.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// The shapes of the pictures that the window asks about. A prompt is measured when it has changed,
// a job's prompts once. One thread.
class RunShapes {
 public:
  // For this model from now on; what another one measured is forgotten.
  void use(std::shared_ptr<const ModelOnDevice> model);

  // How long the draft's prompt is; nothing where the program cannot tell.
  [[nodiscard]] std::optional<PromptLength> prompt_length(const GenerationRequest& draft);
  [[nodiscard]] RunShape of_draft(const GenerationRequest& draft);
  // Of what the selected picture leads to, likewise.
  [[nodiscard]] RunShape of_picture(const GenerationRequest& request);
  // In the order of `jobs`; those that are not among them any more are forgotten.
  [[nodiscard]] std::vector<ForecastService::Run> of_jobs(const std::vector<JobStatus>& jobs);

 private:
  struct Measured {
    std::string text;
    PromptLength length;
    bool is_known = false;
  };
  [[nodiscard]] PromptLength measure(const std::string& prompt) const;
  const PromptLength& measure_again(Measured& last, const std::string& prompt) const;
  [[nodiscard]] RunShape shape_of(const GenerationRequest& request, const PromptLength& prompt,
                                  const PromptLength& negative) const;

  std::shared_ptr<const ModelOnDevice> model_;
  Measured prompt_, negative_;                  // of the draft
  Measured picture_prompt_, picture_negative_;  // of the selected picture
  std::map<JobId, ForecastService::Run> jobs_;
};

}  // namespace headroom
