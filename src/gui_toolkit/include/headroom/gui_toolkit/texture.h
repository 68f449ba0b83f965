#pragma once
#include "headroom/core/image.h"

#include <cstdint>
#include <memory>

namespace headroom {

class SoftTexture;

// A picture as a texture with mipmaps: of OpenGL, or in main memory where the window has none.
// Movable. Main thread, with the window's context current if it has one.
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

  [[nodiscard]] explicit operator bool() const { return name_ != 0 || soft_ != nullptr; }
  [[nodiscard]] std::uint64_t id() const;  // for ImTextureID
  // `hard`: pixel edges are sharp when the picture is enlarged; otherwise it is smoothed.
  void show_pixels(bool hard);

 private:
  unsigned name_ = 0;  // OpenGL's
  std::shared_ptr<SoftTexture> soft_;
  bool hard_ = false;

  void upload(int width, int height, int channels, const std::uint8_t* pixels);
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
