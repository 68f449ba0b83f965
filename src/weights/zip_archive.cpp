#include "zip_archive.h"

#include "headroom/weights/model_file_error.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace headroom {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint32_t kEndMark = 0x06054b50;
constexpr std::uint32_t kEntryMark = 0x02014b50;
constexpr std::uint32_t kLocalMark = 0x04034b50;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kMostComment = 0xFFFF;

// The fields of one record, all of which is inside the archive.
class Record {
 public:
  explicit Record(Bytes bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint32_t number(std::size_t at, int width) const {
    std::uint32_t value = 0;
    for (int i = width; i-- > 0;) {
      value = value << 8 | std::to_integer<std::uint32_t>(bytes_[at + static_cast<std::size_t>(i)]);
    }
    return value;
  }
  [[nodiscard]] std::size_t u16(std::size_t at) const { return number(at, 2); }
  [[nodiscard]] std::size_t u32(std::size_t at) const { return number(at, 4); }

 private:
  Bytes bytes_;
};

class Reader {
 public:
  Reader(Bytes bytes, const std::filesystem::path& file) : bytes_(bytes), file_(file) {}

  ZipMembers read() {
    const Record end(bytes_.subspan(find_end(), kEndBytes));
    const std::size_t count = end.u16(10);
    std::size_t at = end.u32(16);
    if (count == 0xFFFF || at == 0xFFFFFFFF) refuse(say("is larger than 4 GB"));
    ZipMembers members;
    for (std::size_t i = 0; i < count; ++i) at = read_entry(at, members);
    return members;
  }

 private:
  [[noreturn]] void refuse(const Message& fault) const {
    fail_model_file(file_, say("{0}; the file is damaged or not one of PyTorch's, so download it "
                               "again",
                               fault_of(say("the zip archive"), fault)));
  }
  // `size` bytes from `at` on; refuses a range beyond the archive.
  [[nodiscard]] Bytes part(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) refuse(say("ends too early"));
    return bytes_.subspan(at, size);
  }
  // The end record is the last one; only a comment may follow it.
  [[nodiscard]] std::size_t find_end() const {
    if (bytes_.size() < kEndBytes) refuse(say("ends too early"));
    const std::size_t last = bytes_.size() - kEndBytes;
    const std::size_t first = last - std::min(last, kMostComment);
    for (std::size_t at = last + 1; at-- > first;) {
      if (Record(bytes_.subspan(at, kEndBytes)).u32(0) == kEndMark) return at;
    }
    refuse(say("has no directory, as one that was cut off"));
  }
  // Returns the offset of the next entry.
  std::size_t read_entry(std::size_t at, ZipMembers& members) const {
    const Record entry(part(at, kEntryBytes));
    if (entry.u32(0) != kEntryMark) refuse(say("has a damaged directory"));
    const std::size_t size = entry.u32(20);
    const std::size_t name_bytes = entry.u16(28);
    const Bytes name = part(at + kEntryBytes, name_bytes);
    if (entry.u16(10) != 0 || size != entry.u32(24))
      refuse(say("is compressed, as PyTorch's are not"));
    const std::size_t local = entry.u32(42);
    const Record header(part(local, kLocalBytes));
    if (header.u32(0) != kLocalMark) refuse(say("has a damaged member"));
    const std::size_t begin = local + kLocalBytes + header.u16(26) + header.u16(28);
    std::string text(reinterpret_cast<const char*>(name.data()), name.size());
    if (!members.emplace(std::move(text), part(begin, size)).second) {
      refuse(say("has two members of one name"));
    }
    return at + kEntryBytes + name_bytes + entry.u16(30) + entry.u16(32);
  }

  Bytes bytes_;
  const std::filesystem::path& file_;
};

}  // namespace

ZipMembers read_zip(std::span<const std::byte> bytes, const std::filesystem::path& file) {
  return Reader(bytes, file).read();
}

}  // namespace headroom
