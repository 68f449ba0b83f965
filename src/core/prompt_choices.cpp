#include "headroom/core/prompt_choices.h"

#include "headroom/core/error.h"

#include <cstddef>

namespace headroom {
namespace {

constexpr std::string_view kMark = "__";  // before and after a wildcard's name
constexpr int kDeepest = 20;              // nesting of wildcards in wildcards

// The position of the brace that closes the one at `open`; npos when there is none.
std::size_t closing_brace(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

// The parts between bars, leaving out bars in inner braces.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}') --depth;
    if (text[i] != '|' || depth != 0) continue;
    parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

// The name of the wildcard that begins at `at`; empty when none does.
std::string_view wildcard_at(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with(kMark)) return {};
  const std::size_t begin = at + kMark.size();
  const std::size_t end = text.find(kMark, begin);
  if (end == std::string_view::npos) return {};
  const std::string_view name = text.substr(begin, end - begin);
  return name.find_first_of(" \t\r\n{}|") == std::string_view::npos ? name : std::string_view{};
}

class Picker {
 public:
  Picker(std::uint64_t seed, const Wildcards& wildcards) : state_(seed), wildcards_(wildcards) {}

  std::string expand(std::string_view text, int depth = 0) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
      if (text[i] == '{') {
        const std::size_t end = closing_brace(text, i);
        const auto parts = end == std::string_view::npos
                               ? std::vector<std::string_view>{}
                               : parts_of(text.substr(i + 1, end - i - 1));
        if (parts.size() > 1) {
          out += expand(parts[below(parts.size())], depth);
          i = end + 1;
          continue;
        }
      }
      const std::string_view name = wildcards_ ? wildcard_at(text, i) : std::string_view{};
      if (!name.empty()) {
        out += wildcard(std::string(name), depth);
        i += name.size() + 2 * kMark.size();
        continue;
      }
      out += text[i++];
    }
    return out;
  }

 private:
  std::string wildcard(const std::string& name, int depth) {
    const auto lines = wildcards_(name);
    if (!lines || lines->empty()) {
      throw Error(ErrorKind::kInvalidRequest,
                  say("there is no wildcard called {0}, or it is empty; put {0}.txt with a line "
                      "for each choice into the folder of wildcards",
                      name));
    }
    if (depth == kDeepest) {
      throw Error(ErrorKind::kInvalidRequest,
                  say("the wildcard {0} leads back to itself; take it out of its own file", name));
    }
    return expand((*lines)[below(lines->size())], depth + 1);
  }

  // SplitMix64: the same on every machine.
  std::size_t below(std::size_t count) {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return static_cast<std::size_t>((z ^ (z >> 31)) % count);
  }

  std::uint64_t state_;
  const Wildcards& wildcards_;
};

}  // namespace

bool has_choices(std::string_view prompt, const Wildcards& wildcards) {
  for (std::size_t i = 0; i < prompt.size(); ++i) {
    if (wildcards && !wildcard_at(prompt, i).empty()) return true;
    if (prompt[i] != '{') continue;
    const std::size_t end = closing_brace(prompt, i);
    if (end != std::string_view::npos && parts_of(prompt.substr(i + 1, end - i - 1)).size() > 1) {
      return true;
    }
  }
  return false;
}

std::string pick_choices(std::string_view prompt, std::uint64_t seed, const Wildcards& wildcards) {
  return Picker(seed, wildcards).expand(prompt);
}

}  // namespace headroom
