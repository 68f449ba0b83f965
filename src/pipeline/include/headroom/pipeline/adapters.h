#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/lora_tags.h"
#include "headroom/core/message.h"
#include "headroom/core/model_config.h"
#include "headroom/device/device.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace headroom {

// A LoRA that a person asks for.
struct AskedLora {
  LoraTag tag;  // as the prompt has it
  std::filesystem::path file;
};

struct AdapterLayout;

// LoRAs for a model's transformer, opened and checked, and how they lie on the device beside it:
// one block of memory, there whenever the transformer is. Their values are read when it is loaded.
// Immutable; any thread.
class Adapters {
 public:
  // Throws Error{kModelFile} for a file that does not fit the transformer, Error{kInvalidRequest}
  // for a strength that is out of range.
  Adapters(const TransformerConfig& network, const std::vector<AskedLora>& asked);

  struct Lora {
    LoraTag tag;
    std::filesystem::path file;
    int keys = 0;             // tensors of the file
    int matched_keys = 0;     // of them those that belong to the transformer
    std::int64_t values = 0;  // on the device; none at a strength of 0
  };
  [[nodiscard]] const std::vector<Lora>& loras() const { return loras_; }
  [[nodiscard]] std::vector<LoraTag> tags() const;
  // What of the files has no effect.
  [[nodiscard]] std::vector<Message> notes() const;
  // Of the block, in the number format of the networks.
  [[nodiscard]] std::int64_t values() const;
  // As pictures record them; reads all files. Throws Error{kModelFile}.
  [[nodiscard]] std::vector<UsedLora> used() const;

  [[nodiscard]] const AdapterLayout& layout() const { return *layout_; }

 private:
  std::vector<Lora> loras_;
  std::shared_ptr<const AdapterLayout> layout_;
};

// Bytes of their block for networks in `dtype` (as PipelineOptions has it) on the processor or on a
// card.
[[nodiscard]] std::int64_t adapter_bytes(const Adapters& adapters, const std::string& dtype,
                                         const Device& device);

// Throws Error{kInvalidRequest} unless the prompt asks for just these; null = none.
void check_loras(const std::string& prompt, const Adapters* adapters);

}  // namespace headroom
