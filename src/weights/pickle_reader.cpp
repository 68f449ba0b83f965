#include "pickle_reader.h"

#include "headroom/weights/model_file_error.h"

#include "pickle_names.h"
#include "pickle_stack.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace headroom {
namespace {

constexpr int kMostNesting = 8;
constexpr std::size_t kMostName = 256;
constexpr std::size_t kMostNames = 100'000;

using pickle::Kind;
using pickle::Ref;
using pickle::Value;

class Machine : private pickle::Stack {
 public:
  Machine(std::span<const std::byte> pickle, const std::filesystem::path& file)
      : Stack(file), pickle_(pickle) {}

  PickledTable table() {
    PickledTable table;
    const Ref root = run();
    name_tensors(root, "", 0, table.tensors);
    table.storages = std::move(storages_);
    table.bytes = at_;
    return table;
  }

  PickledNumbers numbers() {
    PickledNumbers found;
    const std::vector<Ref>& items = at(run(), Kind::kDict).items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      const Value& key = value(items[i]);
      const Value& number = value(items[i + 1]);
      if (key.kind == Kind::kText && number.kind == Kind::kNumber)
        found.numbers[key.text] = number.number;
    }
    found.bytes = at_;
    return found;
  }

  PickledTexts texts() {
    PickledTexts found;
    for (const Ref item : at(run(), Kind::kList).items)
      found.texts.push_back(at(item, Kind::kText).text);
    found.bytes = at_;
    return found;
  }

 private:
  Ref run() {
    while (true) {
      const std::uint8_t operation = byte();
      if (operation == '.') return pop();
      if (!simple(operation) && !container(operation) && !memo(operation) && !object(operation)) {
        refuse(say("has the operation {0}, which no table of tensors needs", operation));
      }
    }
  }
  // Reads the bytes of the pickle in order.
  std::uint8_t byte() { return std::to_integer<std::uint8_t>(bytes(1).front()); }
  std::span<const std::byte> bytes(std::size_t count) {
    if (count > pickle_.size() - at_) refuse(say("ends too early"));
    at_ += count;
    return pickle_.subspan(at_ - count, count);
  }
  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    const auto part = bytes(width);
    for (std::size_t i = width; i-- > 0;) {
      value = value << 8 | std::to_integer<std::uint64_t>(part[i]);
    }
    return value;
  }
  std::string text(std::size_t count) {
    const auto part = bytes(count);
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }
  std::string line() {
    std::string result;
    for (char c = static_cast<char>(byte()); c != '\n'; c = static_cast<char>(byte())) result += c;
    return result;
  }

  void push_text(std::size_t count) { push({Kind::kText, 0, text(count), {}}); }

  bool simple(std::uint8_t operation);
  bool container(std::uint8_t operation);
  bool memo(std::uint8_t operation);
  bool object(std::uint8_t operation);
  void push_long();
  void push_tuple(std::size_t count);
  void push_global(const std::string& name);
  void push_storage();
  void call();
  void push_tensor(const std::vector<Ref>& arguments);
  std::vector<std::int64_t> extents(Ref tuple);
  void add_items(Kind kind, const std::vector<Ref>& items);
  void name_tensors(Ref ref, const std::string& name, int depth,
                    std::map<std::string, PickledTensor, std::less<>>& named);

  std::span<const std::byte> pickle_;
  std::size_t at_ = 0;
  std::map<std::uint64_t, Ref> memo_;
  std::vector<PickledTensor> tensors_;
  std::map<std::string, DType, std::less<>> storages_;
  std::size_t visited_ = 0;
};

// Operations that push a constant, with their names in Python's pickletools.
bool Machine::simple(std::uint8_t operation) {
  switch (operation) {
    case 0x80:  // PROTO
      bytes(1);
      return true;
    case 0x95:  // FRAME
      bytes(8);
      return true;
    case 'N':  // NONE
      push({});
      return true;
    case 0x88:  // NEWTRUE
    case 0x89:  // NEWFALSE
      push_number(operation == 0x88 ? 1 : 0);
      return true;
    case 'K':  // BININT1
      push_number(static_cast<std::int64_t>(number(1)));
      return true;
    case 'M':  // BININT2
      push_number(static_cast<std::int64_t>(number(2)));
      return true;
    case 'J':  // BININT
      push_number(static_cast<std::int32_t>(number(4)));
      return true;
    case 0x8a:  // LONG1
      push_long();
      return true;
    case 'G':  // BINFLOAT
      bytes(8);
      push({Kind::kOther, 0, {}, {}});
      return true;
    case 'X':  // BINUNICODE
    case 'T':  // BINSTRING
      push_text(number(4));
      return true;
    case 0x8c:  // SHORT_BINUNICODE
    case 'U':   // SHORT_BINSTRING
      push_text(number(1));
      return true;
    default:
      return false;
  }
}

void Machine::push_long() {
  const std::size_t width = number(1);
  if (width > 8) refuse(say("has a number beyond 64 bits"));
  const std::uint64_t bits = number(width);
  const bool negative = width > 0 && width < 8 && (bits >> (8 * width - 1)) != 0;
  const std::uint64_t sign = negative ? ~std::uint64_t{0} << (8 * width) : 0;
  push_number(static_cast<std::int64_t>(bits | sign));
}

bool Machine::container(std::uint8_t operation) {
  switch (operation) {
    case '(':  // MARK
      mark();
      return true;
    case '}':  // EMPTY_DICT
      push({Kind::kDict, 0, {}, {}});
      return true;
    case ']':  // EMPTY_LIST
      push({Kind::kList, 0, {}, {}});
      return true;
    case ')':  // EMPTY_TUPLE
      push_tuple(0);
      return true;
    case 0x85:  // TUPLE1, TUPLE2, TUPLE3
    case 0x86:
    case 0x87:
      push_tuple(static_cast<std::size_t>(operation - 0x84));
      return true;
    case 't':  // TUPLE
      push({Kind::kTuple, 0, {}, pop_to_mark()});
      return true;
    case 's': {  // SETITEM
      const Ref value = pop();
      const Ref key = pop();
      add_items(Kind::kDict, {key, value});
      return true;
    }
    case 'a':  // APPEND
      add_items(Kind::kList, {pop()});
      return true;
    case 'u':  // SETITEMS
      add_items(Kind::kDict, pop_to_mark());
      return true;
    case 'e':  // APPENDS
      add_items(Kind::kList, pop_to_mark());
      return true;
    default:
      return false;
  }
}

void Machine::push_tuple(std::size_t count) {
  std::vector<Ref> items(count);
  for (std::size_t i = count; i-- > 0;) items[i] = pop();
  push({Kind::kTuple, 0, {}, std::move(items)});
}

void Machine::add_items(Kind kind, const std::vector<Ref>& items) {
  if (kind == Kind::kDict && items.size() % 2 != 0) refuse(say("has a key without a value"));
  std::vector<Ref>& target = at(top(), kind).items;
  target.insert(target.end(), items.begin(), items.end());
}

bool Machine::memo(std::uint8_t operation) {
  const bool is_put = operation == 'q' || operation == 'r';  // BINPUT, LONG_BINPUT
  const bool is_get = operation == 'h' || operation == 'j';  // BINGET, LONG_BINGET
  if (operation == 0x94) {                                   // MEMOIZE
    memo_[memo_.size()] = top();
    return true;
  }
  if (!is_put && !is_get) return false;
  const std::uint64_t place = number(operation == 'q' || operation == 'h' ? 1 : 4);
  if (is_put) {
    memo_[place] = top();
    return true;
  }
  const auto found = memo_.find(place);
  if (found == memo_.end()) refuse(say("recalls a value that it never stored"));
  push_again(found->second);
  return true;
}

bool Machine::object(std::uint8_t operation) {
  switch (operation) {
    case 'c': {  // GLOBAL
      const std::string module = line();
      push_global(module + " " + line());
      return true;
    }
    case 0x93: {  // STACK_GLOBAL
      const Ref name = pop();
      const Ref module = pop();
      push_global(at(module, Kind::kText).text + " " + at(name, Kind::kText).text);
      return true;
    }
    case 'Q':  // BINPERSID
      push_storage();
      return true;
    case 'R':  // REDUCE
      call();
      return true;
    case 'b':  // BUILD: sets a dictionary's attributes, which are ignored
      pop();
      at(top(), Kind::kDict);
      return true;
    default:
      return false;
  }
}

void Machine::push_global(const std::string& name) {
  if (!pickle::is_allowed(name)) {
    std::string dotted = name;
    std::ranges::replace(dotted, ' ', '.');
    fail_model_file(file(), say("the pickle asks for {0}, which could run code and is not taken; "
                                "choose the same model as .safetensors",
                                in_quotes(dotted)));
  }
  push({Kind::kGlobal, 0, name, {}});
}

// The arguments are ("storage", type, key, device, number of values), and before PyTorch 1.6 also
// the storage that it is a view of, which must be None.
void Machine::push_storage() {
  const std::vector<Ref> parts = at(pop(), Kind::kTuple).items;
  const bool is_known =
      parts.size() == 5 || (parts.size() == 6 && value(parts[5]).kind == Kind::kNone);
  if (!is_known || at(parts[0], Kind::kText).text != "storage") {
    refuse(say("names a storage in a way that is not known"));
  }
  const auto dtype = pickle::storage_type(at(parts[1], Kind::kGlobal).text);
  if (!dtype) refuse(say("has a storage of no known type"));
  const std::string key = at(parts[2], Kind::kText).text;
  if (storages_.emplace(key, *dtype).first->second != *dtype)
    refuse(say("names a storage in a way that is not known"));
  push({Kind::kStorage, static_cast<std::int64_t>(*dtype), key, {}});
}

void Machine::call() {
  const std::vector<Ref> arguments = at(pop(), Kind::kTuple).items;
  const std::string& function = at(pop(), Kind::kGlobal).text;
  if (function == pickle::kOrderedDict && arguments.empty()) {
    push({Kind::kDict, 0, {}, {}});
  } else if (std::ranges::find(pickle::kRebuildTensor, function) != pickle::kRebuildTensor.end()) {
    push_tensor(arguments);
  } else if (function == pickle::kRebuildParameter && !arguments.empty()) {
    at(arguments.front(), Kind::kTensor);
    push_again(arguments.front());
  } else {
    refuse(say("calls what is no function of tensors"));
  }
}

// The arguments are (storage, offset, shape, strides, and data for training).
void Machine::push_tensor(const std::vector<Ref>& arguments) {
  if (arguments.size() < 4) refuse(say("rebuilds a tensor of too few parts"));
  const Value& storage = at(arguments[0], Kind::kStorage);
  PickledTensor tensor{static_cast<DType>(storage.number), storage.text, number_at(arguments[1]),
                       extents(arguments[2]), extents(arguments[3])};
  if (tensor.offset < 0 || tensor.shape.size() != tensor.strides.size()) {
    refuse(say("has a tensor whose shape is not possible"));
  }
  tensors_.push_back(std::move(tensor));
  push({Kind::kTensor, static_cast<std::int64_t>(tensors_.size() - 1), {}, {}});
}

std::vector<std::int64_t> Machine::extents(Ref tuple) {
  std::vector<std::int64_t> result;
  for (const Ref item : at(tuple, Kind::kTuple).items) {
    result.push_back(number_at(item));
    if (result.back() < 0 || result.size() > kMostNesting) {
      refuse(say("has a tensor whose shape is not possible"));
    }
  }
  return result;
}

void Machine::name_tensors(Ref ref, const std::string& name, int depth,
                           std::map<std::string, PickledTensor, std::less<>>& named) {
  // The limits are needed since a dictionary may be in many places, and even in itself.
  if (++visited_ > kMostNames || depth > kMostNesting || name.size() > kMostName) {
    refuse(say("nests its tables deeper than any model"));
  }
  const Value& value = this->value(ref);
  if (value.kind == Kind::kTensor) {
    named[name] = tensors_[static_cast<std::size_t>(value.number)];
  }
  if (value.kind != Kind::kDict) return;
  for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
    const Value& key = this->value(value.items[i]);
    if (key.kind != Kind::kText) continue;
    name_tensors(value.items[i + 1], name.empty() ? key.text : name + "." + key.text, depth + 1,
                 named);
  }
}

}  // namespace

PickledTable read_pickled_table(std::span<const std::byte> pickle,
                                const std::filesystem::path& file) {
  return Machine(pickle, file).table();
}

PickledNumbers read_pickled_numbers(std::span<const std::byte> pickle,
                                    const std::filesystem::path& file) {
  return Machine(pickle, file).numbers();
}

PickledTexts read_pickled_texts(std::span<const std::byte> pickle,
                                const std::filesystem::path& file) {
  return Machine(pickle, file).texts();
}

}  // namespace headroom
