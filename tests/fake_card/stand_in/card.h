#pragma once
// The state of the stand-in cards, shared by the parts of the runtime's stand-in.
#include "cuda_types.h"
#include "settings.h"

#include <map>
#include <mutex>

namespace stand_in {

constexpr std::int64_t kPage = 2 << 20;  // the driver gives whole pages

// Held by every call that changes what follows.
std::recursive_mutex& lock();

// The card that this thread talks to.
int& current_card();

// Bytes that are taken on a card: of this process, and of others as the variables say at this
// moment.
std::int64_t& taken(int card);
std::int64_t taken_by_others(int card);
std::int64_t free_bytes(int card);

// This process is one of those that use the card, from now on.
void make_context(int card);

// Takes or refuses, as a driver would; also where the n-th request is told to fail.
bool take(int card, std::int64_t bytes);

bool is_on_card(const void* pointer);
bool is_pinned(const void* pointer);

// A fault that stays, such as an illegal address: the answer of every later call. kSuccess without.
Error fault();
// Remembers what cudaGetLastError() will say on this thread.
Error fail(Error error);

// Sleeps until the card has done all that it was given, as FAKE_KERNEL_MICROSECONDS says.
void wait_for_work();

// One line of the file that FAKE_LOG names: "alloc bytes=20971520 ok=1". Nothing without that file.
void tell(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace stand_in
