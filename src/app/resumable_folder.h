#pragma once
#include "headroom/core/message.h"

#include "resumable_file.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headroom {

// A picture that waits to be finished. While the object lives no other process takes it.
struct WaitingPicture {
  std::string name;  // its file's name without extension
  std::filesystem::path file;
  ResumablePicture picture;
  std::shared_ptr<KeptSample> hold;

  // A request for the queue, one job. `by_any_model`: the user has chosen a model for it.
  [[nodiscard]] GenerationRequest request(bool by_any_model = false) const;
};

// A file in the folder that is damaged or something else.
struct UnreadablePicture {
  std::string name;
  std::filesystem::path file;
  Message fault;
  std::shared_ptr<KeptSample> hold;  // null when it cannot even be opened
};

// The folder of pictures whose steps are done and which are not saved yet. Each process locks the
// files that it made or took; the lock ends with the process, whatever ends that.
class ResumableFolder {
 public:
  explicit ResumableFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Writes a file that is complete or absent, and on the disk when this returns. Throws Error{kIo}
  // or Error{kInternal}.
  [[nodiscard]] std::shared_ptr<KeptSample> keep(const ResumablePicture& picture) const;

  struct Found {
    std::vector<WaitingPicture> waiting;  // oldest first
    std::vector<UnreadablePicture> unreadable;
    int busy = 0;  // held by running processes
  };
  // Takes all pictures that no process holds, and removes leftovers of interrupted writes. Nothing
  // if the folder does not exist.
  [[nodiscard]] Found take() const;
  // Whether a picture of this process is waiting.
  [[nodiscard]] bool has_own() const;

 private:
  std::filesystem::path folder_;
};

// Keeps sampled pictures of runs with such a model that are saved to `output`, which may change
// between jobs. For the first picture that cannot be kept it throws Error, for others it returns
// null.
using KeepSampled = std::function<std::shared_ptr<KeptSample>(const GenerationRequest& request,
                                                              const SampledPicture& sampled)>;
[[nodiscard]] KeepSampled sample_keeper(const ModelOptions& model, const std::string& model_name,
                                        std::shared_ptr<const OutputPlace> output);

// The picture's file if it was saved before its process ended.
[[nodiscard]] std::optional<std::filesystem::path> saved_already(const WaitingPicture& waiting);

// Saves it where its run would have; if a file has that name now, under another name.
[[nodiscard]] std::filesystem::path save_resumed(const OutputPlace& output,
                                                 const GenerationRequest& request,
                                                 const GeneratedImage& picture);

// Why it cannot be finished with the model that sampled it: a decoder file that is gone or has
// changed. Nothing: it can.
[[nodiscard]] std::optional<Message> decoder_fault(const WaitingPicture& waiting);

}  // namespace headroom
