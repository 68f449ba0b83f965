#include "headroom/gui_toolkit/texture.h"

#include "soft_texture.h"

#include <utility>
#include <vector>

#include <GL/gl.h>
#include <GLFW/glfw3.h>

#ifndef GL_CLAMP_TO_EDGE
#define GL_CLAMP_TO_EDGE 0x812F
#endif
#ifndef GL_TEXTURE_LOD_BIAS
#define GL_TEXTURE_LOD_BIAS 0x8501
#endif

namespace headroom {
namespace {

// Newer than OpenGL 1.1, so the function is looked up at run time.
void generate_mipmap() {
  using Function = void (*)(GLenum);
  if (const auto function = reinterpret_cast<Function>(glfwGetProcAddress("glGenerateMipmap"))) {
    function(GL_TEXTURE_2D);
  } else {
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  }
}

}  // namespace

Texture::Texture(const GreyImage& opacity) {
  std::vector<std::uint8_t> rgba;
  rgba.reserve(4 * opacity.grey.size());
  for (const std::uint8_t value : opacity.grey) {
    rgba.insert(rgba.end(), 3, 255);
    rgba.push_back(value);
  }
  upload(opacity.width, opacity.height, 4, rgba.data());
}

Texture::Texture(const Image& image) { upload(image.width, image.height, 3, image.rgb.data()); }

void Texture::upload(int width, int height, int channels, const std::uint8_t* pixels) {
  if (glfwGetCurrentContext() == nullptr) {
    soft_ = std::make_shared<SoftTexture>(width, height, channels, pixels, /*has_halves=*/true);
    return;
  }
  const GLenum format = channels == 4 ? GL_RGBA : GL_RGB;
  glGenTextures(1, &name_);
  glBindTexture(GL_TEXTURE_2D, name_);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  // Without it a picture at 70 % is mostly drawn from its half-size mipmap and looks soft.
  glTexParameterf(GL_TEXTURE_2D, GL_TEXTURE_LOD_BIAS, -0.5F);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);  // rows of RGB are not multiples of four bytes
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  glTexImage2D(GL_TEXTURE_2D, 0, static_cast<int>(format), width, height, 0, format,
               GL_UNSIGNED_BYTE, pixels);
  generate_mipmap();
}

Texture::~Texture() {
  if (name_ != 0) glDeleteTextures(1, &name_);
}

Texture::Texture(Texture&& other) noexcept
    : name_(std::exchange(other.name_, 0U)), soft_(std::move(other.soft_)), hard_(other.hard_) {}

std::uint64_t Texture::id() const {
  return soft_ != nullptr ? reinterpret_cast<std::uintptr_t>(soft_.get()) : name_;
}

Texture& Texture::operator=(Texture&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(soft_, other.soft_);
  std::swap(hard_, other.hard_);
  return *this;
}

void Texture::show_pixels(bool hard) {
  if (!*this || hard == hard_) return;
  hard_ = hard;
  if (soft_ != nullptr) {
    soft_->hard = hard;
    return;
  }
  glBindTexture(GL_TEXTURE_2D, name_);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, hard ? GL_NEAREST : GL_LINEAR);
}

const Texture& PictureTexture::show(const std::shared_ptr<const Image>& image) {
  if (image != image_) {
    image_ = image;
    texture_ = image ? Texture(*image) : Texture();
  }
  return texture_;
}

}  // namespace headroom
