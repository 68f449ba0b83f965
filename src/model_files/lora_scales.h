#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace headroom {

// The scales from a LoRA file's metadata: PEFT's configuration of the transformer. It is used
// for modules without an alpha of their own.
class LoraScales {
 public:
  // Throws Error{kModelFile} when the entry exists and cannot be read. `path` is for messages.
  LoraScales(const std::filesystem::path& path, const std::map<std::string, std::string>& metadata);
  // alpha / rank for the module; 1 without a configuration.
  [[nodiscard]] double of(std::string_view module, double rank) const;

 private:
  std::optional<double> alpha_;
  std::map<std::string, double> patterns_;  // alpha of modules whose names end like this
  bool by_root_ = false;                    // alpha / sqrt(rank)
};

}  // namespace headroom
