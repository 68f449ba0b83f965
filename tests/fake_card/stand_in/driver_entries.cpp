// libtorch finds the driver's functions through the runtime: those behind expandable segments are
// in memory.cpp, all others say "success".
#include "card.h"

#include <cstring>

using namespace stand_in;

extern "C" {

int stand_in_reserve_addresses(std::uint64_t*, std::size_t, std::size_t, std::uint64_t,
                               std::uint64_t);
int stand_in_free_addresses(std::uint64_t, std::size_t);
int stand_in_unmap(std::uint64_t, std::size_t);
int stand_in_create_pages(std::uint64_t*, std::size_t, const void*, std::uint64_t);
int stand_in_release_pages(std::uint64_t);
int stand_in_has_context(int);
Error cudaDeviceGetAttribute(int*, int, int);
}

namespace {

int granularity(std::size_t* bytes, const void*, int) {
  *bytes = static_cast<std::size_t>(kPage);
  return kSuccess;
}
int error_text(int, const char** text) {
  *text = "an error of the stand-in card";
  return kSuccess;
}
int device(int* card, int index) {
  *card = index;
  return kSuccess;
}
int device_name(char* text, int room, int card) {
  std::snprintf(text, static_cast<std::size_t>(room), "%s", name_of(card).c_str());
  return kSuccess;
}
int device_uuid(char* uuid, int card) {
  std::memcpy(uuid, uuid_of(card).data(), 16);
  return kSuccess;
}
int context_state(int card, unsigned* flags, int* active) {
  *flags = 0;
  *active = stand_in_has_context(card);
  return kSuccess;
}
int success() { return kSuccess; }

template <typename F>
void* address_of(F* function) {
  return reinterpret_cast<void*>(function);
}

}  // namespace

extern "C" Error cudaGetDriverEntryPointByVersion(const char* name, void** function, unsigned,
                                                  unsigned long long, int* result) {
  static const std::map<std::string, void*> known{
      {"cuMemAddressReserve", address_of(stand_in_reserve_addresses)},
      {"cuMemAddressFree", address_of(stand_in_free_addresses)},
      {"cuMemUnmap", address_of(stand_in_unmap)},
      {"cuMemCreate", address_of(stand_in_create_pages)},
      {"cuMemRelease", address_of(stand_in_release_pages)},
      {"cuMemGetAllocationGranularity", address_of(granularity)},
      {"cuDeviceGet", address_of(device)},
      {"cuDevicePrimaryCtxGetState", address_of(context_state)},
      {"cuDeviceGetAttribute", address_of(cudaDeviceGetAttribute)},
      {"cuDeviceGetName", address_of(device_name)},
      {"cuDeviceGetUuid", address_of(device_uuid)},
      {"cuGetErrorString", address_of(error_text)},
  };
  const auto found = known.find(name);
  *function = found == known.end() ? address_of(success) : found->second;
  if (result != nullptr) *result = kSuccess;
  return kSuccess;
}
