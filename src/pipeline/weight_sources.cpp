#include "weight_sources.h"

#include "headroom/core/error.h"
#include "headroom/device/memory_tag.h"
#include "headroom/weights/hollow.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace headroom {
namespace {

c10::ScalarType scalar_type(DType dtype, const std::string& where) {
  switch (dtype) {
    case DType::kF32:
      return at::kFloat;
    case DType::kF16:
      return at::kHalf;
    case DType::kBF16:
      return at::kBFloat16;
    case DType::kF64:
      return at::kDouble;
    default:
      throw Error(ErrorKind::kModelFile,
                  say("{0} is stored as {1}, which cannot run here; choose the model's folder in "
                      "BF16, F16 or F32",
                      where, dtype_name(dtype)));
  }
}

std::string shape_text(at::IntArrayRef shape) {
  std::string text = "[";
  for (const std::int64_t n : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
  return text + "]";
}

// Tells the system that the whole pages inside `data` are not needed any more.
void give_back_pages(std::span<const std::byte> data) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<std::uintptr_t>(data.data()) + page - 1) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(data.data() + data.size()) / page * page;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace

void read_values(const StoredTensor& stored, std::int64_t first, const at::Tensor& values) {
  const auto item = static_cast<std::int64_t>(c10::elementSize(stored.format));
  const std::int64_t count = values.numel();
  const at::Tensor flat = values.view({count});
  const auto read = [&](std::int64_t from, std::span<std::byte> into) {
    stored.file.read(stored.view, static_cast<std::size_t>((first + from) * item), into);
  };
  if (stored.format == values.scalar_type()) {
    constexpr std::int64_t kGrain = 1 << 20;  // values; less is not worth a thread
    auto* const target = static_cast<std::byte*>(flat.mutable_data_ptr());
    at::parallel_for(0, count, kGrain, [&](std::int64_t begin, std::int64_t end) {
      read(begin, {target + begin * item, static_cast<std::size_t>((end - begin) * item)});
    });
    return;
  }
  // In pieces through buffers that stay in the cache.
  constexpr std::int64_t kPiece = 64 * 1024;
  at::parallel_for(0, (count + kPiece - 1) / kPiece, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::InferenceMode inference;
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(kPiece, count) * item));
    for (std::int64_t i = begin * kPiece; i < std::min(end * kPiece, count); i += kPiece) {
      const std::int64_t n = std::min(kPiece, count - i);
      read(i, std::span(buffer).first(static_cast<std::size_t>(n * item)));
      flat.narrow(0, i, n).copy_(
          at::from_blob(buffer.data(), {n}, at::TensorOptions(stored.format)));
    }
  });
}

void Staging::copy(const StoredTensor& stored, const at::Tensor& target) {
  constexpr std::int64_t kHalfBytes = 16 << 20;
  const std::int64_t item = target.element_size();
  const std::int64_t count = target.numel();
  const at::Tensor flat = target.view({count});
  const c10::impl::VirtualGuardImpl streams(target.device().type());
  std::size_t turn = 0;
  for (std::int64_t i = 0; i < count; i += kHalfBytes / item, ++turn) {
    const std::int64_t n = std::min(kHalfBytes / item, count - i);
    Half& half = halves_[turn % halves_.size()];
    if (half.copied) half.copied->synchronize();
    if (!half.memory.defined()) {
      half.memory = at::empty({kHalfBytes}, at::TensorOptions(at::kByte).pinned_memory(true));
    }
    const at::Tensor values = half.memory.narrow(0, 0, n * item).view(target.scalar_type());
    read_values(stored, i, values);
    flat.narrow(0, i, n).copy_(values, /*non_blocking=*/true);
    half.copied.emplace(target.device().type());
    half.copied->record(streams.getStream(target.device()));
  }
}

FileWeights::FileWeights(const TensorStore& store, at::TensorOptions options,
                         std::vector<std::string> prefixes)
    : store_(store), options_(options), prefixes_(std::move(prefixes)) {}

std::string FileWeights::place_of(const std::string& full_name) const {
  return store_.file_of(full_name).string() + ": tensor " + full_name;
}

const TensorView& FileWeights::find(std::string_view name, at::IntArrayRef shape,
                                    std::string& full_name) const {
  full_name = prefixes_.front() + std::string(name);
  for (const std::string& prefix : prefixes_) {
    if (store_.contains(prefix + std::string(name))) full_name = prefix + std::string(name);
  }
  const TensorView& view = store_.at(full_name);
  if (at::IntArrayRef(view.shape) != shape) {
    throw Error(
        ErrorKind::kModelFile,
        say("{0}: tensor {1} has shape {2}, but the config asks for {3}; download the model "
            "again or choose another one",
            store_.file_of(full_name), full_name, shape_text(view.shape), shape_text(shape)));
  }
  (void)scalar_type(view.dtype, place_of(full_name));
  return view;
}

at::Tensor FileWeights::get(std::string_view name, at::IntArrayRef shape) {
  std::string full_name;
  find(name, shape, full_name);  // before memory is taken for what is not there
  at::Tensor target;
  {
    const ScopedMemoryTag tag(MemoryTag::kWeights);
    target = at::empty(shape, options_);
  }
  read(name, target);
  return target;
}

void FileWeights::read(std::string_view name, const at::Tensor& target) {
  std::string full_name;
  find(name, target.sizes(), full_name);
  const auto start = std::chrono::steady_clock::now();
  const std::scoped_lock lock(mutex_);
  if (!read_converted(full_name, target)) fill(checked(full_name), target);
  work_.bytes += static_cast<std::int64_t>(target.nbytes());
  work_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void FileWeights::fill(const StoredTensor& stored, const at::Tensor& target) {
  if (target.is_cpu()) {
    read_values(stored, 0, target);
  } else {
    staging_.copy(stored, target);
  }
}

StoredTensor FileWeights::checked(const std::string& full_name) {
  const TensorView& view = store_.at(full_name);
  const TensorFile& file = store_.opened_file_of(full_name);
  // All of it at once: as it is read, a disk has but one request at a time to work on.
  file.expect(full_name);
  if (!allows_holes_ && !without_holes_.contains(full_name)) {
    const bool hollow = is_hollow(view);
    give_back_pages(view.data);
    if (hollow) {
      throw Error(ErrorKind::kModelFile,
                  say("{0} is zero or has a hole of zeros; the download is incomplete, so download "
                      "the file again",
                      place_of(full_name)));
    }
    without_holes_.insert(full_name);
  }
  return {file, view, scalar_type(view.dtype, place_of(full_name))};
}

bool FileWeights::read_converted(const std::string& full_name, const at::Tensor& target) {
  if (!converted_) return false;
  const auto found = converted_->tensors().find(full_name);
  if (found == converted_->tensors().end() ||
      at::IntArrayRef(found->second.shape) != target.sizes() ||
      scalar_type(found->second.dtype, full_name) != target.scalar_type()) {
    return false;
  }
  try {
    converted_->expect(full_name);
    fill({*converted_, found->second, target.scalar_type()}, target);
    return true;
  } catch (const Error&) {
    converted_.reset();  // cut, or its disk failed
    return false;
  }
}

void FileWeights::use_converted(TensorFile converted) {
  const std::scoped_lock lock(mutex_);
  converted_ = std::move(converted);
}

bool FileWeights::uses_converted() const {
  const std::scoped_lock lock(mutex_);
  return converted_.has_value();
}

void FileWeights::expect(std::string_view prefix) {
  const std::scoped_lock lock(mutex_);
  for (const std::string& before : prefixes_) {
    if (converted_) {
      converted_->expect(before + std::string(prefix));
    } else {
      store_.expect(before + std::string(prefix));
    }
  }
}

void FileWeights::convert(const std::string& full_name,
                          const std::function<void(std::span<const std::byte>)>& put) {
  const std::scoped_lock lock(mutex_);
  const StoredTensor stored = checked(full_name);
  const auto item = static_cast<std::int64_t>(options_.dtype().itemsize());
  const auto stored_item = static_cast<std::int64_t>(c10::elementSize(stored.format));
  const std::int64_t count = static_cast<std::int64_t>(stored.view.data.size()) / stored_item;
  constexpr std::int64_t kPiece = 8 << 20;  // values
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(kPiece, count) * item));
  for (std::int64_t i = 0; i < count; i += kPiece) {
    const std::int64_t n = std::min(kPiece, count - i);
    read_values(stored, i, at::from_blob(buffer.data(), {n}, options_.device(at::kCPU)));
    put(std::span(buffer).first(static_cast<std::size_t>(n * item)));
  }
}

ReadWork FileWeights::take_work() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(work_, {});
}

at::Tensor FileWeights::gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                                    std::int64_t rows, std::int64_t width) {
  std::string full_name;
  const TensorView& view = find(name, {rows, width}, full_name);
  const StoredTensor stored{store_.opened_file_of(full_name), view,
                            scalar_type(view.dtype, place_of(full_name))};
  at::Tensor host =
      at::empty({static_cast<std::int64_t>(ids.size()), width}, options_.device(at::kCPU));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= rows) {
      throw Error(ErrorKind::kModelFile,
                  say("{0}: the tokenizer knows id {1}, but {2} has only {3} rows",
                      store_.file_of(full_name), ids[i], full_name, rows));
    }
    read_values(stored, ids[i] * width, host.select(0, static_cast<std::int64_t>(i)));
  }
  return host.to(options_.device());
}

MetaWeights::MetaWeights(c10::ScalarType dtype, WeightStorage storage)
    : options_(at::TensorOptions(at::kMeta).dtype(dtype)), storage_(storage) {}

at::Tensor MetaWeights::get(std::string_view name, at::IntArrayRef shape) {
  const ScopedMemoryTag tag(MemoryTag::kWeights);
  if ((storage_ == WeightStorage::kInt8 || storage_ == WeightStorage::kQ4) &&
      name.starts_with("layers.") && shape.size() == 2 && shape[1] % kQuantisedBlock == 0) {
    return at::empty({shape[0], quantised_row_bytes(storage_, shape[1])},
                     options_.dtype(at::kByte));
  }
  return at::empty(shape, options_);
}

void MetaWeights::read(std::string_view, const at::Tensor&) {}

at::Tensor MetaWeights::gather_rows(std::string_view, std::span<const std::int32_t> ids,
                                    std::int64_t, std::int64_t width) {
  return at::empty({static_cast<std::int64_t>(ids.size()), width}, options_);
}

}  // namespace headroom
