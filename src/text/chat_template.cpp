#include "chat_template.h"

#include "json_file.h"

#include <utility>

namespace headroom {
namespace {

// Collects the strings below the top-level key "chat_template": one string, or a list of named
// ones.
class TemplateFinder final : public JsonVisitor {
 public:
  void key(std::string&& name) override {
    if (depth_ == 1) inside_ = name == "chat_template";
  }
  void open(bool is_object) override {
    if (depth_ == 0 && !is_object) throw JsonFault{say("is not a JSON object")};
    ++depth_;
  }
  void close() override { --depth_; }
  void string(std::string&& value) override {
    if (depth_ == 0) throw JsonFault{say("is not a JSON object")};
    if (inside_) text_ += value;
  }
  void integer(std::int64_t) override { other(); }
  void boolean(bool) override { other(); }
  void null() override { other(); }
  void other() override {
    if (depth_ == 0) throw JsonFault{say("is not a JSON object")};
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  int depth_ = 0;
  bool inside_ = false;
  std::string text_;
};

}  // namespace

void check_chat_template(const std::filesystem::path& folder) {
  std::filesystem::path path = folder / "tokenizer_config.json";
  TemplateFinder finder;
  parse_json_file(path, finder);
  std::string text = finder.text();
  const std::filesystem::path separate = folder / "chat_template.jinja";
  std::error_code ignored;
  if (std::filesystem::exists(separate, ignored)) {
    path = separate;
    text = read_text_file(separate);
  }
  if (text.empty()) throw_model_file(path, say("has no chat template"));
  for (const std::string_view marker : {kMessageStart, kMessageEnd}) {
    if (text.find(marker) == std::string::npos) {
      throw_model_file(
          path, say("has a chat template without {0}, so it is not of the kind that Z-Image uses",
                    marker));
    }
  }
}

std::string render_chat(std::string_view prompt) {
  std::string text;
  text.append(kMessageStart).append("user\n").append(prompt).append(kMessageEnd).append("\n");
  text.append(kMessageStart).append("assistant\n");
  return text;
}

}  // namespace headroom
