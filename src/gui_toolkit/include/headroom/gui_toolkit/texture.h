#pragma once
#include "headroom/core/image.h"

#include <cstdint>
#include <memory>

namespace headroom {

// A picture as an OpenGL texture with mipmaps. Movable; owns its OpenGL name. Main thread, with
// the window's context current.
class Texture {
 public:
  Texture() = default;
  explicit Texture(const Image& image);
  explicit Texture(const GreyImage& opacity);  // white with this opacity
  ~Texture();
  Texture(Texture&& other) noexcept;
  Texture& operator=(Texture&& other) noexcept;
  Texture(const Texture&) = delete;
  Texture& operator=(const Texture&) = delete;

  [[nodiscard]] explicit operator bool() const { return name_ != 0; }
  [[nodiscard]] std::uint64_t id() const { return name_; }  // for ImTextureID
  // `hard`: pixel edges are sharp when the picture is enlarged; otherwise it is smoothed.
  void show_pixels(bool hard);

 private:
  unsigned name_ = 0;
  bool hard_ = false;

  void upload(int width, int height, unsigned format, const std::uint8_t* pixels);
};

// A texture that follows a shared picture: uploads only when the picture changes.
class PictureTexture {
 public:
  const Texture& show(const std::shared_ptr<const Image>& image);
  Texture& texture() { return texture_; }

 private:
  std::shared_ptr<const Image> image_;
  Texture texture_;
};

}  // namespace headroom
