#include "weight_sources.h"

#include "headroom/core/error.h"
#include "headroom/device/memory_tag.h"
#include "headroom/weights/hollow.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

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

// Lets the system read all of `data` at once. Page by page, as they are touched, a disk has but one
// request at a time to work on.
void ask_for_pages(std::span<const std::byte> data) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(data.data()) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(data.data() + data.size());
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_WILLNEED);
}

// Tells the system that the whole pages inside `data` are not needed any more.
void give_back_pages(std::span<const std::byte> data) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<std::uintptr_t>(data.data()) + page - 1) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(data.data() + data.size()) / page * page;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

// Copies stored values into `target` in ordinary memory, converting. The file gives no alignment,
// tensors need it.
void copy_values(std::span<const std::byte> data, c10::ScalarType stored,
                 const at::Tensor& target) {
  if (stored == target.scalar_type()) {
    std::memcpy(target.mutable_data_ptr(), data.data(), data.size());
    return;
  }
  // Converted in pieces through buffers that stay in the cache, by all the threads that the calling
  // one may use.
  const auto item = static_cast<std::int64_t>(c10::elementSize(stored));
  const std::int64_t count = target.numel();
  constexpr std::int64_t kPiece = 64 * 1024;
  const at::Tensor flat = target.view({count});
  at::parallel_for(0, (count + kPiece - 1) / kPiece, 1, [&](std::int64_t first, std::int64_t last) {
    const c10::InferenceMode inference;
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(kPiece, count) * item));
    for (std::int64_t i = first * kPiece; i < std::min(last * kPiece, count); i += kPiece) {
      const std::int64_t n = std::min(kPiece, count - i);
      std::memcpy(buffer.data(), data.data() + i * item, static_cast<std::size_t>(n * item));
      flat.narrow(0, i, n).copy_(at::from_blob(buffer.data(), {n}, at::TensorOptions(stored)));
    }
  });
}

}  // namespace

void Staging::copy(std::span<const std::byte> data, c10::ScalarType stored,
                   const at::Tensor& target) {
  constexpr std::int64_t kHalfBytes = 16 << 20;
  const auto stored_item = static_cast<std::int64_t>(c10::elementSize(stored));
  const std::int64_t item = target.element_size();
  const std::int64_t count = target.numel();
  const at::Tensor flat = target.view({count});
  const c10::impl::VirtualGuardImpl streams(target.device().type());
  const std::scoped_lock lock(mutex_);
  std::size_t turn = 0;
  for (std::int64_t i = 0; i < count; i += kHalfBytes / item, ++turn) {
    const std::int64_t n = std::min(kHalfBytes / item, count - i);
    Half& half = halves_[turn % halves_.size()];
    if (half.copied) half.copied->synchronize();
    if (!half.memory.defined()) {
      half.memory = at::empty({kHalfBytes}, at::TensorOptions(at::kByte).pinned_memory(true));
    }
    const at::Tensor values = half.memory.narrow(0, 0, n * item).view(target.scalar_type());
    copy_values(data.subspan(static_cast<std::size_t>(i * stored_item),
                             static_cast<std::size_t>(n * stored_item)),
                stored, values);
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
  const TensorView& view = find(name, target.sizes(), full_name);
  const c10::ScalarType stored = scalar_type(view.dtype, place_of(full_name));
  ask_for_pages(view.data);
  if (!allows_holes_ && is_hollow(view)) {
    throw Error(ErrorKind::kModelFile,
                say("{0} is zero or has a hole of zeros; the download is incomplete, so download "
                    "the file again",
                    place_of(full_name)));
  }
  if (target.is_cpu()) {
    copy_values(view.data, stored, target);
  } else {
    staging_.copy(view.data, stored, target);
  }
  give_back_pages(view.data);
}

at::Tensor FileWeights::gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                                    std::int64_t rows, std::int64_t width) {
  std::string full_name;
  const TensorView& view = find(name, {rows, width}, full_name);
  const c10::ScalarType stored = scalar_type(view.dtype, place_of(full_name));
  const std::size_t row_bytes = static_cast<std::size_t>(width) * c10::elementSize(stored);
  at::Tensor host =
      at::empty({static_cast<std::int64_t>(ids.size()), width}, options_.device(at::kCPU));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= rows) {
      throw Error(ErrorKind::kModelFile,
                  say("{0}: the tokenizer knows id {1}, but {2} has only {3} rows",
                      store_.file_of(full_name), ids[i], full_name, rows));
    }
    copy_values(view.data.subspan(static_cast<std::size_t>(ids[i]) * row_bytes, row_bytes), stored,
                host.select(0, static_cast<std::int64_t>(i)));
  }
  return host.to(options_.device());
}

MetaWeights::MetaWeights(c10::ScalarType dtype, WeightStorage storage)
    : options_(at::TensorOptions(at::kMeta).dtype(dtype)), storage_(storage) {}

at::Tensor MetaWeights::get(std::string_view name, at::IntArrayRef shape) {
  const ScopedMemoryTag tag(MemoryTag::kWeights);
  if (storage_ != WeightStorage::kPlain && name.starts_with("layers.") && shape.size() == 2 &&
      shape[1] % kQuantisedBlock == 0) {
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
