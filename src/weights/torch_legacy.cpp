#include "torch_legacy.h"

#include "headroom/weights/model_file_error.h"
#include "headroom/weights/tensor_type.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace headroom {
namespace {

using Bytes = std::span<const std::byte>;

// The pickles of 0x1950a86a20f9469cfc6c and 1001, in protocol 2 or 3.
constexpr std::array<unsigned char, 21> kHead{0x80, 2,    0x8A, 10,   0x6C, 0xFC, 0x9C,
                                              0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
                                              '.',  0x80, 2,    'M',  0xE9, 0x03, '.'};
constexpr std::size_t kFirstProtocol = 1;
constexpr std::size_t kSecondProtocol = 16;
constexpr std::size_t kCountBytes = 8;

std::uint64_t read_count(Bytes bytes) {
  std::uint64_t count = 0;
  for (std::size_t i = kCountBytes; i-- > 0;)
    count = count << 8U | std::to_integer<std::uint64_t>(bytes[i]);
  return count;
}

class Reader {
 public:
  Reader(Bytes bytes, const std::filesystem::path& file)
      : rest_(bytes.subspan(kHead.size())), file_(file) {}

  TorchContents read() {
    const PickledNumbers machine = read_pickled_numbers(next_pickle(), file_);
    rest_ = rest_.subspan(machine.bytes);
    const auto order = machine.numbers.find("little_endian");
    if (order != machine.numbers.end() && order->second == 0)
      refuse(say("has its bytes in the order of another kind of processor"));
    TorchContents contents{read_pickled_table(next_pickle(), file_), {}};
    rest_ = rest_.subspan(contents.table.bytes);
    const PickledTexts keys = read_pickled_texts(next_pickle(), file_);
    rest_ = rest_.subspan(keys.bytes);
    for (const std::string& key : keys.texts) take_storage(key, contents);
    return contents;
  }

 private:
  [[noreturn]] void refuse(const Message& fault) const {
    fail_model_file(file_, say("{0}; the file is damaged or not one of PyTorch's, so download it "
                               "again",
                               fault_of(say("the file"), fault)));
  }
  [[nodiscard]] Bytes next_pickle() const {
    return rest_.first(std::min(rest_.size(), kMostTableBytes));
  }
  void take_storage(const std::string& key, TorchContents& contents) {
    const auto known = contents.table.storages.find(key);
    // The size of its values is then not known, nor where the next storage begins.
    if (known == contents.table.storages.end()) refuse(say("has values that no tensor has"));
    if (rest_.size() < kCountBytes) refuse(say("ends too early"));
    const std::uint64_t count = read_count(rest_);
    rest_ = rest_.subspan(kCountBytes);
    const auto item = static_cast<std::size_t>(tensor_type(known->second).bytes(1));
    if (count > rest_.size() / item) refuse(say("ends too early"));
    const std::size_t bytes = static_cast<std::size_t>(count) * item;
    if (!contents.storages.emplace(key, rest_.first(bytes)).second)
      refuse(say("has the values of a storage twice"));
    rest_ = rest_.subspan(bytes);
  }

  Bytes rest_;
  const std::filesystem::path& file_;
};

}  // namespace

bool starts_as_legacy_torch(Bytes bytes) {
  if (bytes.size() < kHead.size()) return false;
  for (std::size_t i = 0; i < kHead.size(); ++i) {
    const auto byte = std::to_integer<unsigned char>(bytes[i]);
    const bool is_protocol = i == kFirstProtocol || i == kSecondProtocol;
    if (byte != kHead[i] && !(is_protocol && byte == 3)) return false;
  }
  return true;
}

TorchContents read_legacy_torch(Bytes bytes, const std::filesystem::path& file) {
  return Reader(bytes, file).read();
}

}  // namespace headroom
