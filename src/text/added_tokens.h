#pragma once
#include "tokenizer_file.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace headroom {

// Finds added tokens such as <|im_start|> in raw text. Immutable.
class AddedTokens {
 public:
  // Throws Error{kModelFile} if two entries, or an entry and the vocabulary, contradict each other.
  explicit AddedTokens(const TokenizerFile& file);

  // The longest added token that starts at byte `at` of `text`, or nothing.
  [[nodiscard]] const AddedToken* match(std::string_view text, std::size_t at) const;

  // The id of the added token spelled `content`, or nothing.
  [[nodiscard]] std::optional<std::int32_t> find(std::string_view content) const;

  // How many added tokens are not in the vocabulary already.
  [[nodiscard]] std::size_t new_tokens() const { return new_tokens_; }

 private:
  // By first byte, each list longest first.
  std::array<std::vector<AddedToken>, 256> by_first_byte_;
  std::size_t new_tokens_ = 0;
};

}  // namespace headroom
