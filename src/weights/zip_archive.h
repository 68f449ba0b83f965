#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>

namespace headroom {

// The members of a zip archive by name, as ranges of its bytes.
using ZipMembers = std::map<std::string, std::span<const std::byte>, std::less<>>;

// Finds them by the archive's central directory (PKWARE's APPNOTE 6.3.10, 4.3). Members must be
// stored without compression, as torch.save() writes them. Throws Error{kModelFile} naming `file`
// for anything else, and for archives of more than 4 GB.
[[nodiscard]] ZipMembers read_zip(std::span<const std::byte> bytes,
                                  const std::filesystem::path& file);

}  // namespace headroom
