#include "gguf_header.h"

#include "headroom/core/generation.h"
#include "headroom/weights/model_file_error.h"

#include "gguf_unreadable_types.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

namespace headroom {
namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr std::uint64_t kLeastInfoBytes = 24;  // smallest size of a tensor's entry
constexpr std::uint64_t kLeastKeyBytes = 12;
constexpr std::uint64_t kMaxEntries = 100'000;      // tensors, or keys; real files have a thousand
constexpr std::uint64_t kMaxNameBytes = 65'535;     // the format's limit for keys
constexpr std::uint64_t kMaxKeptBytes = 64 * 1024;  // of one text; chat templates are shorter
constexpr std::uint64_t kMaxKeptInAll = 16 * 1024 * 1024;
constexpr std::uint64_t kMaxKeptItems = 8;
constexpr std::uint32_t kMaxRankOfGguf = 4;
constexpr std::string_view kAlignmentKey = "general.alignment";
constexpr std::string_view kArchitectureKey = "general.architecture";

// Numbers of the metadata's types.
enum Type : std::uint32_t {
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kFloat32,
  kBoolean,
  kText,
  kArray,
  kUint64,
  kInt64,
  kFloat64
};
constexpr std::array<std::uint64_t, 13> kTypeBytes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

template <typename Number>
std::string number_text(Number value) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end.ptr};
}

class GgufReader {
 public:
  GgufReader(std::span<const std::byte> bytes, const std::filesystem::path& file)
      : bytes_(bytes), file_(file) {}

  GgufHeader read();

 private:
  [[noreturn]] void refuse(const Message& fault) const {
    fail_model_file(
        file_, say("{0}; the file is damaged or not a GGUF file, so download it again", fault));
  }
  [[noreturn]] void refuse_place(const Message& fault) const { refuse(fault_of(place_, fault)); }
  [[nodiscard]] std::uint64_t left() const { return bytes_.size() - at_; }

  // Little-endian, like the machines that this program runs on.
  template <typename Number>
  Number number() {
    if (left() < sizeof(Number)) refuse(say("the header ends in the middle of {0}", place_));
    Number value;
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::string_view text() {
    const auto length = number<std::uint64_t>();
    if (length > left()) {
      refuse(say("{0} says that it is {1} bytes long, but {2} follow", place_, length, left()));
    }
    const auto* const begin = reinterpret_cast<const char*>(bytes_.data() + at_);
    at_ += length;
    return {begin, static_cast<std::size_t>(length)};
  }
  std::string name();
  std::string scalar(std::uint32_t type);
  std::string value(std::uint32_t type);
  std::string array();
  void read_version();
  void read_key();
  void read_tensor();
  void check_shapes() const;
  void check_places() const;

  std::span<const std::byte> bytes_;
  const std::filesystem::path& file_;
  std::uint64_t at_ = 0;
  std::uint64_t alignment_ = 32;
  std::uint64_t kept_ = 0;             // bytes of texts kept so far
  Message place_ = say("the counts");  // what is being read, for messages
  GgufHeader result_;
};

void GgufReader::read_version() {
  at_ = kMagic.size();
  const auto version = number<std::uint32_t>();
  if (version == 2 || version == 3) return;
  const std::uint32_t swapped = __builtin_bswap32(version);
  if (swapped >= 1 && swapped <= 3) {
    fail_model_file(
        file_, say("is a big-endian GGUF file, which is not read here; choose the little-endian "
                   "file, which is the usual one"));
  }
  fail_model_file(file_, say("is a GGUF file of version {0}, but versions 2 and 3 are read here; "
                             "choose a newer file of the model, or update this program",
                             version));
}

std::string GgufReader::name() {
  const std::string_view found = text();
  if (found.size() > kMaxNameBytes) refuse_place(say("is longer than a name can be"));
  if (!is_valid_utf8(found)) refuse_place(say("is not UTF-8"));
  return std::string(found);
}

std::string GgufReader::scalar(std::uint32_t type) {
  switch (type) {
    case kUint8:
      return number_text(number<std::uint8_t>());
    case kInt8:
      return number_text(static_cast<int>(number<std::int8_t>()));
    case kUint16:
      return number_text(number<std::uint16_t>());
    case kInt16:
      return number_text(number<std::int16_t>());
    case kUint32:
      return number_text(number<std::uint32_t>());
    case kInt32:
      return number_text(number<std::int32_t>());
    case kFloat32:
      return number_text(number<float>());
    case kBoolean:
      return number<std::uint8_t>() != 0 ? "true" : "false";
    case kUint64:
      return number_text(number<std::uint64_t>());
    case kInt64:
      return number_text(number<std::int64_t>());
    case kFloat64:
      return number_text(number<double>());
    default:
      refuse_place(say("has the type {0}, which GGUF does not have", type));
  }
}

// Long lists are vocabularies, which are not needed: only their extent is checked.
std::string GgufReader::array() {
  const auto type = number<std::uint32_t>();
  const auto count = number<std::uint64_t>();
  if (type == kArray) refuse_place(say("is a list of lists"));
  if (type > kFloat64) refuse_place(say("is a list of the unknown type {0}", type));
  const std::uint64_t least = type == kText ? sizeof(std::uint64_t) : kTypeBytes[type];
  if (count > left() / least) {
    refuse(say("{0} says that it has {1} items, but {2} bytes follow", place_, count, left()));
  }
  const bool kept = count <= kMaxKeptItems && type != kText && type != kFloat32 && type != kFloat64;
  if (kept) {
    std::string list;
    for (std::uint64_t i = 0; i < count; ++i) list += (i == 0 ? "" : ", ") + scalar(type);
    return "[" + list + "]";
  }
  if (type == kText) {
    for (std::uint64_t i = 0; i < count; ++i) (void)text();
  } else {
    at_ += count * least;
  }
  return "[" + std::to_string(count) + " items]";
}

std::string GgufReader::value(std::uint32_t type) {
  if (type == kArray) return array();
  if (type != kText) return scalar(type);
  const std::string_view found = text();
  if (found.size() <= kMaxKeptBytes && is_valid_utf8(found) && kept_ < kMaxKeptInAll) {
    kept_ += found.size();
    return std::string(found);
  }
  return "[" + std::to_string(found.size()) + " bytes]";
}

void GgufReader::read_key() {
  place_ = say("a key's name");
  const std::string key = name();
  place_ = say("the value of the key {0}", in_quotes(key));
  const auto type = number<std::uint32_t>();
  if (key == kAlignmentKey && type != kUint32) refuse_place(say("is not an unsigned number"));
  if (key == kArchitectureKey && type != kText) refuse_place(say("is not a text"));
  const auto [entry, is_new] = result_.header.metadata.emplace(key, value(type));
  if (!is_new) refuse(say("the key {0} appears twice", in_quotes(key)));
  if (key != kAlignmentKey) return;
  alignment_ = std::stoul(entry->second);  // the value is a u32 as text
  if (!std::has_single_bit(alignment_)) refuse_place(say("is not a power of two"));
}

void GgufReader::read_tensor() {
  place_ = say("a tensor's name");
  const std::string tensor = name();
  if (tensor.empty()) refuse_place(say("is empty"));
  place_ = say("tensor {0}", in_quotes(tensor));
  const auto rank = number<std::uint32_t>();
  if (rank > kMaxRankOfGguf) refuse_place(say("has {0} dimensions", rank));
  HeaderEntry entry;
  for (std::uint32_t i = 0; i < rank; ++i) {
    const auto extent = number<std::uint64_t>();
    if (extent > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      refuse_place(say("has an extent above 2^63"));
    }
    entry.shape.push_back(static_cast<std::int64_t>(extent));
  }
  std::reverse(entry.shape.begin(), entry.shape.end());  // the file stores the row's width first
  entry.dtype = read_gguf_dtype(number<std::uint32_t>(), tensor, file_);
  entry.begin = number<std::uint64_t>();
  const std::int64_t width = entry.shape.empty() ? 1 : entry.shape.back();
  const auto block = static_cast<std::int64_t>(tensor_type(entry.dtype).block_values);
  if (width % block != 0) {
    refuse_place(say("has rows of {0} values, which are no whole blocks of {1}", width,
                     dtype_name(entry.dtype)));
  }
  const std::optional<std::int64_t> bytes = tensor_bytes(entry.dtype, entry.shape);
  if (!bytes) refuse_place(say("has a shape that is too large"));
  if (__builtin_add_overflow(entry.begin, static_cast<std::uint64_t>(*bytes), &entry.end)) {
    refuse_place(say("lies outside of the file"));
  }
  if (!result_.header.tensors.emplace(tensor, std::move(entry)).second) {
    refuse_place(say("appears twice"));
  }
}

// Some converters store tensors in another shape and keep the original one in a key.
void GgufReader::check_shapes() const {
  for (const auto& [tensor, entry] : result_.header.tensors) {
    const auto original = result_.header.metadata.find("comfy.gguf.orig_shape." + tensor);
    if (original == result_.header.metadata.end()) continue;
    std::string shape;
    for (const std::int64_t extent : entry.shape) {
      shape += (shape.empty() ? "" : ", ") + std::to_string(extent);
    }
    if (original->second == "[" + shape + "]") continue;
    fail_model_file(file_,
                    say("tensor {0} is stored in the shape {1} in the place of {2}, which no "
                        "GGUF file of Z-Image needs; choose another file",
                        in_quotes(tensor), "[" + shape + "]", printable(original->second)));
  }
}

void GgufReader::check_places() const {
  using Item = std::pair<const std::string, HeaderEntry>;
  const std::uint64_t data_bytes = bytes_.size() - result_.data_begin;
  std::vector<const Item*> items;
  items.reserve(result_.header.tensors.size());
  for (const Item& item : result_.header.tensors) {
    const HeaderEntry& entry = item.second;
    if (entry.begin % alignment_ != 0) {
      refuse(say("tensor {0} starts at byte {1} of the data, which is no multiple of {2}",
                 in_quotes(item.first), entry.begin, alignment_));
    }
    if (entry.end > data_bytes) {
      refuse(say("tensor {0} ends at byte {1} of the data, but the file has {2}",
                 in_quotes(item.first), entry.end, data_bytes));
    }
    if (entry.begin != entry.end) items.push_back(&item);
  }
  std::sort(items.begin(), items.end(),
            [](const Item* a, const Item* b) { return a->second.begin < b->second.begin; });
  for (std::size_t i = 1; i < items.size(); ++i) {
    if (items[i]->second.begin >= items[i - 1]->second.end) continue;
    refuse(say("tensor {0} shares bytes with {1}", in_quotes(items[i]->first),
               in_quotes(items[i - 1]->first)));
  }
}

GgufHeader GgufReader::read() {
  read_version();
  const auto tensors = number<std::uint64_t>();
  const auto keys = number<std::uint64_t>();
  if (tensors > std::min(kMaxEntries, bytes_.size() / kLeastInfoBytes) ||
      keys > std::min(kMaxEntries, bytes_.size() / kLeastKeyBytes)) {
    refuse(
        say("the header says that there are {0} tensors and {1} keys, but the file has {2} bytes",
            tensors, keys, bytes_.size()));
  }
  for (std::uint64_t i = 0; i < keys; ++i) read_key();
  for (const auto& [key, text] : result_.header.metadata) {
    if (!key.starts_with("comfy.gguf.quant.")) continue;
    fail_model_file(
        file_, say("is a GGUF file with rotated int8 (Q8_CR), which one ComfyUI extension alone "
                   "reads; choose an int8 ConvRot .safetensors file or GGUF's Q8_0"));
  }
  for (std::uint64_t i = 0; i < tensors; ++i) read_tensor();
  const std::uint64_t padded = (at_ + alignment_ - 1) / alignment_ * alignment_;
  result_.data_begin = std::min<std::uint64_t>(padded, bytes_.size());
  check_shapes();
  check_places();
  return std::move(result_);
}

}  // namespace

bool is_gguf(std::span<const std::byte> start) {
  return start.size() >= kMagic.size() &&
         std::memcmp(start.data(), kMagic.data(), kMagic.size()) == 0;
}

GgufHeader parse_gguf_header(std::span<const std::byte> bytes, const std::filesystem::path& file) {
  return GgufReader(bytes, file).read();
}

}  // namespace headroom
