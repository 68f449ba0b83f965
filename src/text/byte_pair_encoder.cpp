#include "byte_pair_encoder.h"

#include "headroom/core/quote.h"

#include "json_file.h"

#include <functional>
#include <queue>
#include <string>
#include <tuple>

namespace headroom {
namespace {

using Vocab = std::unordered_map<std::string_view, std::int32_t>;

std::uint64_t pair_key(std::int32_t left, std::int32_t right) {
  return static_cast<std::uint64_t>(left) << 32U | static_cast<std::uint32_t>(right);
}

// GPT-2's spelling of bytes as printable characters: 33-126, 161-172 and 174-255 stand for
// themselves, the other 68 become the characters from U+0100 on, in order.
std::array<std::string, 256> byte_spellings() {
  std::array<std::string, 256> spellings;
  unsigned next = 0x100;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte != 173);
    const unsigned code = printable ? byte : next++;
    std::string& spelling = spellings[byte];
    if (code < 0x80) {
      spelling = {static_cast<char>(code)};
    } else {  // below U+0800: two bytes
      spelling = {static_cast<char>(0xC0U | code >> 6U), static_cast<char>(0x80U | (code & 0x3FU))};
    }
  }
  return spellings;
}

// The tokens by spelling; the views point into `file`.
Vocab index_vocab(const TokenizerFile& file) {
  Vocab vocab;
  vocab.reserve(file.vocab.size());
  std::vector<bool> taken;
  for (const auto& [token, id] : file.vocab) {
    const auto [entry, is_new] = vocab.emplace(token, id);
    if (!is_new && entry->second != id) {
      throw_model_file(file.path, say("gives token {0} two ids, {1} and {2}", in_quotes(token),
                                      entry->second, id));
    }
    if (!is_new) continue;
    const auto index = static_cast<std::size_t>(id);
    if (index >= taken.size()) taken.resize(index + 1);
    if (taken[index]) {
      throw_model_file(file.path, say("gives the id {0} to two tokens", id));
    }
    taken[index] = true;
  }
  return vocab;
}

struct Symbol {
  std::int32_t id = 0;  // kGone once it is joined to its left neighbour
  std::int32_t previous = -1;
  std::int32_t next = -1;
};
constexpr std::int32_t kGone = -1;

struct PlanCandidate {
  std::int32_t rank = 0;
  std::int32_t position = 0;  // of the left symbol
  std::int32_t left = 0;      // ids when the candidate was found: if they
  std::int32_t right = 0;     // have changed since, it is stale
  std::int32_t joined = 0;
  friend bool operator>(const PlanCandidate& a, const PlanCandidate& b) {
    return std::tie(a.rank, a.position) > std::tie(b.rank, b.position);
  }
};

}  // namespace

BytePairEncoder::BytePairEncoder(const TokenizerFile& file) {
  const Vocab vocab = index_vocab(file);
  vocab_size_ = vocab.size();
  const auto spellings = byte_spellings();
  for (std::size_t byte = 0; byte < spellings.size(); ++byte) {
    const auto token = vocab.find(spellings[byte]);
    if (token == vocab.end()) {
      throw_model_file(file.path, say("has no token for the byte {0}", byte));
    }
    byte_ids_[byte] = token->second;
  }

  merges_.reserve(file.merges.size());
  const auto id_of = [&](const std::string& token) {
    const auto found = vocab.find(token);
    if (found == vocab.end()) {
      throw_model_file(
          file.path, say("has a merge with {0}, which is not in its vocabulary", in_quotes(token)));
    }
    return found->second;
  };
  std::string joined;
  std::int32_t rank = 0;
  for (const auto& [left, right] : file.merges) {
    joined.assign(left).append(right);
    const std::uint64_t key = pair_key(id_of(left), id_of(right));
    if (!merges_.emplace(key, Merge{rank++, id_of(joined)}).second) {
      throw_model_file(file.path, say("lists the merge of {0} and {1} twice", in_quotes(left),
                                      in_quotes(right)));
    }
  }
}

void BytePairEncoder::append_ids(std::string_view piece, std::vector<std::int32_t>& ids) const {
  if (piece.size() == 1) {
    ids.push_back(byte_ids_[static_cast<unsigned char>(piece.front())]);
    return;
  }
  const auto count = static_cast<std::int32_t>(piece.size());
  std::vector<Symbol> symbols(piece.size());
  const auto symbol = [&](std::int32_t position) -> Symbol& {
    return symbols[static_cast<std::size_t>(position)];
  };
  for (std::int32_t i = 0; i < count; ++i) {
    const auto byte = static_cast<unsigned char>(piece[static_cast<std::size_t>(i)]);
    symbol(i) = {byte_ids_[byte], i - 1, i + 1 < count ? i + 1 : -1};
  }

  std::priority_queue<PlanCandidate, std::vector<PlanCandidate>, std::greater<>> queue;
  const auto consider = [&](std::int32_t position) {
    const Symbol& left = symbol(position);
    if (left.next < 0) return;
    const std::int32_t right = symbol(left.next).id;
    const auto merge = merges_.find(pair_key(left.id, right));
    if (merge == merges_.end()) return;
    queue.push({merge->second.rank, position, left.id, right, merge->second.id});
  };
  for (std::int32_t i = 0; i < count; ++i) consider(i);

  while (!queue.empty()) {
    const PlanCandidate best = queue.top();
    queue.pop();
    Symbol& left = symbol(best.position);
    if (left.id != best.left || left.next < 0 || symbol(left.next).id != best.right) continue;
    Symbol& right = symbol(left.next);
    left.id = best.joined;
    left.next = right.next;
    right.id = kGone;
    if (left.next >= 0) symbol(left.next).previous = best.position;
    if (left.previous >= 0) consider(left.previous);
    consider(best.position);
  }
  for (std::int32_t i = 0; i >= 0; i = symbol(i).next) ids.push_back(symbol(i).id);
}

}  // namespace headroom
