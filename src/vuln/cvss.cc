// SPDX-License-Identifier: Apache-2.0
// CVSS v2.0 (section 3.2.1), v3.0 and v3.1 (section 7.1) base scores. One parser for all versions:
// a vector is a list of METRIC:VALUE, each metric once, each from the version's own table.
//
// Rounding up is done in whole hundred-thousandths as v3.1's appendix A says, also for v3.0, whose
// text means the same but leaves binary fractions to chance.
#include "vuln/cvss.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "vuln/cvss_vector.h"

namespace bulkhead::vuln {
namespace {

constexpr Metric kMetrics2[] = {
    {"AV", "LAN", true}, {"AC", "HML", true}, {"Au", "MSN", true},
    {"C", "NPC", true},  {"I", "NPC", true},  {"A", "NPC", true},
};
// Temporal and environmental metrics of v2 have values of several letters.
constexpr std::array<std::string_view, 8> kOther2 = {"E",  "RL", "RC", "CDP",
                                                     "TD", "CR", "IR", "AR"};

constexpr Metric kMetrics3[] = {
    {"AV", "NALP", true}, {"AC", "LH", true},  {"PR", "NLH", true},  {"UI", "NR", true},
    {"S", "UC", true},    {"C", "HLN", true},  {"I", "HLN", true},   {"A", "HLN", true},
    {"E", "XHFPU"},       {"RL", "XUWTO"},     {"RC", "XCRU"},       {"CR", "XHML"},
    {"IR", "XHML"},       {"AR", "XHML"},      {"MAV", "XNALP"},     {"MAC", "XLH"},
    {"MPR", "XNLH"},      {"MUI", "XNR"},      {"MS", "XUC"},        {"MC", "XNLH"},
    {"MI", "XNLH"},       {"MA", "XNLH"},
};

double round_up(double value) {
  auto units = static_cast<int64_t>(std::llround(value * 100000));
  if (units % 10000 == 0) return static_cast<double>(units / 10000) / 10;
  return static_cast<double>(units / 10000 + 1) / 10;
}

double weight(char value, std::string_view values, std::initializer_list<double> weights) {
  size_t at = values.find(value);
  return at < weights.size() ? weights.begin()[at] : 0;
}

std::optional<double> score2(std::string_view vector) {
  if (vector.size() > 1 && vector.front() == '(' && vector.back() == ')') {
    vector = vector.substr(1, vector.size() - 2);
  }
  auto values = parse_vector(vector, kMetrics2, kOther2);
  if (!values) return std::nullopt;
  auto part = [](char v) { return 1 - weight(v, "NPC", {0, 0.275, 0.660}); };
  const VectorValues& v = *values;
  double impact = 10.41 * (1 - part(v[3]) * part(v[4]) * part(v[5]));
  double exploitability = 20 * weight(v[0], "LAN", {0.395, 0.646, 1.0}) *
                          weight(v[1], "HML", {0.35, 0.61, 0.71}) *
                          weight(v[2], "MSN", {0.45, 0.56, 0.704});
  double factor = impact == 0 ? 0 : 1.176;
  double score = (0.6 * impact + 0.4 * exploitability - 1.5) * factor;
  return std::max(0.0, std::round(score * 10) / 10);
}

std::optional<double> score3(std::string_view vector) {
  auto values = parse_vector(vector, kMetrics3, {});
  if (!values) return std::nullopt;
  const VectorValues& v = *values;
  bool changed = v[4] == 'C';
  auto part = [](char value) { return 1 - weight(value, "HLN", {0.56, 0.22, 0}); };
  double base = 1 - part(v[5]) * part(v[6]) * part(v[7]);
  double impact =
      changed ? 7.52 * (base - 0.029) - 3.25 * std::pow(base - 0.02, 15) : 6.42 * base;
  if (impact <= 0) return 0;
  double privileges = changed ? weight(v[2], "NLH", {0.85, 0.68, 0.5})
                              : weight(v[2], "NLH", {0.85, 0.62, 0.27});
  double exploitability = 8.22 * weight(v[0], "NALP", {0.85, 0.62, 0.55, 0.2}) *
                          weight(v[1], "LH", {0.77, 0.44}) * privileges *
                          weight(v[3], "NR", {0.85, 0.62});
  double sum = impact + exploitability;
  return round_up(std::min(changed ? 1.08 * sum : sum, 10.0));
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::optional<VectorValues> parse_vector(std::string_view vector, std::span<const Metric> metrics,
                                         std::span<const std::string_view> ignored) {
  if (vector.size() > 500) return std::nullopt;
  VectorValues values{};
  uint32_t ignored_seen = 0;
  while (!vector.empty()) {
    size_t slash = vector.find('/');
    std::string_view pair = vector.substr(0, slash);
    vector = slash == std::string_view::npos ? std::string_view() : vector.substr(slash + 1);
    if (slash != std::string_view::npos && vector.empty()) break;  // a slash at the end is common
    size_t colon = pair.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view name = pair.substr(0, colon);
    std::string_view value = pair.substr(colon + 1);
    auto other = std::find(ignored.begin(), ignored.end(), name);
    if (other != ignored.end()) {
      uint32_t bit = 1u << (other - ignored.begin());
      if ((ignored_seen & bit) != 0 || value.empty()) return std::nullopt;
      ignored_seen |= bit;
      continue;
    }
    auto metric = std::find_if(metrics.begin(), metrics.end(),
                               [&](const Metric& m) { return m.name == name; });
    if (metric == metrics.end()) return std::nullopt;
    char& slot = values[static_cast<size_t>(metric - metrics.begin())];
    if (slot != 0 || value.size() != 1) return std::nullopt;
    if (metric->values.find(value[0]) == std::string_view::npos) return std::nullopt;
    slot = value[0];
  }
  for (size_t i = 0; i < metrics.size(); ++i) {
    if (metrics[i].mandatory && values[i] == 0) return std::nullopt;
    if (values[i] == 0) values[i] = 'X';
  }
  return values;
}

std::optional<double> cvss_score(std::string_view vector) {
  if (take_prefix(vector, "CVSS:4.0/")) return cvss4_score(vector);
  if (take_prefix(vector, "CVSS:3.1/") || take_prefix(vector, "CVSS:3.0/")) return score3(vector);
  return score2(vector);
}

double cvss_version(std::string_view vector) {
  if (take_prefix(vector, "CVSS:4.0/")) return 4.0;
  if (take_prefix(vector, "CVSS:3.1/")) return 3.1;
  if (take_prefix(vector, "CVSS:3.0/")) return 3.0;
  return vector.empty() ? 0 : 2.0;
}

model::Severity cvss_rating(double score) {
  using model::Severity;
  if (score >= 9.0) return Severity::kCritical;
  if (score >= 7.0) return Severity::kHigh;
  if (score >= 4.0) return Severity::kMedium;
  return score > 0 ? Severity::kLow : Severity::kNegligible;
}

}  // namespace bulkhead::vuln
