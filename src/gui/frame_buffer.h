#pragma once

namespace headroom {

// A picture of the window's content that keeps what is not drawn again: what the screen itself does
// after a swap is up to the driver. Needs a current OpenGL 3 context; main thread.
class FrameBuffer {
 public:
  FrameBuffer();
  ~FrameBuffer();
  FrameBuffer(const FrameBuffer&) = delete;
  FrameBuffer& operator=(const FrameBuffer&) = delete;

  // Makes it the target of drawing, as large as the window. True when its content is lost.
  bool begin(int width_px, int height_px);
  // Copies it to the window.
  void end() const;

 private:
  unsigned texture_ = 0;
  unsigned name_ = 0;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace headroom
