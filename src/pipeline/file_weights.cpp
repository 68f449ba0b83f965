#include "headroom/pipeline/file_weights.h"

#include "headroom/core/error.h"
#include "headroom/device/memory_tag.h"
#include "headroom/weights/dequantize.h"
#include "headroom/weights/weight_faults.h"

#include "read_values.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <sys/mman.h>
#include <unistd.h>

namespace headroom {
namespace {

Message said(WeightFault fault, const std::string& place) {
  switch (fault) {
    case WeightFault::kNotFinite:
      return say(
          "{0} holds values that are not finite (NaN or infinite); the file is damaged, so "
          "download it again",
          place);
    case WeightFault::kOneValue:
      return say("{0} holds one value over and over; the file is damaged, so download it again",
                 place);
    case WeightFault::kZeros:
    case WeightFault::kNone:
      break;
  }
  return say(
      "{0} is zero or has a hole of zeros; the download is incomplete, so download the file again",
      place);
}

// Tells the system that whole pages inside `data` are no longer needed.
void give_back_pages(std::span<const std::byte> data) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t into_page = reinterpret_cast<std::uintptr_t>(data.data()) % page;
  const std::size_t before = into_page == 0 ? 0 : page - into_page;
  if (data.size() < before + page) return;
  const std::span<const std::byte> whole =
      data.subspan(before, (data.size() - before) / page * page);
  madvise(const_cast<std::byte*>(whole.data()), whole.size(), MADV_DONTNEED);
}

}  // namespace

FileWeights::FileWeights(const NetworkTensors& tensors, at::TensorOptions options,
                         std::shared_ptr<Staging> staging)
    : tensors_(tensors), options_(options), staging_(std::move(staging)) {}

at::Tensor FileWeights::get(std::string_view name, at::IntArrayRef shape) {
  (void)tensors_.at(name, shape);  // before memory is allocated for a missing tensor
  at::Tensor target;
  {
    const ScopedMemoryTag tag(MemoryTag::kWeights);
    target = at::empty(shape, options_);
  }
  read(name, target);
  return target;
}

void FileWeights::read(std::string_view name, const at::Tensor& target) {
  const TensorRows stored = tensors_.at(name, target.sizes());
  count(static_cast<std::int64_t>(target.nbytes()), [&] {
    if (read_converted(name, target)) return;
    check(stored);
    fill(stored, target);
  });
}

void FileWeights::count(std::int64_t bytes, const std::function<void()>& read) {
  const auto start = std::chrono::steady_clock::now();
  const std::scoped_lock lock(mutex_);
  read();
  work_.bytes += bytes;
  work_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::optional<int> FileWeights::rotation_of_codes(std::string_view name, std::int64_t rows,
                                                  std::int64_t columns) const {
  const TensorRows stored = tensors_.at(name, std::array{rows, columns});
  if (stored.stored->coding != Coding::kInt8) return std::nullopt;
  return stored.stored->rotation_group;
}

void FileWeights::read_codes(std::string_view name, const at::Tensor& codes,
                             const at::Tensor& scales) {
  const TensorRows stored = read_stored(name, codes.sizes(), codes);
  const std::vector<float>& all = stored.stored->scales;
  auto* const scale = scales.mutable_data_ptr<float>();
  if (all.size() == 1) {
    std::fill_n(scale, stored.rows, all.front());
  } else {
    std::copy_n(all.begin() + stored.first_row, stored.rows, scale);
  }
}

TensorRows FileWeights::read_stored(std::string_view name, at::IntArrayRef shape,
                                    const at::Tensor& bytes) {
  const TensorRows stored = tensors_.at(name, shape);
  count(static_cast<std::int64_t>(bytes.nbytes()), [&] {
    check(stored);
    read_bytes(stored, bytes);
  });
  return stored;
}

void FileWeights::fill(const TensorRows& stored, const at::Tensor& target) {
  if (target.is_cpu()) {
    read_values(stored, 0, target);
  } else {
    staging_->copy(stored, target);
  }
}

void FileWeights::check(const TensorRows& stored) {
  // Announced at once, since reading alone gives the disk one request at a time.
  stored.file->expect(stored.name);
  if (allows_faults_ || sound_.contains({stored.name, stored.first_row})) return;
  const TensorView codes = codes_of(stored);
  const WeightFault fault = find_fault(codes, Look::kSamples, stored.name);
  give_back_pages(codes.data);
  if (fault != WeightFault::kNone)
    throw Error(ErrorKind::kModelFile, said(fault, tensors_.place_of(stored)));
  sound_.emplace(stored.name, stored.first_row);
}

bool FileWeights::read_converted(std::string_view name, const at::Tensor& target) {
  if (!converted_) return false;
  const auto found = converted_->tensors().find(name);
  if (found == converted_->tensors().end() ||
      at::IntArrayRef(found->second.shape) != target.sizes()) {
    return false;
  }
  const TensorView& view = found->second;
  const StoredTensor whole{Coding::kPlain, view, view.shape, {}, {}, 0};
  if (plain_format(whole) != target.scalar_type()) return false;
  try {
    converted_->expect(name);
    if (is_damaged(name, view)) {
      converted_.reset();
      if (damaged_) damaged_();
      return false;
    }
    fill({&whole, &*converted_, found->first, 0, row_count(view.shape), row_width(view.shape)},
         target);
    return true;
  } catch (const Error&) {
    converted_.reset();  // cut, or its disk failed
    return false;
  }
}

// The conversion started from sound values. A value that overflows the format is no damage.
bool FileWeights::is_damaged(std::string_view name, const TensorView& converted) {
  if (allows_faults_ || sound_converted_.contains(name)) return false;
  const WeightFault fault = find_fault(converted, Look::kSamples);
  give_back_pages(converted.data);
  if (fault == WeightFault::kZeros || fault == WeightFault::kOneValue) return true;
  sound_converted_.emplace(name);
  return false;
}

void FileWeights::use_converted(TensorFile converted, std::function<void()> damaged) {
  const std::scoped_lock lock(mutex_);
  converted_ = std::move(converted);
  damaged_ = std::move(damaged);
  sound_converted_.clear();
}

bool FileWeights::uses_converted() const {
  const std::scoped_lock lock(mutex_);
  return converted_.has_value();
}

void FileWeights::expect(std::string_view prefix) {
  const std::scoped_lock lock(mutex_);
  if (converted_) {
    converted_->expect(prefix);
  } else {
    tensors_.expect(prefix);
  }
}

void FileWeights::convert(std::string_view name, at::IntArrayRef shape,
                          const std::function<void(std::span<const std::byte>)>& put) {
  const TensorRows stored = tensors_.at(name, shape);
  const std::scoped_lock lock(mutex_);
  check(stored);
  const auto item = static_cast<std::int64_t>(options_.dtype().itemsize());
  constexpr std::int64_t kAtOnce = 8 << 20;  // values
  const std::int64_t at_once =
      std::clamp<std::int64_t>(kAtOnce / std::max<std::int64_t>(1, stored.width), 1, stored.rows);
  std::vector<std::byte> buffer(static_cast<std::size_t>(at_once * stored.width * item));
  for (std::int64_t i = 0; i < stored.rows; i += at_once) {
    const std::int64_t n = std::min(at_once, stored.rows - i);
    read_values(stored, i,
                at::from_blob(buffer.data(), {n, stored.width}, options_.device(at::kCPU)));
    put(std::span(buffer).first(static_cast<std::size_t>(n * stored.width * item)));
  }
}

ReadWork FileWeights::take_work() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(work_, {});
}

at::Tensor FileWeights::gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                                    std::int64_t rows, std::int64_t width) {
  const TensorRows stored = tensors_.at(name, std::array{rows, width});
  at::Tensor host =
      at::empty({static_cast<std::int64_t>(ids.size()), width}, options_.device(at::kCPU));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= rows) {
      throw Error(ErrorKind::kModelFile,
                  say("{0}: the tokenizer knows id {1}, but {2} has only {3} rows",
                      tensors_.store().file_of(stored.name), ids[i], stored.name, rows));
    }
    read_values(stored, ids[i], host.select(0, static_cast<std::int64_t>(i)));
  }
  return host.to(options_.device());
}

}  // namespace headroom
