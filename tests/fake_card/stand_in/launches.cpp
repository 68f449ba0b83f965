// Kernels: they do nothing, but they load their module, can take their time, and can fail.
#include "card.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <thread>

namespace stand_in {
namespace {

Error lasting_fault = kSuccess;
thread_local Error last_error = kSuccess;

struct Configuration {
  Dim3 grid, block;
  std::size_t shared_bytes;
  Handle stream;
};
thread_local Configuration configuration;

std::map<const void*, std::string>& names() {
  static std::map<const void*, std::string> all;
  return all;
}

// CUDA loads a kernel's module at its first launch, outside of every allocator.
void load(const void* kernel) {
  static const std::int64_t bytes = number("FAKE_MODULE_BYTES", 0);
  if (bytes == 0) return;
  static std::set<const void*> loaded;
  if (loaded.insert(kernel).second) taken(current_card()) += bytes;
}

using Clock = std::chrono::steady_clock;

// When the card will have done what it was given: one piece of work after the other, whatever their
// streams.
Clock::time_point& done_at() {
  static Clock::time_point time;
  return time;
}

void queue_work() {
  static const std::chrono::microseconds each(number("FAKE_KERNEL_MICROSECONDS", 0));
  if (each.count() > 0) done_at() = std::max(done_at(), Clock::now()) + each;
}

// Only out of memory passes; what else a kernel can end with leaves the context dead.
Error launch(const void* kernel, Handle stream) {
  if (lasting_fault != kSuccess) return fail(lasting_fault);
  const std::lock_guard hold(lock());
  static const std::int64_t failing = number("FAKE_FAIL_LAUNCH", 0);
  static const auto error = static_cast<Error>(number("FAKE_LAUNCH_ERROR", kOutOfMemory));
  static const bool tells = number("FAKE_KERNELS", 0) != 0;
  static std::int64_t launches = 0;
  ++launches;
  if (tells) {
    tell("launch number=%lld stream=%zx kernel=%s", static_cast<long long>(launches),
         reinterpret_cast<std::size_t>(stream), names()[kernel].c_str());
  }
  if (launches != failing) {
    load(kernel);
    queue_work();
    return kSuccess;
  }
  tell("launch_failed number=%lld code=%d", static_cast<long long>(launches), error);
  if (error != kOutOfMemory) lasting_fault = error;
  return fail(error);
}

}  // namespace

Error fault() { return lasting_fault; }

Error fail(Error error) { return last_error = error; }

void wait_for_work() {
  const auto until = [] {
    const std::lock_guard hold(lock());
    return done_at();
  }();
  std::this_thread::sleep_until(until);
}

}  // namespace stand_in

using namespace stand_in;

extern "C" {

Error cudaGetLastError() {
  const Error error = last_error;
  last_error = lasting_fault;
  return error;
}
Error cudaPeekAtLastError() { return last_error; }
const char* cudaGetErrorName(Error error) {
  return error == kOutOfMemory ? "cudaErrorMemoryAllocation" : "stand-in error";
}
const char* cudaGetErrorString(Error error) {
  switch (error) {
    case kOutOfMemory:
      return "out of memory";
    case kInsufficientDriver:
      return "CUDA driver version is insufficient for CUDA runtime version";
    case kNoDevice:
      return "no CUDA-capable device is detected";
    case kInvalidDevice:
      return "invalid device ordinal";
    case 209:
      return "no kernel image is available for execution on the device";
    case 700:
      return "an illegal memory access was encountered";
    default:
      return "an error of the stand-in card";
  }
}

void** __cudaRegisterFatBinary(void*) {
  static void* handle;
  return &handle;
}
void __cudaRegisterFunction(void**, const char* host, char*, const char* name, int, void*, void*,
                            void*, void*, int*) {
  names()[host] = name;
}
unsigned __cudaPushCallConfiguration(Dim3 grid, Dim3 block, std::size_t shared, Handle stream) {
  configuration = {grid, block, shared, stream};
  return 0;
}
Error __cudaPopCallConfiguration(Dim3* grid, Dim3* block, std::size_t* shared, Handle* stream) {
  *grid = configuration.grid;
  *block = configuration.block;
  *shared = configuration.shared_bytes;
  *stream = configuration.stream;
  return kSuccess;
}
Error __cudaGetKernel(Handle* kernel, const void* function) {
  *kernel = const_cast<void*>(function);
  return kSuccess;
}
Error __cudaLaunchKernel(Handle kernel, Dim3, Dim3, void**, std::size_t, Handle stream) {
  return launch(kernel, stream);
}
Error cudaLaunchKernel(const void* kernel, Dim3, Dim3, void**, std::size_t, Handle stream) {
  return launch(kernel, stream);
}
Error cudaLaunchCooperativeKernel(const void* kernel, Dim3, Dim3, void**, std::size_t,
                                  Handle stream) {
  return launch(kernel, stream);
}
Error cudaLaunchKernelExC(const void*, const void* kernel, void**) {
  return launch(kernel, nullptr);
}

Error cudaFuncGetAttributes(FunctionAttributes* attributes, const void*) {
  *attributes = {};
  attributes->binary_version = major_of(current_card()) * 10 + minor_of(current_card());
  attributes->ptx_version = attributes->binary_version;
  attributes->max_threads_per_block = 1024;
  attributes->registers = 32;
  attributes->max_dynamic_shared_bytes = 101376;
  return kSuccess;
}
Error cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, const void*, int,
                                                             std::size_t, unsigned) {
  *blocks = 2;
  return kSuccess;
}
Error cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const void*, int, std::size_t) {
  *blocks = 2;
  return kSuccess;
}
Error cudaGetSymbolAddress(void** address, const void*) {
  static char variables[1 << 16];
  *address = variables;
  return kSuccess;
}

// Products of cuBLAS and cuBLASLt, which are kernels too but may lack memory for themselves.
// Answers with cuBLAS' status: 3 is CUBLAS_STATUS_ALLOC_FAILED, 13 CUBLAS_STATUS_EXECUTION_FAILED.
int stand_in_product() {
  if (fault() != kSuccess) return 13;
  const std::lock_guard hold(lock());
  static const std::int64_t failing = number("FAKE_FAIL_PRODUCT", 0);
  static std::int64_t products = 0;
  if (++products != failing) return 0;
  tell("product_failed number=%lld", static_cast<long long>(products));
  return 3;
}
}
