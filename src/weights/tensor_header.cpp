#include "headroom/weights/tensor_header.h"

#include "headroom/weights/model_file_error.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const Message& fault) {
  fail_model_file(file, say("{0}; the file is damaged or not a safetensors file, so download it "
                            "again",
                            fault));
}

// Receives the parser's events and accepts only the structure that a header can have, so that
// nothing else is built and nesting is at most three levels (the parser itself does not recurse).
// Throws at the first fault.
class HeaderReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  HeaderReader(const std::filesystem::path& file, TensorHeader& header)
      : file_(file), header_(header) {}

  bool null() override { unexpected(say("null")); }
  bool boolean(bool /*value*/) override { unexpected(say("true or false")); }
  // The parser reports integers without a minus sign as unsigned, so this one is negative.
  bool number_integer(number_integer_t /*value*/) override { unexpected(say("a negative number")); }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override {
    unexpected(say("a number that is not a whole number below 2^64"));
  }
  bool binary(binary_t& /*value*/) override { unexpected(say("binary data")); }
  bool number_unsigned(number_unsigned_t value) override;
  bool string(string_t& value) override;
  bool start_object(std::size_t /*count*/) override;
  bool key(string_t& value) override;
  bool end_object() override;
  bool start_array(std::size_t /*count*/) override;
  bool end_array() override;
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*what*/) override {
    refuse(file_, say("the header is not valid JSON at byte {0}", position));
  }

 private:
  enum class In { kNothing, kHeader, kMetadata, kTensor, kShape, kOffsets };
  enum class Field { kNone, kDType, kShape, kOffsets };

  [[noreturn]] void unexpected(const Message& what) const {
    refuse(file_, fault_of(place(), say("has {0} where the format does not allow it", what)));
  }
  // What is being read, for messages.
  [[nodiscard]] Message place() const {
    if (in_ == In::kMetadata) return say("the metadata");
    if (in_ == In::kTensor || in_ == In::kShape || in_ == In::kOffsets) {
      return say("tensor {0}", in_quotes(name_));
    }
    const bool at_name = in_ == In::kHeader && !name_.empty();
    return at_name ? say("the header's {0}", in_quotes(name_)) : say("the header");
  }
  void start_tensor();
  void end_tensor();

  const std::filesystem::path& file_;
  TensorHeader& header_;
  In in_ = In::kNothing;
  std::string name_;          // key at the top level
  std::string metadata_key_;  // key inside the metadata
  bool metadata_seen_ = false;
  // The tensor that is being read.
  Field field_ = Field::kNone;
  std::optional<DType> dtype_;
  std::optional<std::vector<std::int64_t>> shape_;
  std::optional<std::vector<std::uint64_t>> offsets_;
};

bool HeaderReader::number_unsigned(number_unsigned_t value) {
  if (in_ == In::kShape) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      unexpected(say("an extent above 2^63"));
    }
    if (shape_->size() == kMaxRank) unexpected(say("more than 64 dimensions"));
    shape_->push_back(static_cast<std::int64_t>(value));
  } else if (in_ == In::kOffsets) {
    if (offsets_->size() == 2) unexpected(say("more than two data_offsets"));
    offsets_->push_back(value);
  } else {
    unexpected(say("a number"));
  }
  return true;
}

bool HeaderReader::string(string_t& value) {
  if (in_ == In::kMetadata) {
    if (!header_.metadata.emplace(metadata_key_, std::move(value)).second) {
      unexpected(say("the key {0} twice", in_quotes(metadata_key_)));
    }
  } else if (in_ == In::kTensor && field_ == Field::kDType) {
    dtype_ = safetensors_dtype(value);
    if (!dtype_) {
      fail_model_file(file_, say("{0} has the number format {1}, which is not known and cannot run "
                                 "here; choose the model's folder in BF16, F16 or F32",
                                 place(), in_quotes(value)));
    }
  } else {
    unexpected(say("a string"));
  }
  return true;
}

bool HeaderReader::start_object(std::size_t /*count*/) {
  if (in_ == In::kNothing) {
    in_ = In::kHeader;
  } else if (in_ == In::kHeader && name_ == kMetadataKey) {
    in_ = In::kMetadata;
  } else if (in_ == In::kHeader) {
    start_tensor();
  } else {
    unexpected(say("an object"));
  }
  return true;
}

bool HeaderReader::key(string_t& value) {
  if (in_ == In::kMetadata) {
    metadata_key_ = std::move(value);
  } else if (in_ == In::kHeader) {
    name_ = std::move(value);
    const bool seen = name_ == kMetadataKey ? std::exchange(metadata_seen_, true)
                                            : header_.tensors.contains(name_);
    if (seen) refuse(file_, say("the name {0} appears twice in the header", in_quotes(name_)));
  } else {  // inside a tensor: arrays have no keys
    field_ = value == "dtype"          ? Field::kDType
             : value == "shape"        ? Field::kShape
             : value == "data_offsets" ? Field::kOffsets
                                       : Field::kNone;
    const bool twice = (field_ == Field::kDType && dtype_) || (field_ == Field::kShape && shape_) ||
                       (field_ == Field::kOffsets && offsets_);
    if (field_ == Field::kNone || twice) {
      unexpected(twice ? say("the key {0} twice", in_quotes(value))
                       : say("the key {0}", in_quotes(value)));
    }
  }
  return true;
}

bool HeaderReader::end_object() {
  if (in_ == In::kTensor) end_tensor();
  in_ = in_ == In::kHeader ? In::kNothing : In::kHeader;
  return true;
}

bool HeaderReader::start_array(std::size_t /*count*/) {
  if (in_ == In::kTensor && field_ == Field::kShape) {
    in_ = In::kShape;
    shape_.emplace();
  } else if (in_ == In::kTensor && field_ == Field::kOffsets) {
    in_ = In::kOffsets;
    offsets_.emplace();
  } else {
    unexpected(say("a list"));
  }
  return true;
}

bool HeaderReader::end_array() {
  in_ = In::kTensor;
  return true;
}

void HeaderReader::start_tensor() {
  in_ = In::kTensor;
  dtype_.reset();
  shape_.reset();
  offsets_.reset();
}

void HeaderReader::end_tensor() {
  if (!dtype_ || !shape_ || !offsets_ || offsets_->size() != 2) {
    refuse(file_, fault_of(place(), say("lacks its dtype, its shape or its two data_offsets")));
  }
  header_.tensors.emplace(
      name_, HeaderEntry{*dtype_, std::move(*shape_), offsets_->front(), offsets_->back()});
}

void check_size(const std::string& name, const HeaderEntry& entry, std::uint64_t data_bytes,
                const std::filesystem::path& file) {
  if (entry.begin > entry.end || entry.end > data_bytes) {
    refuse(file, say("tensor {0} lies at bytes {1} to {2}, but the file has {3} bytes of data",
                     in_quotes(name), entry.begin, entry.end, data_bytes));
  }
  const std::optional<std::int64_t> expected = tensor_bytes(entry.dtype, entry.shape);
  if (!expected)
    refuse(file,
           fault_of(say("tensor {0}", in_quotes(name)), say("has a shape that is too large")));
  if (static_cast<std::uint64_t>(*expected) != entry.end - entry.begin) {
    refuse(file, say("tensor {0} has {1} bytes where its shape asks for {2}", in_quotes(name),
                     entry.end - entry.begin, *expected));
  }
}

// Tensors, in the order of their bytes, must follow each other without overlap, gap or remainder.
void check_cover(const TensorHeader& header, std::uint64_t data_bytes,
                 const std::filesystem::path& file) {
  using Item = std::pair<const std::string, HeaderEntry>;
  std::vector<const Item*> items;
  items.reserve(header.tensors.size());
  for (const Item& item : header.tensors) items.push_back(&item);
  std::sort(items.begin(), items.end(), [](const Item* a, const Item* b) {
    return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
  });
  std::uint64_t covered = 0;
  for (const Item* item : items) {
    if (item->second.begin != covered) {
      refuse(file, say("tensor {0} starts at byte {1} of the data, not at {2} where the one before "
                       "it ends",
                       in_quotes(item->first), item->second.begin, covered));
    }
    covered = item->second.end;
  }
  if (covered != data_bytes) {
    refuse(file, say("the tensors cover {0} of {1} bytes of data", covered, data_bytes));
  }
}

}  // namespace

TensorHeader parse_tensor_header(std::string_view json, std::uint64_t data_bytes,
                                 const std::filesystem::path& file) {
  // The format requires the brace; the parser would also skip a byte order mark.
  if (!json.starts_with('{'))
    refuse(file, fault_of(say("the header"), say("does not start with '{'")));
  // The parser takes a zero byte for the end of its input and would ignore what follows.
  if (json.find('\0') != std::string_view::npos)
    refuse(file, fault_of(say("the header"), say("holds a zero byte")));

  TensorHeader header;
  HeaderReader reader(file, header);
  if (!nlohmann::json::sax_parse(json.begin(), json.end(), &reader)) {
    refuse(file, fault_of(say("the header"), say("is not valid JSON")));
  }
  for (const auto& [name, entry] : header.tensors) check_size(name, entry, data_bytes, file);
  check_cover(header, data_bytes, file);
  return header;
}

}  // namespace headroom
