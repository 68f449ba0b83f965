#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// Prompt -> token ids, exactly as Qwen2Tokenizer does it: added tokens, NFC, Qwen2's pre-tokenizer,
// byte-level BPE. Immutable after construction: any number of threads may use one.
class PromptTokenizer {
 public:
  // The text encoder reads at most this many ids of a prompt.
  static constexpr std::size_t kMaxRead = 512;

  // Reads tokenizer.json and tokenizer_config.json of `folder` (a model's tokenizer/).
  // Throws Error{kModelFile} naming the file and the fault.
  explicit PromptTokenizer(const std::filesystem::path& folder);
  ~PromptTokenizer();
  PromptTokenizer(PromptTokenizer&&) noexcept;
  PromptTokenizer& operator=(PromptTokenizer&&) noexcept;

  // Ids of `text` as it stands, no template, no truncation. `text` must be valid UTF-8, else
  // Error{kInvalidRequest}.
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const;

  // The ids that the text encoder reads: the chat template around `prompt`, cut to `max_tokens`.
  [[nodiscard]] std::vector<std::int32_t> encode_prompt(std::string_view prompt,
                                                        std::size_t max_tokens = kMaxRead) const;

  // How many bytes of `prompt`, in whole characters, the first `max_tokens` ids cover; all of them
  // when nothing is cut. A prefix that ends inside a word may count as one token more than it is.
  [[nodiscard]] std::size_t bytes_read(std::string_view prompt,
                                       std::size_t max_tokens = kMaxRead) const;

  // Entries of the vocabulary, added tokens included.
  [[nodiscard]] std::size_t vocab_size() const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace headroom
