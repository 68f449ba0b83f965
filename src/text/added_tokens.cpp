#include "added_tokens.h"

#include "headroom/core/quote.h"

#include "json_file.h"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace headroom {
namespace {

std::size_t first_byte(std::string_view text, std::size_t at = 0) {
  return static_cast<unsigned char>(text[at]);
}

[[noreturn]] void throw_contradiction(const TokenizerFile& file, const AddedToken& token) {
  throw_model_file(file.path,
                   say("gives the added token {0} the id {1}, which contradicts another entry",
                       in_quotes(token.content), token.id));
}

}  // namespace

AddedTokens::AddedTokens(const TokenizerFile& file) {
  std::unordered_map<std::string_view, std::int32_t> id_of;
  std::unordered_map<std::int32_t, std::string_view> token_of;
  for (const AddedToken& token : file.added) {
    const auto [by_content, is_new] = id_of.emplace(token.content, token.id);
    const auto by_id = token_of.emplace(token.id, token.content).first;
    if (by_content->second != token.id || by_id->second != token.content) {
      throw_contradiction(file, token);
    }
    if (is_new) by_first_byte_[first_byte(token.content)].push_back(token);
  }
  for (auto& tokens : by_first_byte_) {
    std::sort(tokens.begin(), tokens.end(), [](const AddedToken& a, const AddedToken& b) {
      return a.content.size() > b.content.size();
    });
  }

  std::size_t in_vocab = 0;
  for (const auto& [content, id] : file.vocab) {
    const auto by_content = id_of.find(content);
    const auto by_id = token_of.find(id);
    const bool same_content = by_content != id_of.end();
    const bool same_id = by_id != token_of.end();
    if (same_content != same_id || (same_content && by_content->second != id)) {
      throw_contradiction(file, {content, same_content ? by_content->second : id});
    }
    if (same_content) ++in_vocab;
  }
  new_tokens_ = id_of.size() - in_vocab;
}

const AddedToken* AddedTokens::match(std::string_view text, std::size_t at) const {
  for (const AddedToken& token : by_first_byte_[first_byte(text, at)]) {
    if (text.compare(at, token.content.size(), token.content) == 0) return &token;
  }
  return nullptr;
}

std::optional<std::int32_t> AddedTokens::find(std::string_view content) const {
  for (const AddedToken& token : by_first_byte_[first_byte(content)]) {
    if (token.content == content) return token.id;
  }
  return std::nullopt;
}

}  // namespace headroom
