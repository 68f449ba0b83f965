// Memory of a card: address space that nobody pays for until it is written; only the count is real.
#include "card.h"

#include <cstdarg>
#include <cstring>
#include <fstream>
#include <set>

#include <sys/mman.h>

namespace stand_in {
namespace {

struct Block {
  std::int64_t bytes;
  int card;
};
std::map<char*, Block>& blocks() {
  static std::map<char*, Block> all;
  return all;
}
std::map<char*, std::int64_t>& pinned() {
  static std::map<char*, std::int64_t> all;
  return all;
}
std::map<std::uint64_t, Block>& pages() {
  static std::map<std::uint64_t, Block> all;
  return all;
}
std::map<char*, std::int64_t>& address_ranges() {
  static std::map<char*, std::int64_t> all;
  return all;
}

// A process is on the driver's list of a card from its first call that needs the card itself.
std::set<int>& contexts() {
  static std::set<int> all;
  return all;
}

std::int64_t size_of(const Block& block) { return block.bytes; }
std::int64_t size_of(std::int64_t bytes) { return bytes; }

template <typename Map>
bool lies_in(const Map& ranges, const void* pointer) {
  auto* const p = static_cast<char*>(const_cast<void*>(pointer));
  auto after = ranges.upper_bound(p);
  if (after == ranges.begin()) return false;
  --after;
  return p < after->first + size_of(after->second);
}

// Addresses count up, as a driver's mostly do: of equal blocks the allocator takes the lowest.
char* map_addresses(std::int64_t bytes) {
  static std::int64_t next = 0x300000000000;
  const std::int64_t start = next;
  next += bytes + kPage;
  return static_cast<char*>(mmap(reinterpret_cast<void*>(start), static_cast<std::size_t>(bytes),
                                 PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
}

std::int64_t round_up(std::int64_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

}  // namespace

std::recursive_mutex& lock() {
  static std::recursive_mutex mutex;
  return mutex;
}

int& current_card() {
  thread_local int card = 0;
  return card;
}

std::int64_t& taken(int card) {
  static std::map<int, std::int64_t> all;
  return all[card];
}

std::int64_t taken_by_others(int card) {
  std::int64_t bytes = number("FAKE_USED", 0, card);
  if (const char* const file = std::getenv("FAKE_OTHERS_FILE")) {
    std::int64_t more = 0;
    if (std::ifstream(file) >> more) bytes += more;
  }
  return bytes;
}

std::int64_t free_bytes(int card) {
  const std::int64_t free = total_of(card) - taken_by_others(card) - taken(card);
  return free > 0 ? free : 0;
}

void make_context(int card) {
  if (!contexts().insert(card).second) return;
  const std::int64_t bytes = number("FAKE_CONTEXT_BYTES", 0, card);
  taken(card) += bytes;
  tell("context card=%d bytes=%lld", card, static_cast<long long>(bytes));
}

bool take(int card, std::int64_t bytes) {
  static std::int64_t requests = 0;
  static const std::int64_t first = number("FAKE_FAIL_MALLOC", 0);
  static const std::int64_t times = number("FAKE_FAIL_TIMES", 1);
  ++requests;
  make_context(card);
  const bool told_to = first > 0 && requests >= first && requests < first + times;
  const bool fits = !told_to && bytes <= free_bytes(card);
  if (fits) taken(card) += bytes;
  tell("alloc card=%d bytes=%lld ok=%d taken=%lld", card, static_cast<long long>(bytes), fits,
       static_cast<long long>(taken(card)));
  return fits;
}

bool is_on_card(const void* pointer) {
  const std::lock_guard hold(lock());
  return lies_in(blocks(), pointer) || lies_in(address_ranges(), pointer);
}

bool is_pinned(const void* pointer) {
  const std::lock_guard hold(lock());
  return lies_in(pinned(), pointer);
}

void tell(const char* format, ...) {
  static std::FILE* const file = [] {
    const char* const name = std::getenv("FAKE_LOG");
    return name == nullptr ? nullptr : std::fopen(name, "a");
  }();
  if (file == nullptr) return;
  const std::lock_guard hold(lock());
  std::va_list values;
  va_start(values, format);
  std::vfprintf(file, format, values);
  va_end(values);
  std::fputc('\n', file);
  std::fflush(file);  // a run that ends by a signal must not lose its last lines
}

}  // namespace stand_in

using namespace stand_in;

extern "C" {

Error cudaMalloc(void** pointer, std::size_t wanted) {
  if (fault() != kSuccess) return fail(fault());
  const std::lock_guard hold(lock());
  const int card = current_card();
  const std::int64_t bytes = round_up(static_cast<std::int64_t>(wanted));
  if (!take(card, bytes)) return fail(kOutOfMemory);
  char* const address = map_addresses(bytes);
  blocks()[address] = {bytes, card};
  *pointer = address;
  return kSuccess;
}

Error cudaFree(void* pointer) {
  if (fault() != kSuccess) return fail(fault());
  const std::lock_guard hold(lock());
  const auto found = blocks().find(static_cast<char*>(pointer));
  if (found == blocks().end()) return kSuccess;
  taken(found->second.card) -= found->second.bytes;
  munmap(found->first, static_cast<std::size_t>(found->second.bytes));
  tell("free card=%d bytes=%lld", found->second.card, static_cast<long long>(found->second.bytes));
  blocks().erase(found);
  return kSuccess;
}

Error cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  if (fault() != kSuccess) return fail(fault());
  const std::lock_guard hold(lock());
  make_context(current_card());
  *free = static_cast<std::size_t>(free_bytes(current_card()));
  *total = static_cast<std::size_t>(total_of(current_card()));
  return kSuccess;
}

Error cudaHostAlloc(void** pointer, std::size_t wanted, unsigned) {
  if (fault() != kSuccess) return fail(fault());
  const std::lock_guard hold(lock());
  const std::size_t bytes = (wanted + 4095) / 4096 * 4096;
  *pointer = std::aligned_alloc(4096, bytes);
  pinned()[static_cast<char*>(*pointer)] = static_cast<std::int64_t>(bytes);
  tell("host_alloc bytes=%zu", bytes);
  return kSuccess;
}

Error cudaFreeHost(void* pointer) {
  const std::lock_guard hold(lock());
  const auto found = pinned().find(static_cast<char*>(pointer));
  if (found == pinned().end()) return kSuccess;
  tell("host_free bytes=%lld", static_cast<long long>(found->second));
  pinned().erase(found);
  std::free(pointer);
  return kSuccess;
}

Error cudaHostRegister(void* pointer, std::size_t bytes, unsigned) {
  const std::lock_guard hold(lock());
  pinned()[static_cast<char*>(pointer)] = static_cast<std::int64_t>(bytes);
  tell("host_register bytes=%zu", bytes);
  return kSuccess;
}

Error cudaHostUnregister(void* pointer) {
  const std::lock_guard hold(lock());
  pinned().erase(static_cast<char*>(pointer));
  return kSuccess;
}

Error cudaPointerGetAttributes(PointerAttributes* attributes, const void* pointer) {
  std::memset(attributes, 0, sizeof *attributes);
  attributes->type = is_on_card(pointer)  ? MemoryType::kDevice
                     : is_pinned(pointer) ? MemoryType::kHost
                                          : MemoryType::kUnregistered;
  attributes->device = current_card();
  return kSuccess;
}

// The driver's calls behind expandable segments: addresses are plentiful, only pages count.
int stand_in_reserve_addresses(std::uint64_t* address, std::size_t bytes, std::size_t,
                               std::uint64_t, std::uint64_t) {
  const std::lock_guard hold(lock());
  char* const start = map_addresses(static_cast<std::int64_t>(bytes));
  address_ranges()[start] = static_cast<std::int64_t>(bytes);
  *address = reinterpret_cast<std::uint64_t>(start);
  return kSuccess;
}

int stand_in_free_addresses(std::uint64_t address, std::size_t bytes) {
  const std::lock_guard hold(lock());
  auto* const start = reinterpret_cast<char*>(address);
  address_ranges().erase(start);
  munmap(start, bytes);
  return kSuccess;
}

// What was on the pages is gone; so is what they took of the machine.
int stand_in_unmap(std::uint64_t address, std::size_t bytes) {
  madvise(reinterpret_cast<void*>(address), bytes, MADV_DONTNEED);
  return kSuccess;
}

int stand_in_create_pages(std::uint64_t* handle, std::size_t bytes, const void*, std::uint64_t) {
  if (fault() != kSuccess) return fault();
  const std::lock_guard hold(lock());
  static std::uint64_t next = 1;
  if (!take(current_card(), static_cast<std::int64_t>(bytes))) return kOutOfMemory;
  *handle = next++;
  pages()[*handle] = {static_cast<std::int64_t>(bytes), current_card()};
  return kSuccess;
}

int stand_in_release_pages(std::uint64_t handle) {
  const std::lock_guard hold(lock());
  const auto found = pages().find(handle);
  if (found == pages().end()) return kSuccess;
  taken(found->second.card) -= found->second.bytes;
  tell("free card=%d bytes=%lld", found->second.card, static_cast<long long>(found->second.bytes));
  pages().erase(found);
  return kSuccess;
}

// For the driver's management library, which is another file.
int stand_in_has_context(int card) {
  const std::lock_guard hold(lock());
  return contexts().count(card) > 0;
}
std::int64_t stand_in_taken(int card) {
  const std::lock_guard hold(lock());
  return taken(card);
}
std::int64_t stand_in_taken_by_others(int card) { return taken_by_others(card); }

// For tests that run in the same process: a line of the log that separates what was from what
// comes.
void stand_in_mark(const char* text) { tell("mark %s", text); }
}
