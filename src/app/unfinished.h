#pragma once
#include "headroom/core/message.h"

#include "unfinished_file.h"

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
  std::string name;  // of its file, without the ending
  std::filesystem::path file;
  UnfinishedPicture picture;
  std::shared_ptr<KeptSample> hold;

  // For the queue, which makes it one job. `by_any_model`: a person has chosen the model anew.
  [[nodiscard]] GenerationRequest request(bool by_any_model = false) const;
};

// A file there that is none, or a damaged one.
struct UnreadablePicture {
  std::string name;
  std::filesystem::path file;
  Message fault;
  std::shared_ptr<KeptSample> hold;  // null when it cannot even be opened
};

// The folder of pictures whose steps are done and which are not saved yet. Each process holds a
// lock on the files that it made or took, which goes with the process, however it ends.
class UnfinishedFolder {
 public:
  explicit UnfinishedFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Writes it so that the file is whole or absent, and on the disk when this returns. Throws
  // Error{kIo} or Error{kInternal}.
  [[nodiscard]] std::shared_ptr<KeptSample> keep(const UnfinishedPicture& picture) const;

  struct Found {
    std::vector<WaitingPicture> waiting;  // oldest first
    std::vector<UnreadablePicture> unreadable;
    int busy = 0;  // held by processes that live
  };
  // What no process holds, and removes what writes that were cut short have left. Nothing where
  // there is no folder.
  [[nodiscard]] Found take() const;
  // Whether a picture of this process waits.
  [[nodiscard]] bool has_own() const;

 private:
  std::filesystem::path folder_;
};

// What keeps the pictures of runs with such a model that go to `output`, which may change between
// jobs. A picture that cannot be
// kept is made all the same, which the log says once.
using KeepSampled = std::function<std::shared_ptr<KeptSample>(const GenerationRequest& request,
                                                              const SampledPicture& sampled)>;
[[nodiscard]] KeepSampled sample_keeper(const ModelOptions& model, const std::string& model_name,
                                        std::shared_ptr<const OutputPlace> output);

// The picture's file where it was saved before its process ended.
[[nodiscard]] std::optional<std::filesystem::path> saved_already(const WaitingPicture& waiting);

// Saves it where its run would have, or beside a file that has its name by now.
[[nodiscard]] std::filesystem::path save_resumed(const OutputPlace& output,
                                                 const GenerationRequest& request,
                                                 const GeneratedImage& picture);

// Why it cannot be finished with the model that it was sampled with: a decoder's file that is gone
// or another one by now. Nothing: it can.
[[nodiscard]] std::optional<Message> decoder_fault(const WaitingPicture& waiting);

}  // namespace headroom
