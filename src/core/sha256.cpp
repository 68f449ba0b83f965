#include "headroom/core/sha256.h"

#include "headroom/core/error.h"

#include <array>

#include <openssl/evp.h>

namespace headroom {
namespace {

void check(int result) {
  if (result == 1) return;
  throw Error(
      ErrorKind::kInternal,
      "SHA-256 cannot be computed (libcrypto refuses); please report this as a fault of the "
      "program");
}

}  // namespace

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  check(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;

void Sha256::add(std::span<const std::byte> data) {
  check(EVP_DigestUpdate(state_->context, data.data(), data.size()));
}

std::string Sha256::digits() {
  std::array<unsigned char, 32> hash{};
  check(EVP_DigestFinal_ex(state_->context, hash.data(), nullptr));
  std::string text;
  for (const unsigned char byte : hash) {
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 15U];
  }
  return text;
}

std::string sha256(std::string_view bytes) {
  Sha256 sum;
  sum.add(std::as_bytes(std::span(bytes)));
  return sum.digits();
}

}  // namespace headroom
