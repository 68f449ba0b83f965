// libcuda.so.1: what is asked of the driver itself, without the runtime.
#include "settings.h"

#include <cstring>

#include <dlfcn.h>

extern "C" {

int cuInit(unsigned) { return stand_in::card_count() == 0 ? 100 : 0; }
int cuDriverGetVersion(int* version) {
  *version = stand_in::driver_cuda_version();
  return 0;
}
int cuDeviceGetCount(int* count) {
  *count = stand_in::card_count();
  return 0;
}
int cuDeviceGet(int* card, int index) {
  *card = index;
  return index >= 0 && index < stand_in::card_count() ? 0 : 101;
}
int cuDeviceGetName(char* text, int room, int card) {
  std::snprintf(text, static_cast<std::size_t>(room), "%s", stand_in::name_of(card).c_str());
  return 0;
}
int cuDeviceGetUuid(char* uuid, int card) {
  std::memcpy(uuid, stand_in::uuid_of(card).data(), 16);
  return 0;
}
int cuDeviceGetUuid_v2(char* uuid, int card) { return cuDeviceGetUuid(uuid, card); }
int cuDeviceGetPCIBusId(char* text, int room, int card) {
  std::snprintf(text, static_cast<std::size_t>(room), "%s", stand_in::bus_id(card).c_str());
  return 0;
}
int cuDeviceTotalMem_v2(std::size_t* bytes, int card) {
  *bytes = static_cast<std::size_t>(stand_in::total_of(card));
  return 0;
}
int cuDeviceGetAttribute(int* value, int which, int card) {
  *value = which == 75 ? stand_in::major_of(card) : which == 76 ? stand_in::minor_of(card) : 1;
  return 0;
}
int cuDevicePrimaryCtxGetState(int card, unsigned* flags, int* active) {
  *flags = 0;
  auto* const has = reinterpret_cast<int (*)(int)>(dlsym(RTLD_DEFAULT, "stand_in_has_context"));
  *active = has != nullptr && has(card) != 0;
  return 0;
}
int cuCtxGetCurrent(void** context) {
  *context = reinterpret_cast<void*>(0x77);
  return 0;
}
}
