#include "pretokenizer.h"

#include "unicode.h"

#include <cstddef>

namespace headroom {
namespace {

// kNewline is CR and LF, kSpace all other white space; kEnd follows the last character.
enum class CharClass { kEnd, kLetter, kNumber, kNewline, kSpace, kOther };

struct Char {
  char32_t code = 0;
  CharClass kind = CharClass::kEnd;
  std::size_t end = 0;  // offset of the byte after it
};

CharClass classify(char32_t code) {
  if (code == '\r' || code == '\n') return CharClass::kNewline;
  if (is_letter(code)) return CharClass::kLetter;
  if (is_number(code)) return CharClass::kNumber;
  return is_space(code) ? CharClass::kSpace : CharClass::kOther;
}

Char char_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {0, CharClass::kEnd, text.size()};
  std::size_t end = at;
  const char32_t code = next_code_point(text, end);
  return {code, classify(code), end};
}

// The end of the run of characters of class `kind` that starts at `at`.
std::size_t skip(std::string_view text, std::size_t at, CharClass kind) {
  for (Char c = char_at(text, at); c.kind == kind; c = char_at(text, at)) at = c.end;
  return at;
}

char32_t lower(char32_t code) {
  if (code >= 'A' && code <= 'Z') return code + ('a' - 'A');
  return code == 0x17F ? U's' : code;  // the long s is a case variant of s
}

// The end of a contraction 's 't 'm 'd 're 've 'll (any case) at `at`; `at` when there is none. Of
// these letters only s has a case variant outside ASCII (the long s).
std::size_t contraction_end(std::string_view text, std::size_t at) {
  if (text[at] != '\'') return at;
  const Char first = char_at(text, at + 1);
  const char32_t a = lower(first.code);
  if (a == 's' || a == 't' || a == 'm' || a == 'd') return first.end;
  const Char second = char_at(text, first.end);
  const char32_t b = lower(second.code);
  const bool matches = (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l');
  return matches ? second.end : at;
}

// White space ends after its last newline. Without a newline it leaves its last character to the
// next piece, if there is one and the run has two or more characters.
std::size_t white_space_end(std::string_view text, std::size_t begin) {
  std::size_t behind_newline = begin;
  std::size_t last = begin;  // where the last character of the run starts
  std::size_t at = begin;
  for (Char c = char_at(text, at); c.kind == CharClass::kSpace || c.kind == CharClass::kNewline;
       c = char_at(text, at)) {
    last = at;
    at = c.end;
    if (c.kind == CharClass::kNewline) behind_newline = at;
  }
  if (behind_newline != begin) return behind_newline;
  return at == text.size() || last == begin ? at : last;
}

// Tries the alternatives of the pattern in its order; the first that matches wins.
std::size_t piece_end(std::string_view text, std::size_t begin) {
  if (const std::size_t end = contraction_end(text, begin); end != begin) return end;
  const Char first = char_at(text, begin);
  if (first.kind == CharClass::kLetter) return skip(text, begin, CharClass::kLetter);
  if (first.kind == CharClass::kNumber) return first.end;
  if (first.kind != CharClass::kNewline && char_at(text, first.end).kind == CharClass::kLetter) {
    return skip(text, first.end, CharClass::kLetter);
  }
  const std::size_t others = first.code == ' ' ? first.end : begin;
  if (const std::size_t end = skip(text, others, CharClass::kOther); end != others) {
    return skip(text, end, CharClass::kNewline);
  }
  return white_space_end(text, begin);
}

}  // namespace

std::vector<std::string_view> split_pieces(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = piece_end(text, begin);
    pieces.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return pieces;
}

}  // namespace headroom
