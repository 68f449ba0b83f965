#include "headroom/device/copy_stream.h"

#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace headroom {

struct CopyStream::Streams {
  explicit Streams(c10::Device card)
      : device(card),
        implementation(card.type()),
        copies(implementation.getStreamFromGlobalPool(card)),
        computed(card.type()) {}

  c10::Device device;
  c10::impl::VirtualGuardImpl implementation;
  c10::Stream copies;
  c10::Event computed;
};

CopyStream::CopyStream(c10::Device device) {
  if (!device.is_cpu() && !device.is_meta()) streams_ = std::make_unique<Streams>(device);
}
CopyStream::~CopyStream() = default;

void CopyStream::enter_thread() const {
  if (streams_) streams_->implementation.setDevice(streams_->device);
}

void CopyStream::follow_compute() {
  if (!streams_) return;
  streams_->computed.record(streams_->implementation.getStream(streams_->device));
  streams_->computed.block(streams_->copies);
}

void CopyStream::run(const std::function<void()>& copies) {
  if (!streams_) {
    copies();
    return;
  }
  const c10::StreamGuard guard(streams_->copies);
  copies();
  // Waits for the copies here, so that the calling thread gets complete layers and no other stream
  // has to wait.
  streams_->implementation.synchronizeStream(streams_->copies);
}

}  // namespace headroom
