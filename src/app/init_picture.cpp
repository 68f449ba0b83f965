#include "init_picture.h"

#include "headroom/core/error.h"
#include "headroom/image/png_writer.h"
#include "headroom/image/resize.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace headroom {
namespace {

Size size_of(const Image& image) { return {image.width, image.height}; }

// The picture's own size, cut to whole units.
Size own_size(const std::string& name, const Image& image, int unit) {
  const Size size{image.width / unit * unit, image.height / unit * unit};
  if (size.width > 0 && size.height > 0) return size;
  throw Error(ErrorKind::kInvalidRequest,
              say("{0} is {1} px, and this model needs at least {2} px a side; choose a size with "
                  "--size, to which the picture is enlarged",
                  name, to_string(size_of(image)), unit));
}

// How pictures are brought to a size: cut, or cut to its shape and resized.
struct Fitting {
  Size to;
  bool is_cut_alone = false;
  [[nodiscard]] Image apply(const Image& image) const {
    return is_cut_alone ? cut_evenly(image, to.width, to.height) : fit(image, to.width, to.height);
  }
};

GreyImage read_mask(const std::string& file, const InitImage& init, const ImageFile& image,
                    const Fitting& fitting, InitImage::File& record) {
  ImageFile mask = read_image_file(file);
  const std::string name = std::filesystem::path(file).filename().string();
  record = {name, std::move(mask.sha256)};
  if (size_of(mask.image) != size_of(image.image)) {
    throw Error(
        ErrorKind::kInvalidRequest,
        say("the mask {0} is {1} px and the picture {2} is {3} px; make the mask as large as "
            "the picture",
            name, to_string(size_of(mask.image)), init.file.name, to_string(size_of(image.image))));
  }
  if (mask.has_transparency) {
    throw Error(
        ErrorKind::kInvalidRequest,
        say("the mask {0} has transparent parts, which are neither white nor black; save it "
            "without transparency, white where the picture is to be painted anew",
            name));
  }
  GreyImage repaint = to_grey(fitting.apply(mask.image));
  repaint = binary_mask(repaint, repaint.width, repaint.height);
  if (std::none_of(repaint.grey.begin(), repaint.grey.end(),
                   [](auto value) { return value == 1; })) {
    throw Error(
        ErrorKind::kInvalidRequest,
        say("the mask {0} is black, so nothing would be painted anew; make white what is to "
            "change",
            name));
  }
  return repaint;
}

}  // namespace

std::vector<Message> add_init_picture(const CommandLine& line, const ModelInfo& model,
                                      GenerationRequest& request) {
  if (line.init_image.empty()) return {};
  std::vector<Message> notes;
  ImageFile read = read_image_file(line.init_image);
  auto init = std::make_shared<InitImage>();
  init->file = {line.init_image.filename().string(), std::move(read.sha256)};
  const std::string& name = init->file.name;
  const Size have = size_of(read.image);
  const Fitting fitting{line.size ? *line.size : own_size(name, read.image, model.size_unit),
                        !line.size};
  request.width = fitting.to.width;
  request.height = fitting.to.height;
  request.strength =
      line.strength.value_or(line.mask.empty() ? kDefaultStrength : kDefaultRepaintStrength);
  // What is wrong with the size is said before anything of it is made.
  const auto problems = validate(request, model.size_unit);
  if (!problems.empty()) throw Error(ErrorKind::kInvalidRequest, problems.front().message);
  init->image = fitting.apply(read.image);
  if (have != fitting.to) {
    notes.push_back(
        fitting.is_cut_alone
            ? say("{0} is {1} px and is cut to {2}, since this model needs multiples of "
                  "{3} px",
                  name, to_string(have), to_string(fitting.to), model.size_unit)
            : say("{0} is {1} px and is cut to the shape of {2} and resized to it", name,
                  to_string(have), to_string(fitting.to)));
  }
  if (read.has_transparency) {
    notes.push_back(say("the transparent parts of {0} count as white", name));
  }
  if (!line.mask.empty()) {
    init->repaint = read_mask(line.mask.string(), *init, read, fitting, init->mask_file);
  }
  request.init = std::move(init);
  return notes;
}

}  // namespace headroom
