#include "resumable_file.h"

#include "headroom/core/error.h"
#include "headroom/core/sha256.h"
#include "headroom/records/request_json.h"
#include "headroom/records/run_record_json.h"
#include "headroom/weights/tensor_file.h"

#include <array>
#include <cstring>
#include <map>
#include <span>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;
using Texts = std::map<std::string, std::string>;

constexpr const char* kFormat = "headroom.unfinished";
constexpr const char* kVersion = "1";
constexpr std::array kParts{"request", "picture", "output", "model"};

std::string hash_of(std::span<const std::byte> latents, const Texts& texts) {
  Sha256 hash;
  hash.add(latents);
  for (const char* const part : kParts) {
    const auto text = texts.find(part);
    if (text == texts.end()) continue;
    hash.add(std::as_bytes(std::span(text->second)));
    hash.add(std::as_bytes(std::span("\n", 1)));
  }
  return hash.digits();
}

json picture_json(const SampledPicture& sampled) {
  json files = json::array();
  for (const SampledPicture::File& file : sampled.decoder_files) {
    files.push_back({{"path", file.path}, {"bytes", file.bytes}, {"changed_ns", file.changed_ns}});
  }
  return {{"index", sampled.index},
          {"seed", sampled.seed},
          {"decoder_format", sampled.decoder_format},
          {"device", sampled.device},
          {"loras", to_json(sampled.loras)},
          {"decoder_files", std::move(files)}};
}

void read_picture(const json& in, SampledPicture& sampled) {
  sampled.index = in.at("index").get<int>();
  sampled.seed = in.at("seed").get<std::uint64_t>();
  sampled.decoder_format = in.at("decoder_format").get<std::string>();
  sampled.device = in.at("device").get<std::string>();
  for (const json& lora : in.at("loras")) {
    sampled.loras.push_back({lora.at("name").get<std::string>(), lora.at("strength").get<double>(),
                             lora.at("hash").get<std::string>()});
  }
  for (const json& file : in.at("decoder_files")) {
    sampled.decoder_files.push_back({file.at("path").get<std::string>(),
                                     file.at("bytes").get<std::int64_t>(),
                                     file.at("changed_ns").get<std::int64_t>()});
  }
}

json model_json(const ResumablePicture& picture) {
  return {{"path", picture.model.path},
          {"text_encoder", picture.model.text_encoder.string()},
          {"vae", picture.model.vae.string()},
          {"tokenizer", picture.model.tokenizer.string()},
          {"name", picture.model_name}};
}

void read_model(const json& in, ResumablePicture& picture) {
  picture.model.path = in.at("path").get<std::string>();
  picture.model.text_encoder = in.at("text_encoder").get<std::string>();
  picture.model.vae = in.at("vae").get<std::string>();
  picture.model.tokenizer = in.at("tokenizer").get<std::string>();
  picture.model_name = in.at("name").get<std::string>();
}

[[noreturn]] void refuse(const fs::path& file, const Message& fault) {
  throw Error(ErrorKind::kModelFile, say("{0} {1}", file, fault));
}

// Throws the JSON library's exceptions.
ResumablePicture read_parts(const TensorView& latents, const Texts& texts) {
  ResumablePicture picture;
  picture.request = read_request_json(texts.at("request"));
  SampledPicture& sampled = picture.sampled;
  read_picture(json::parse(texts.at("picture")), sampled);
  for (std::size_t i = 0; i < 3; ++i) sampled.shape[i] = latents.shape[i];
  sampled.latents.resize(latents.data.size() / sizeof(float));
  std::memcpy(sampled.latents.data(), latents.data.data(), latents.data.size());
  const json output = json::parse(texts.at("output"));
  picture.output = {output.at("path").get<std::string>(), output.at("is_file").get<bool>()};
  read_model(json::parse(texts.at("model")), picture);
  return picture;
}

// In other words than those of a model's file, which can be downloaded again.
TensorFile open_tensors(const fs::path& file) {
  try {
    return TensorFile(file);
  } catch (const Error&) {
    refuse(file, say("is damaged: it is cut short, or something else than a file of tensors"));
  }
}

fs::path absolute_if_there(const fs::path& place) {
  std::error_code error;
  return !place.empty() && fs::exists(place, error) ? fs::absolute(place, error) : place;
}

}  // namespace

std::string resumable_bytes(const ResumablePicture& picture, const fs::path& file) {
  const SampledPicture& sampled = picture.sampled;
  const NamedTensor latents{"latents",
                            DType::kF32,
                            {sampled.shape.begin(), sampled.shape.end()},
                            std::as_bytes(std::span(sampled.latents))};
  Texts texts{{kFormat, kVersion}};
  try {
    texts["request"] = to_json(picture.request).dump();
    texts["picture"] = picture_json(sampled).dump();
    texts["output"] =
        json{{"path", picture.output.path.string()}, {"is_file", picture.output.is_file}}.dump();
    texts["model"] = model_json(picture).dump();
  } catch (const json::exception& e) {
    throw Error(ErrorKind::kInternal, say("{0} cannot be written: {1}", file, e.what()));
  }
  texts["sha256"] = hash_of(latents.data, texts);
  return tensor_file_bytes(file, {&latents, 1}, texts);
}

ResumablePicture read_resumable(const fs::path& file) {
  const TensorFile tensors = open_tensors(file);
  const Texts& texts = tensors.metadata();
  const auto format = texts.find(kFormat);
  if (format == texts.end()) refuse(file, say("is no unfinished picture of this program"));
  if (format->second != kVersion) {
    refuse(file, say("is an unfinished picture of another version of this program"));
  }
  const auto latents = tensors.tensors().find("latents");
  const auto hash = texts.find("sha256");
  const bool is_whole = latents != tensors.tensors().end() && hash != texts.end() &&
                        latents->second.dtype == DType::kF32 && latents->second.shape.size() == 3 &&
                        hash->second == hash_of(latents->second.data, texts);
  if (!is_whole) refuse(file, say("is damaged: its contents and their hash differ"));
  try {
    return read_parts(latents->second, texts);
  } catch (const Error& e) {
    refuse(file, say("is damaged: {0}", e.message()));
  } catch (const std::exception&) {
    refuse(file, say("is damaged: something is missing in it"));
  }
}

ModelOptions places_of(const ModelOptions& options) {
  ModelOptions places;
  places.path = absolute_if_there(options.path).string();
  places.text_encoder = absolute_if_there(options.text_encoder);
  places.vae = absolute_if_there(options.vae);
  places.tokenizer = absolute_if_there(options.tokenizer);
  return places;
}

bool same_places(const ModelOptions& a, const ModelOptions& b) {
  return a.path == b.path && a.text_encoder == b.text_encoder && a.vae == b.vae &&
         a.tokenizer == b.tokenizer;
}

}  // namespace headroom
