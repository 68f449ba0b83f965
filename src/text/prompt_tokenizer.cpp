#include "headroom/text/prompt_tokenizer.h"

#include "headroom/core/error.h"
#include "headroom/core/generation.h"

#include "added_tokens.h"
#include "byte_pair_encoder.h"
#include "chat_template.h"
#include "json_file.h"
#include "pretokenizer.h"
#include "tokenizer_file.h"
#include "unicode.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace headroom {

struct PromptTokenizer::Impl {
  explicit Impl(const TokenizerFile& file) : bytes(file), added(file) {
    for (const std::string_view marker : {kMessageStart, kMessageEnd}) {
      if (!added.find(marker)) {
        throw_model_file(file.path, say("has no added token {0}", marker));
      }
    }
  }

  // Tokenises text that has no added tokens.
  void append_plain(std::string_view text, std::vector<std::int32_t>& ids) const {
    if (text.empty()) return;
    const std::string normalised = to_nfc(text);
    for (const std::string_view piece : split_pieces(normalised)) bytes.append_ids(piece, ids);
  }

  BytePairEncoder bytes;
  AddedTokens added;
};

PromptTokenizer::PromptTokenizer(const std::filesystem::path& folder) {
  check_chat_template(folder);
  impl_ = std::make_unique<const Impl>(read_tokenizer_file(folder / "tokenizer.json"));
}
PromptTokenizer::~PromptTokenizer() = default;
PromptTokenizer::PromptTokenizer(PromptTokenizer&&) noexcept = default;
PromptTokenizer& PromptTokenizer::operator=(PromptTokenizer&&) noexcept = default;

std::vector<std::int32_t> PromptTokenizer::encode(std::string_view text) const {
  if (!is_valid_utf8(text)) {
    throw Error(ErrorKind::kInvalidRequest,
                say("{0} is not valid UTF-8 text; save or paste it as UTF-8", say("the prompt")));
  }
  std::vector<std::int32_t> ids;
  std::size_t plain_begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const AddedToken* token = impl_->added.match(text, at);
    if (token == nullptr) {
      ++at;
      continue;
    }
    impl_->append_plain(text.substr(plain_begin, at - plain_begin), ids);
    ids.push_back(token->id);
    at += token->content.size();
    plain_begin = at;
  }
  impl_->append_plain(text.substr(plain_begin), ids);
  return ids;
}

std::vector<std::int32_t> PromptTokenizer::encode_prompt(std::string_view prompt,
                                                         std::size_t max_tokens) const {
  std::vector<std::int32_t> ids = encode(render_chat(prompt));
  if (ids.size() > max_tokens) ids.resize(max_tokens);
  return ids;
}

std::size_t PromptTokenizer::bytes_read(std::string_view prompt, std::size_t max_tokens) const {
  const std::string around = render_chat("");
  const std::string before = around.substr(0, around.find(kMessageEnd));
  const auto fits = [&](std::size_t bytes) {
    return encode(before + std::string(prompt.substr(0, bytes))).size() <= max_tokens;
  };
  // Ends of characters, since a prefix must be valid UTF-8.
  std::vector<std::size_t> ends{0};
  for (std::size_t i = 1; i <= prompt.size(); ++i) {
    if (i == prompt.size() || (static_cast<unsigned char>(prompt[i]) & 0xC0) != 0x80)
      ends.push_back(i);
  }
  const auto first_too_long = std::partition_point(ends.begin(), ends.end(), fits);
  return first_too_long == ends.begin() ? 0 : *std::prev(first_too_long);
}

std::size_t PromptTokenizer::vocab_size() const {
  return impl_->bytes.vocab_size() + impl_->added.new_tokens();
}

}  // namespace headroom
