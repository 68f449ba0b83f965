#include "tokenizer_file.h"

#include "headroom/core/quote.h"

#include "json_file.h"
#include "pretokenizer.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace headroom {
namespace {

// The parts of the file that matter; all others are kIgnored.
enum class Place {
  kTop,
  kRoot,
  kModel,
  kVocab,
  kMerges,
  kMergePair,
  kAddedTokens,
  kAddedToken,
  kNormalizer,
  kPreTokenizer,
  kIgnored
};

std::int32_t checked_id(std::int64_t id, const std::string& token) {
  if (id < 0 || id > kMaxTokenId) {
    throw JsonFault{
        say("gives token {0} the id {1}, outside 0..{2}", in_quotes(token), id, kMaxTokenId)};
  }
  return static_cast<std::int32_t>(id);
}

class Reader final : public JsonVisitor {
 public:
  explicit Reader(TokenizerFile& file) : file_(file) {}

  void key(std::string&& name) override { key_ = std::move(name); }

  void open(bool is_object) override {
    const Place place = child_place(is_object);
    if (place == Place::kMergePair) pair_.clear();
    if (place == Place::kAddedToken) {
      added_ = {};
      has_added_id_ = false;
    }
    places_.push_back(place);
  }

  void close() override {
    const Place closed = places_.back();
    places_.pop_back();
    if (closed == Place::kMergePair) {
      if (pair_.size() != 2) throw JsonFault{say("has a merge that does not name two tokens")};
      file_.merges.emplace_back(std::move(pair_[0]), std::move(pair_[1]));
    } else if (closed == Place::kAddedToken) {
      finish_added_token();
    }
  }

  void string(std::string&& value) override {
    switch (places_.back()) {
      case Place::kModel:
        if (key_ == "type") model_type_ = value;
        if (key_ == "continuing_subword_prefix" || key_ == "end_of_word_suffix") {
          refuse_setting(!value.empty());
        }
        return;
      case Place::kMerges:
        return add_merge_line(value);
      case Place::kMergePair:
        return pair_.push_back(std::move(value));
      case Place::kAddedToken:
        if (key_ == "content") added_.content = std::move(value);
        return;
      case Place::kNormalizer:
        if (key_ == "type") normalizer_ = value;
        return;
      case Place::kPreTokenizer:
        // Patterns are concatenated, so that a second one is noticed.
        if (key_ == "Regex") pattern_ += value;
        if (key_ == "behavior") refuse_setting(value != "Isolated");
        return;
      default:
        return scalar();
    }
  }

  void integer(std::int64_t value) override {
    if (places_.back() == Place::kVocab) {
      const std::int32_t id = checked_id(value, key_);
      file_.vocab.emplace_back(std::move(key_), id);
    } else if (places_.back() == Place::kAddedToken && key_ == "id") {
      added_id_ = value;
      has_added_id_ = true;
    } else {
      scalar();
    }
  }

  void boolean(bool value) override {
    const Place place = places_.back();
    if (place == Place::kModel && key_ == "ignore_merges") return refuse_setting(value);
    const bool changes_split =
        key_ == "add_prefix_space" || key_ == "invert" || key_ == "use_regex";
    if (place == Place::kPreTokenizer && changes_split) return refuse_setting(value);
    // "special" only matters for decoding.
    const bool is_flag =
        key_ == "normalized" || key_ == "lstrip" || key_ == "rstrip" || key_ == "single_word";
    if (place == Place::kAddedToken && is_flag) return refuse_setting(value);
    scalar();
  }

  void null() override {
    if (places_.back() != Place::kModel) scalar();
  }

  void other() override { scalar(); }

  // Checks what can only be judged at the end of the file.
  void finish() const {
    if (model_type_ != "BPE") {
      throw JsonFault{say("holds a tokenizer of type {0}, but Z-Image's has type \"BPE\"",
                          in_quotes(model_type_))};
    }
    if (normalizer_ != "NFC") {
      throw JsonFault{say("normalises text by {0} instead of \"NFC\"", in_quotes(normalizer_))};
    }
    if (pattern_ != kSplitPattern) {
      throw JsonFault{say("splits text by another pattern than Qwen2's tokenizer")};
    }
    if (file_.vocab.empty()) throw JsonFault{say("has no vocabulary")};
  }

 private:
  Place child_place(bool is_object) const {
    switch (places_.back()) {
      case Place::kTop:
        if (!is_object) throw JsonFault{say("is not a JSON object")};
        return Place::kRoot;
      case Place::kRoot:
        if (key_ == "model" && is_object) return Place::kModel;
        if (key_ == "added_tokens" && !is_object) return Place::kAddedTokens;
        if (key_ == "normalizer" && is_object) return Place::kNormalizer;
        if (key_ == "pre_tokenizer" && is_object) return Place::kPreTokenizer;
        return Place::kIgnored;
      case Place::kModel:
        if (key_ == "vocab" && is_object) return Place::kVocab;
        if (key_ == "merges" && !is_object) return Place::kMerges;
        return Place::kIgnored;
      case Place::kMerges:
        if (is_object) throw JsonFault{say("has a merge that is neither a pair nor a string")};
        return Place::kMergePair;
      case Place::kAddedTokens:
        if (!is_object) throw JsonFault{say("has an added token that is not an object")};
        return Place::kAddedToken;
      case Place::kPreTokenizer:
        return Place::kPreTokenizer;
      case Place::kVocab:
        throw JsonFault{say("gives token {0} no whole number as id", in_quotes(key_))};
      case Place::kMergePair:
        throw JsonFault{say("has a merge that does not name two tokens")};
      default:
        return Place::kIgnored;
    }
  }

  // Refuses a value whose type does not fit its place.
  void scalar() const {
    switch (places_.back()) {
      case Place::kTop:
        throw JsonFault{say("is not a JSON object")};
      case Place::kVocab:
        throw JsonFault{say("gives token {0} no whole number as id", in_quotes(key_))};
      case Place::kMerges:
        throw JsonFault{say("has a merge that is neither a pair nor a string")};
      case Place::kMergePair:
        throw JsonFault{say("has a merge that does not name two tokens")};
      case Place::kAddedTokens:
        throw JsonFault{say("has an added token that is not an object")};
      case Place::kModel:
        return refuse_setting(key_ == "dropout");
      default:
        return;
    }
  }

  void refuse_setting(bool refused) const {
    if (refused) throw JsonFault{say("sets {0} in a way that Z-Image's tokenizer does not", key_)};
  }

  void add_merge_line(const std::string& line) {
    const std::size_t space = line.find(' ');
    const bool is_pair = space != std::string::npos && space != 0 && space + 1 < line.size() &&
                         line.find(' ', space + 1) == std::string::npos;
    if (!is_pair)
      throw JsonFault{say("has the merge {0}, which does not name two tokens", in_quotes(line))};
    file_.merges.emplace_back(line.substr(0, space), line.substr(space + 1));
  }

  void finish_added_token() {
    if (added_.content.empty()) throw JsonFault{say("has an added token without content")};
    if (!has_added_id_) {
      throw JsonFault{say("gives token {0} no whole number as id", in_quotes(added_.content))};
    }
    added_.id = checked_id(added_id_, added_.content);
    file_.added.push_back(std::move(added_));
  }

  TokenizerFile& file_;
  std::vector<Place> places_{Place::kTop};
  std::string key_;
  std::string model_type_;
  std::string normalizer_;
  std::string pattern_;
  std::vector<std::string> pair_;
  AddedToken added_;
  std::int64_t added_id_ = 0;
  bool has_added_id_ = false;
};

}  // namespace

TokenizerFile read_tokenizer_file(const std::filesystem::path& path) {
  TokenizerFile file;
  file.path = path;
  Reader reader(file);
  parse_json_file(path, reader);
  try {
    reader.finish();
  } catch (const JsonFault& fault) {
    throw_model_file(path, fault.what);
  }
  return file;
}

}  // namespace headroom
