// What the README says of cards, beside the program.
#include "headroom/core/bytes.h"

#include "e2e/e2e_support.h"
#include "support/paths.h"

#include <array>
#include <cstdio>
#include <map>
#include <sstream>

namespace headroom::test {
namespace {

using Row = std::vector<std::string>;

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// The cells of a table between its markers, the heading first, without the line below it.
std::vector<Row> table_of_readme(const std::string& name) {
  std::vector<Row> rows;
  bool is_inside = false;
  for (const std::string& line : lines(read_bytes(test::source_folder() / "README.md"))) {
    if (line == "<!-- /table:" + name + " -->") break;
    if (is_inside && !line.starts_with("|---")) {
      Row& row = rows.emplace_back();
      std::istringstream in(line.substr(1));
      for (std::string cell; std::getline(in, cell, '|');) row.push_back(trimmed(cell));
    }
    is_inside |= line == "<!-- table:" + name + " -->";
  }
  return rows;
}

std::string in_gib(double bytes) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", bytes / static_cast<double>(kGiB));
  return text.data();
}

// As the legend below the table has it.
std::string mark_of(const std::string& rung) {
  static const std::map<std::string, std::string> marks{
      {"resident", ""},           {"evict-encoder", "E"},
      {"stream-encoder", "S"},    {"sequential-guidance", "G"},
      {"evict-transformer", "T"}, {"cpu-decode", "C"},
      {"tile-decode", "D"},       {"chunk-tokens", "K"},
      {"stream-blocks", "B"},
  };
  const std::size_t colon = rung.find(':');
  const std::string mark = marks.at(rung.substr(0, colon));
  return mark == "B" ? mark + rung.substr(colon + 1) : mark;
}

std::string cell_of(const json& out) {
  if (!out.at("fits")) {
    const auto missing = out.at("shortfall_bytes").get<std::int64_t>();
    return missing * 10 >= kGiB
               ? "no: " + in_gib(static_cast<double>(missing)) + " short"
               : "no: " + std::to_string((missing + kMiB - 1) / kMiB) + " MB short";
  }
  const json& plan = out.at("plan");
  std::string cell =
      in_gib(plan.at("peak_bytes")) + " + " +
      in_gib(plan.at("host_peak_bytes").get<double>() + plan.at("page_cache_bytes").get<double>());
  for (const json& rung : plan.at("rungs")) {
    const std::string mark = mark_of(rung);
    if (!mark.empty()) cell += " " + mark;
  }
  return cell;
}

class Readme : public EndToEnd {};

// After a change that moves them: scripts/make_needs_table.sh.
TEST_F(Readme, PlansOfCardsAreTheProgramsOwn) {
  const std::vector<Row> rows = table_of_readme("grid");
  ASSERT_GT(rows.size(), 1U);
  const Row& presets = rows.front();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const std::string& card = rows[i].front();  // "6 GB"
    ASSERT_EQ(rows[i].size(), presets.size()) << card;
    for (std::size_t k = 1; k < presets.size(); ++k) {
      const ProcessResult result =
          run({"plan", "--json", "--model", "z-image-turbo", "--device", "cuda", "--pretend-vram",
               card.substr(0, card.find(' ')) + "G", "--preset", presets[k]});
      ASSERT_TRUE(result.exit_code == 0 || result.exit_code == 4) << result.err;
      EXPECT_EQ(rows[i][k], cell_of(json::parse(result.out))) << card << ", " << presets[k];
    }
  }
}

}  // namespace
}  // namespace headroom::test
