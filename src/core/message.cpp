#include "headroom/core/message.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace headroom {
namespace {

// What files, folders and disks can be refused with; the catalogues have words for each.
constexpr std::array kTranslatedErrors{
    EPERM,     ENOENT,       EINTR,        EIO,          ENXIO,       EAGAIN,     ENOMEM,
    EACCES,    EBUSY,        EEXIST,       EXDEV,        ENODEV,      ENOTDIR,    EISDIR,
    EINVAL,    ENFILE,       EMFILE,       ETXTBSY,      EFBIG,       ENOSPC,     EROFS,
    EMLINK,    EPIPE,        ENAMETOOLONG, ENOLCK,       ENOSYS,      ENOTEMPTY,  ELOOP,
    EBADMSG,   EOVERFLOW,    EILSEQ,       EOPNOTSUPP,   ENETUNREACH, ECONNRESET, ENOTCONN,
    ETIMEDOUT, ECONNREFUSED, EHOSTDOWN,    EHOSTUNREACH, ESTALE,      EUCLEAN,    EREMOTEIO,
    EDQUOT,    ENOMEDIUM,    ENOKEY};

}  // namespace

std::string fill_pattern(std::string_view pattern, const std::vector<std::string>& values) {
  std::string result;
  for (std::size_t i = 0; i < pattern.size();) {
    if (pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}') {
      const auto index = static_cast<std::size_t>(pattern[i + 1] - '0');
      if (index < values.size()) {
        result += values[index];
        i += 3;
        continue;
      }
    }
    result += pattern[i++];
  }
  return result;
}

std::string Message::english() const {
  if (key_.empty()) return english_;
  std::vector<std::string> values;
  values.reserve(values_.size());
  for (const Message& value : values_) values.push_back(value.english());
  return fill_pattern(english_, values);
}

Message say_list(const std::vector<Message>& items) {
  if (items.empty()) return {};
  Message list = items.back();
  for (std::size_t i = items.size() - 1; i-- > 0;) list = say("{0}, {1}", items[i], list);
  return list;
}

Message say_errno(int error_number) {
  const std::string english = std::generic_category().message(error_number);
  const bool has_words =
      std::ranges::find(kTranslatedErrors, error_number) != kTranslatedErrors.end();
  return {has_words ? "errno." + std::to_string(error_number) : "errno", english, {}};
}

Message say_option(const std::string& option) {
  const std::size_t colon = option.find(':');
  std::vector<Message> values;
  if (colon != std::string::npos) values.emplace_back(option.substr(colon + 1));
  return {"rung." + option.substr(0, colon), option, std::move(values)};
}

}  // namespace headroom
