#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace headroom {

// What an adapter file's metadata says of scales: PEFT's configuration of the transformer, which
// counts where a module has no alpha of its own.
class AdapterScales {
 public:
  // Throws Error{kModelFile} when the entry is there and cannot be read. `path` is for messages.
  AdapterScales(const std::filesystem::path& path,
                const std::map<std::string, std::string>& metadata);
  // alpha / rank; 1 where nothing is said.
  [[nodiscard]] double of(std::string_view module, double rank) const;

 private:
  std::optional<double> alpha_;
  std::map<std::string, double> patterns_;  // alpha of modules that end so
  bool by_root_ = false;                    // alpha / sqrt(rank)
};

}  // namespace headroom
