#pragma once
#include "headroom/weights/model_file_error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

// The values of a pickle that is being read, and the stack on which its operations work.
namespace headroom::pickle {

using Ref = std::uint32_t;  // index of a value; values are never freed, so cycles do no harm

enum class Kind : std::uint8_t {
  kNone,
  kNumber,  // also true and false
  kOther,   // understood but not needed: floating point
  kText,
  kTuple,
  kList,
  kDict,     // items: key, value, key, value, ...
  kGlobal,   // text: "module name"
  kStorage,  // text: its key; number: its dtype
  kTensor    // number: index of the tensor
};

struct Value {
  Kind kind = Kind::kNone;
  std::int64_t number = 0;
  std::string text;
  std::vector<Ref> items;
};

// A state dict of a thousand tensors makes about ten thousand values.
inline constexpr std::size_t kMostValues = 1'000'000;
class Stack {
 public:
  // `file` is for messages and must outlive this object.
  explicit Stack(const std::filesystem::path& file) : file_(file) {}

  [[noreturn]] void refuse(const Message& fault) const {
    fail_model_file(file_, say("{0}; choose the same model as .safetensors, or save it so with "
                               "PyTorch",
                               fault_of(say("the pickle"), fault)));
  }

  Ref make(Value value) {
    if (values_.size() == kMostValues) refuse(say("holds more than any table of tensors"));
    values_.push_back(std::move(value));
    return static_cast<Ref>(values_.size() - 1);
  }
  void push(Value value) { stack_.push_back(make(std::move(value))); }
  void push_number(std::int64_t n) { push({Kind::kNumber, n, {}, {}}); }
  Ref pop() {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) refuse(say("takes a value where there is none"));
    const Ref top = stack_.back();
    stack_.pop_back();
    return top;
  }
  [[nodiscard]] Ref top() const {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) refuse(say("takes a value where there is none"));
    return stack_.back();
  }
  std::vector<Ref> pop_to_mark() {
    if (marks_.empty()) refuse(say("ends a list that was not begun"));
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Ref> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
  }
  Value& at(Ref ref, Kind kind) {
    if (values_[ref].kind != kind) refuse(say("has a value of the wrong kind"));
    return values_[ref];
  }
  std::int64_t number_at(Ref ref) { return at(ref, Kind::kNumber).number; }

  // Pushes a value that exists already.
  void push_again(Ref ref) {
    if (stack_.size() == kMostValues) refuse(say("holds more than any table of tensors"));
    stack_.push_back(ref);
  }
  void mark() { marks_.push_back(stack_.size()); }
  [[nodiscard]] const Value& value(Ref ref) const { return values_[ref]; }

 protected:
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  const std::filesystem::path& file_;
  std::vector<Value> values_;
  std::vector<Ref> stack_;
  std::vector<std::size_t> marks_;  // heights of the stack at the marks
};

}  // namespace headroom::pickle
