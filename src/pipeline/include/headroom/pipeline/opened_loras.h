#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/lora_tags.h"
#include "headroom/core/message.h"
#include "headroom/core/model_config.h"
#include "headroom/core/number_format.h"
#include "headroom/device/device.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace headroom {

// A LoRA that a prompt asks for.
struct AskedLora {
  LoraTag tag;  // as in the prompt
  std::filesystem::path file;
};

struct LoraLayout;

// LoRAs for a model's transformer, opened and checked, and their layout in one memory block on the
// device, which exists whenever the transformer is loaded. Their values are read at that time.
// Immutable; may be used from any thread.
class OpenedLoras {
 public:
  // Throws Error{kModelFile} for a file that does not fit the transformer, Error{kInvalidRequest}
  // for a strength that is out of range.
  OpenedLoras(const TransformerConfig& network, const std::vector<AskedLora>& asked);

  struct Lora {
    LoraTag tag;
    std::filesystem::path file;
    int keys = 0;             // tensors in the file
    int matched_keys = 0;     // tensors that belong to the transformer
    std::int64_t values = 0;  // on the device; 0 for a strength of 0
  };
  [[nodiscard]] const std::vector<Lora>& loras() const { return loras_; }
  [[nodiscard]] std::vector<LoraTag> tags() const;
  // What in the files has no effect.
  [[nodiscard]] std::vector<Message> notes() const;
  // Size of the block, in values of the networks' number format.
  [[nodiscard]] std::int64_t values() const;
  // As pictures record them; reads all files for their hashes. Throws Error{kModelFile}.
  [[nodiscard]] std::vector<UsedLora> used() const;

  [[nodiscard]] const LoraLayout& layout() const { return *layout_; }

 private:
  std::vector<Lora> loras_;
  std::shared_ptr<const LoraLayout> layout_;
};

// Bytes of their block for networks in `dtype` (see PipelineOptions) on the CPU or a GPU.
[[nodiscard]] std::int64_t lora_bytes(const OpenedLoras& opened_loras, NumberFormat dtype,
                                      const Device& device);

// Throws Error{kInvalidRequest} unless the prompt asks for exactly these; null = none.
void check_loras(const std::string& prompt, const OpenedLoras* opened_loras);

}  // namespace headroom
