#include "headroom/core/error.h"
#include "headroom/device/device.h"

#include "backends.h"

#include <algorithm>
#include <utility>

#include <c10/util/Exception.h>

namespace headroom {
namespace {

// Replaces libtorch's message, which goes on with byte counts and settings to try.
Message ran_out() { return say("the device ran out of memory"); }

}  // namespace

std::string plain_message(const std::exception& error) {
  const auto* const torch = dynamic_cast<const c10::Error*>(&error);
  if (torch == nullptr) return error.what();
  if (is_out_of_memory(error)) return ran_out().english();
  // The lines after the first are advice for programmers.
  const std::string message = torch->what_without_backtrace();
  return message.substr(0, message.find('\n'));
}

Message message_of(const std::exception& error) {
  if (const auto* const own = dynamic_cast<const Error*>(&error)) return own->message();
  if (is_out_of_memory(error)) return ran_out();
  return Error::unworded(ErrorKind::kInternal, plain_message(error));
}

bool is_out_of_memory(const std::exception& error) {
  if (const auto* const own = dynamic_cast<const Error*>(&error))
    return own->kind() == ErrorKind::kOutOfMemory;
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) return true;
  return std::ranges::any_of(backend_kinds(),
                             [&](const BackendKind& kind) { return kind.ran_out(error); });
}

std::optional<Error> device_failure(const std::exception& error) {
  const auto* const card = dynamic_cast<const c10::AcceleratorError*>(&error);
  if (card == nullptr || is_out_of_memory(error)) return std::nullopt;
  for (const BackendKind& kind : backend_kinds()) {
    if (auto why = kind.explain(card->get_error_code())) {
      return Error(ErrorKind::kDevice, *std::move(why));
    }
  }
  return Error(ErrorKind::kDevice,
               say("the card's driver gave up (code {0}); close and start Headroom again",
                   card->get_error_code()));
}

}  // namespace headroom
