#include "hashed_files.h"

#include <cstddef>
#include <optional>
#include <utility>

namespace headroom {

std::vector<HashedFile> hashed_files(const OpenedModel& model, const HashOf& hash_of) {
  std::vector<HashedFile> all;
  if (!hash_of) return all;
  const auto add = [&](const char* part, const TensorStore& store) {
    std::vector<HashedFile> of_part;
    const std::vector<FileStamp> stamps = store.stamps();
    for (std::size_t i = 0; i < stamps.size(); ++i) {
      const std::filesystem::path& file = store.files()[i];
      if (std::optional<std::string> hash = hash_of(file, stamps[i])) {
        of_part.push_back({part, file.filename().string(), *std::move(hash)});
      }
    }
    if (of_part.size() == stamps.size()) all.insert(all.end(), of_part.begin(), of_part.end());
  };
  add("transformer", model.transformer.store());
  add("text_encoder", model.text_encoder.store());
  add("vae", model.vae.store());
  return all;
}

}  // namespace headroom
