#pragma once
#include "headroom/weights/tensor_file.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace headroom {

// The length field and text of a header for these tensors in this order; their data is not read.
// Throws Error{kInternal} if the format cannot express it.
[[nodiscard]] std::string tensor_file_header(const std::filesystem::path& file,
                                             const std::vector<const NamedTensor*>& order,
                                             const std::map<std::string, std::string>& metadata);

// Throws Error{kIo}: "FILE: WHAT (REASON); check the folder, its permissions and the free space".
[[noreturn]] void fail_io(const std::filesystem::path& file, const Message& what, int error);

// Writes all bytes. Throws like fail_io().
void write_all(int fd, const void* data, std::size_t size, const std::filesystem::path& file);

// After this the folder's file names survive a power cut, if its file system can promise that.
void sync_folder(const std::filesystem::path& folder);

}  // namespace headroom
