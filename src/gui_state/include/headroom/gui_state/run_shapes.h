#pragma once
#include "headroom/engine/model_on_device.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// The shapes of the runs that the window needs forecasts for. A prompt is tokenised only when it
// has changed, a job's prompts once. One thread.
class RunShapes {
 public:
  // Uses this model from now on; other models' token counts are forgotten.
  void use(std::shared_ptr<const ModelOnDevice> model);

  // The length of the draft's prompt; nothing if it cannot be measured.
  [[nodiscard]] std::optional<PromptLength> prompt_length(const GenerationRequest& draft);
  [[nodiscard]] RunShape of_draft(const GenerationRequest& draft);
  // For requests made from the selected picture, likewise.
  [[nodiscard]] RunShape of_picture(const GenerationRequest& request);
  // In the order of `jobs`; other jobs are forgotten.
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
  Measured prompt_, negative_;                  // the draft's
  Measured picture_prompt_, picture_negative_;  // the selected picture's
  std::map<JobId, ForecastService::Run> jobs_;
};

}  // namespace headroom
