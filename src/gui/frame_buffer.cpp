#include "frame_buffer.h"

#include "headroom/core/error.h"

#include <string>

#include <GL/gl.h>
#include <GL/glext.h>
#include <GLFW/glfw3.h>

namespace headroom {
namespace {

// Newer than OpenGL 1.1, so they are looked up at run time; version 3 has them all.
template <typename Function>
Function find(const char* name) {
  const auto function = reinterpret_cast<Function>(glfwGetProcAddress(name));
  if (function == nullptr) {
    throw Error(ErrorKind::kInternal, std::string("the graphics driver lacks ") + name +
                                          ", a part of OpenGL 3; try LIBGL_ALWAYS_SOFTWARE=1");
  }
  return function;
}

void bind(GLenum target, unsigned name) {
  static const auto function = find<PFNGLBINDFRAMEBUFFERPROC>("glBindFramebuffer");
  function(target, name);
}

}  // namespace

FrameBuffer::FrameBuffer() {
  find<PFNGLGENFRAMEBUFFERSPROC>("glGenFramebuffers")(1, &name_);
  glGenTextures(1, &texture_);
}

FrameBuffer::~FrameBuffer() {
  glDeleteTextures(1, &texture_);
  find<PFNGLDELETEFRAMEBUFFERSPROC>("glDeleteFramebuffers")(1, &name_);
}

bool FrameBuffer::begin(int width_px, int height_px) {
  bind(GL_FRAMEBUFFER, name_);
  if (width_px == width_ && height_px == height_) return false;
  width_ = width_px;
  height_ = height_px;
  glBindTexture(GL_TEXTURE_2D, texture_);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width_, height_, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
  find<PFNGLFRAMEBUFFERTEXTURE2DPROC>("glFramebufferTexture2D")(
      GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_, 0);
  return true;
}

void FrameBuffer::end() const {
  static const auto blit = find<PFNGLBLITFRAMEBUFFERPROC>("glBlitFramebuffer");
  bind(GL_DRAW_FRAMEBUFFER, 0);
  glDisable(GL_SCISSOR_TEST);
  blit(0, 0, width_, height_, 0, 0, width_, height_, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  bind(GL_FRAMEBUFFER, 0);
}

}  // namespace headroom
