#include "resumable_folder.h"

#include "headroom/config/paths.h"
#include "headroom/core/error.h"
#include "headroom/image/picture_formats.h"
#include "headroom/image/picture_info.h"
#include "headroom/records/request_json.h"
#include "headroom/records/run_record_json.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kEnding = ".safetensors";
constexpr std::string_view kBegun = ".new";  // suffix of a file that is being written

// An open file that is locked as long as this process lives.
class HeldFile final : public KeptSample {
 public:
  HeldFile(int descriptor, fs::path file) : descriptor_(descriptor), file_(std::move(file)) {}
  ~HeldFile() override { let_go(); }
  HeldFile(const HeldFile&) = delete;
  HeldFile& operator=(const HeldFile&) = delete;

  void drop() override {
    if (descriptor_ < 0) return;
    static_cast<void>(::unlink(file_.c_str()));
    let_go();
  }
  // False when another process holds it, or has taken and removed it.
  [[nodiscard]] bool lock() const {
    struct stat now {};
    return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 && ::fstat(descriptor_, &now) == 0 &&
           now.st_nlink > 0;
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  void rename(const fs::path& to) {
    if (::rename(file_.c_str(), to.c_str()) == 0) file_ = to;
  }
  [[nodiscard]] const fs::path& file() const { return file_; }

 private:
  void let_go() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }
  int descriptor_;
  fs::path file_;
};

[[noreturn]] void fail(const fs::path& file, int error) {
  throw Error(ErrorKind::kIo, say("{0} cannot be written: {1}", file, say_errno(error)));
}

// "20261128-214455-4711": time and process id; numbered if this process has made several in that
// second.
fs::path new_file(const fs::path& folder) {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y%m%d-%H%M%S", &local);
  const std::string name = std::string(text.data()) + "-" + std::to_string(::getpid());
  std::error_code error;
  fs::path file = folder / (name + std::string(kEnding));
  for (int i = 2; fs::exists(file, error); ++i) {
    file = folder / (name + "-" + std::to_string(i) + std::string(kEnding));
  }
  return file;
}

// Makes a new file that is locked before it gets its name.
std::shared_ptr<HeldFile> begin_file(const fs::path& file) {
  const fs::path begun =
      file.parent_path() / ("." + file.filename().string() + std::string(kBegun));
  for (int attempt = 0; attempt < 3; ++attempt) {  // another process may remove it as abandoned
    const int descriptor = ::open(begun.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) fail(file, errno);
    auto held = std::make_shared<HeldFile>(descriptor, begun);
    if (held->lock()) return held;
  }
  fail(file, EBUSY);
}

void write_whole(const HeldFile& held, std::string_view bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(held.descriptor(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(file, written < 0 ? errno : EIO);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(held.descriptor()) != 0) fail(file, errno);
}

void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  static_cast<void>(::fsync(descriptor));  // not every file system supports it
  ::close(descriptor);
}

std::shared_ptr<HeldFile> open_held(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  return descriptor < 0 ? nullptr : std::make_shared<HeldFile>(descriptor, file);
}

void take_file(const fs::path& file, ResumableFolder::Found& found) {
  const std::string name = file.stem().string();
  const std::shared_ptr<HeldFile> hold = open_held(file);
  if (hold == nullptr) {
    if (errno == ENOENT) return;
    found.unreadable.push_back({name, file, say("{0}: {1}", file, say_errno(errno)), nullptr});
    return;
  }
  if (!hold->lock()) {
    ++found.busy;
    return;
  }
  try {
    WaitingPicture waiting{name, file, read_resumable(file), hold};
    found.waiting.push_back(std::move(waiting));
  } catch (const Error& e) {
    found.unreadable.push_back({name, file, e.message(), hold});
  }
}

bool has_settings(const fs::path& file, const GenerationRequest& request, std::uint64_t seed) {
  const nlohmann::json entry = own_entry(file);
  return entry.is_object() && entry.value("seed", nlohmann::json()) == seed &&
         is_picture_of(file, request);
}

Message message_of(const std::exception& e) {
  const auto* const error = dynamic_cast<const Error*>(&e);
  return error != nullptr ? error->message() : Error::unworded(ErrorKind::kInternal, e.what());
}

std::int64_t changed_ns(const struct stat& file) {
  return static_cast<std::int64_t>(file.st_mtim.tv_sec) * 1'000'000'000 + file.st_mtim.tv_nsec;
}

}  // namespace

GenerationRequest WaitingPicture::request(bool by_any_model) const {
  GenerationRequest request = picture.request;
  auto sampled = std::make_shared<SampledPicture>(picture.sampled);
  sampled->kept = hold;
  if (by_any_model) sampled->decoder_files.clear();
  request.sampled = std::move(sampled);
  return request;
}

std::shared_ptr<KeptSample> ResumableFolder::keep(const ResumablePicture& picture) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  const fs::path file = new_file(folder_);
  const std::string bytes = resumable_bytes(picture, file);
  std::shared_ptr<HeldFile> held = begin_file(file);
  try {
    write_whole(*held, bytes, file);
  } catch (const Error&) {
    held->drop();
    throw;
  }
  held->rename(file);
  if (held->file() != file) {
    const int reason = errno;
    held->drop();
    fail(file, reason);
  }
  sync_folder(folder_);
  return held;
}

ResumableFolder::Found ResumableFolder::take() const {
  Found found;
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    if (!entry.is_directory(error)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const std::string name = file.filename().string();
    const bool is_begun = name.starts_with('.') && name.ends_with(kBegun);
    if (!is_begun) {
      take_file(file, found);
    } else if (const auto left = open_held(file); left && left->lock()) {
      left->drop();
    }
  }
  return found;
}

bool ResumableFolder::has_own() const {
  const std::string own = "-" + std::to_string(::getpid());
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().stem().string();
    if (name.ends_with(own) || name.find(own + "-") != std::string::npos) return true;
  }
  return false;
}

KeepSampled sample_keeper(const ModelOptions& model, const std::string& model_name,
                          std::shared_ptr<const OutputPlace> output) {
  ResumablePicture about;
  about.model = places_of(model);
  about.model_name = model_name;
  // `told` is shared, since every set of LoRAs has a generator with a copy of this function.
  return [folder = ResumableFolder(resumable_folder()), about, output = std::move(output),
          told = std::make_shared<bool>(false)](
             const GenerationRequest& request,
             const SampledPicture& sampled) mutable -> std::shared_ptr<KeptSample> {
    about.request = request;
    about.sampled = sampled;
    std::error_code error;
    about.output = {fs::absolute(output->path, error), output->is_file};
    try {
      return folder.keep(about);
    } catch (const std::exception& e) {
      // It would repeat the same message for every picture.
      if (std::exchange(*told, true)) return nullptr;
      throw Error(ErrorKind::kIo,
                  say("a picture that is cut short after its steps must be made anew, since they "
                      "are not kept: {0}; free some space there or mend the folder's permissions",
                      message_of(e)));
    }
  };
}

std::optional<fs::path> saved_already(const WaitingPicture& waiting) {
  const GenerationRequest& request = waiting.picture.request;
  const std::uint64_t seed = waiting.picture.sampled.seed;
  const OutputPlace& output = waiting.picture.output;
  if (output.is_file) {
    const fs::path file = numbered(output.path, waiting.picture.sampled.index);
    if (has_settings(file, request, seed)) return file;
    return std::nullopt;
  }
  std::error_code error;
  const auto kept_at = fs::last_write_time(waiting.file, error);
  for (const fs::directory_entry& entry : fs::directory_iterator(output.path, error)) {
    const bool is_later = entry.last_write_time(error) >= kept_at - std::chrono::seconds(2);
    if (!is_later || !is_written(entry.path())) continue;
    if (has_settings(entry.path(), request, seed)) return entry.path();
  }
  return std::nullopt;
}

fs::path save_resumed(const OutputPlace& output, const GenerationRequest& request,
                      const GeneratedImage& picture) {
  if (!output.is_file) return save_picture(output, request, picture);
  std::error_code error;
  const bool is_free = !fs::exists(numbered(output.path, picture.index), error);
  return save_picture(is_free ? output : OutputPlace{output.path.parent_path()}, request, picture);
}

std::optional<Message> decoder_fault(const WaitingPicture& waiting) {
  for (const SampledPicture::File& file : waiting.picture.sampled.decoder_files) {
    struct stat now {};
    const bool is_there = ::stat(file.path.c_str(), &now) == 0;
    if (is_there && now.st_size == file.bytes && changed_ns(now) == file.changed_ns) continue;
    const Message fault = is_there ? say("is another file by now") : say("is gone");
    return say(
        "the picture {0} was sampled with {1}, which {2}; put it back, name a model with "
        "\"headroom resume --model\", or give the picture up with \"headroom resume "
        "--drop {0}\"",
        waiting.name, file.path, fault);
  }
  return std::nullopt;
}

}  // namespace headroom
