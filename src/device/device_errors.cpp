#include "headroom/core/error.h"
#include "headroom/device/device.h"

#include <c10/util/Exception.h>

namespace headroom {
namespace {

constexpr int kCudaOutOfMemory = 2;  // cudaErrorMemoryAllocation

}  // namespace

std::string plain_message(const std::exception& error) {
  const auto* const torch = dynamic_cast<const c10::Error*>(&error);
  if (torch == nullptr) return error.what();
  const std::string message = torch->what_without_backtrace();
  // The driver's own go on with advice for programmers.
  const bool of_driver = dynamic_cast<const c10::AcceleratorError*>(&error) != nullptr;
  return of_driver ? message.substr(0, message.find('\n')) : message;
}

Message message_of(const std::exception& error) {
  if (const auto* const own = dynamic_cast<const Error*>(&error)) return own->message();
  return Error::unworded(is_out_of_memory(error) ? ErrorKind::kOutOfMemory : ErrorKind::kInternal,
                         plain_message(error));
}

bool is_out_of_memory(const std::exception& error) {
  if (const auto* const own = dynamic_cast<const Error*>(&error))
    return own->kind() == ErrorKind::kOutOfMemory;
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) return true;
  // Kernels are loaded onto a card when they are first launched, and libraries take memory past the
  // allocator: both run out in words of their own.
  if (const auto* const card = dynamic_cast<const c10::AcceleratorError*>(&error))
    return card->get_error_code() == kCudaOutOfMemory;
  if (dynamic_cast<const c10::Error*>(&error) == nullptr) return false;
  const std::string message = plain_message(error);
  return message.find("CUBLAS_STATUS_ALLOC_FAILED") != std::string::npos ||
         message.find("CUDNN_STATUS_ALLOC_FAILED") != std::string::npos;
}

std::optional<Error> device_failure(const std::exception& error) {
  const auto* const card = dynamic_cast<const c10::AcceleratorError*>(&error);
  if (card == nullptr || is_out_of_memory(error)) return std::nullopt;
  return Error(ErrorKind::kDevice,
               say("the card's driver gave up (code {0}); close and start Headroom again",
                   card->get_error_code()));
}

}  // namespace headroom
