// SPDX-License-Identifier: Apache-2.0
// CVSS v4.0 (specification section 8): a vector belongs to one of 270 macro vectors, each with a
// score of its own for its most severe member; the distance of the vector from that member, as a
// share of the way to the next lower macro vectors, is taken off.
//
// Threat and environmental metrics count when the vector has them: v4.0 knows one score a vector.
#include <algorithm>
#include <array>
#include <cmath>

#include "vuln/cvss_vector.h"

namespace bulkhead::vuln {
namespace {

enum Index : size_t {
  kAV, kAC, kAT, kPR, kUI, kVC, kVI, kVA, kSC, kSI, kSA, kE, kCR, kIR, kAR, kModified
};
constexpr Metric kMetrics[] = {
    {"AV", "NALP", true}, {"AC", "LH", true},  {"AT", "NP", true},  {"PR", "NLH", true},
    {"UI", "NPA", true},  {"VC", "HLN", true}, {"VI", "HLN", true}, {"VA", "HLN", true},
    {"SC", "HLN", true},  {"SI", "HLN", true}, {"SA", "HLN", true}, {"E", "XAPU"},
    {"CR", "XHML"},       {"IR", "XHML"},      {"AR", "XHML"},
    // The modified ones in the order of those they stand for.
    {"MAV", "XNALP"},     {"MAC", "XLH"},      {"MAT", "XNP"},      {"MPR", "XNLH"},
    {"MUI", "XNPA"},      {"MVC", "XHLN"},     {"MVI", "XHLN"},     {"MVA", "XHLN"},
    {"MSC", "XHLN"},      {"MSI", "XSHLN"},    {"MSA", "XSHLN"},
};
constexpr std::array<std::string_view, 6> kSupplemental = {"S", "AU", "R", "V", "RE", "U"};

constexpr uint8_t kNone = 255;  // no such macro vector
// Scores in tenths. Rows: EQ1, EQ2, EQ3; columns: EQ4, EQ5, EQ6.
constexpr std::array<uint8_t, 324> kScores = {
    100, 99, 98, 95, 95, 92, 100, 96, 93, 87, 91, 81, 93, 90, 89, 80, 81, 68,  // 000...
    98, 95, 95, 92, 90, 84, 93, 92, 89, 81, 81, 65, 88, 80, 78, 70, 69, 48,  // 001...
    255, 92, 255, 82, 255, 72, 255, 79, 255, 69, 255, 50, 255, 69, 255, 55, 255, 27,  // 002...
    99, 97, 95, 92, 92, 85, 95, 91, 90, 83, 84, 71, 92, 81, 82, 71, 72, 53,  // 010...
    95, 93, 92, 85, 85, 73, 92, 82, 80, 72, 70, 59, 84, 70, 71, 52, 50, 30,  // 011...
    255, 86, 255, 75, 255, 52, 255, 71, 255, 52, 255, 29, 255, 63, 255, 29, 255, 17,  // 012...
    98, 95, 94, 87, 91, 81, 94, 89, 86, 74, 77, 64, 87, 75, 74, 63, 63, 49,  // 100...
    94, 89, 88, 77, 76, 67, 86, 76, 74, 58, 59, 50, 72, 57, 57, 52, 52, 25,  // 101...
    255, 83, 255, 70, 255, 54, 255, 65, 255, 58, 255, 26, 255, 53, 255, 21, 255, 13,  // 102...
    95, 90, 88, 76, 76, 70, 90, 77, 75, 62, 61, 53, 77, 66, 68, 59, 52, 30,  // 110...
    89, 78, 76, 67, 62, 58, 74, 59, 57, 57, 47, 23, 61, 52, 57, 29, 24, 16,  // 111...
    255, 71, 255, 59, 255, 30, 255, 58, 255, 26, 255, 15, 255, 23, 255, 13, 255, 6,  // 112...
    93, 87, 86, 72, 75, 58, 86, 74, 74, 61, 56, 34, 70, 54, 52, 40, 40, 22,  // 200...
    85, 75, 74, 55, 62, 51, 72, 57, 55, 41, 46, 19, 53, 36, 34, 19, 19, 8,  // 201...
    255, 64, 255, 51, 255, 20, 255, 47, 255, 21, 255, 11, 255, 24, 255, 9, 255, 4,  // 202...
    88, 75, 73, 53, 60, 50, 73, 55, 59, 40, 41, 20, 54, 43, 45, 22, 20, 11,  // 210...
    75, 55, 58, 45, 40, 21, 61, 51, 48, 18, 20, 9, 46, 18, 17, 7, 8, 2,  // 211...
    255, 53, 255, 24, 255, 14, 255, 24, 255, 12, 255, 5, 255, 10, 255, 3, 255, 1,  // 212...
};

struct Macro {
  size_t eq1, eq2, eq3, eq4, eq5, eq6;
  uint8_t score() const {
    if (eq1 > 2 || eq2 > 1 || eq3 > 2 || eq4 > 2 || eq5 > 2 || eq6 > 1) return kNone;
    return kScores[((((eq1 * 2 + eq2) * 3 + eq3) * 3 + eq4) * 3 + eq5) * 2 + eq6];
  }
};

// How many steps of severity a value lies below the highest of its metric.
int level(size_t metric, char value) {
  constexpr std::array<std::string_view, 15> kLevels = {
      "NALP", "LH", "NP", "NLH", "NPA", "HLN", "HLN", "HLN", "SHLN", "SHLN", "SHLN", "APU",
      "HML",  "HML", "HML"};
  return static_cast<int>(kLevels[metric].find(value));
}

Macro macro_of(const VectorValues& v) {
  Macro m{};
  bool network = v[kAV] == 'N', open = v[kPR] == 'N', unattended = v[kUI] == 'N';
  if (network && open && unattended) {
    m.eq1 = 0;
  } else {
    m.eq1 = (network || open || unattended) && v[kAV] != 'P' ? 1 : 2;
  }
  m.eq2 = v[kAC] == 'L' && v[kAT] == 'N' ? 0 : 1;
  bool c = v[kVC] == 'H', i = v[kVI] == 'H', a = v[kVA] == 'H';
  m.eq3 = c && i ? 0 : (c || i || a ? 1 : 2);
  if (v[kSI] == 'S' || v[kSA] == 'S') {
    m.eq4 = 0;
  } else {
    m.eq4 = v[kSC] == 'H' || v[kSI] == 'H' || v[kSA] == 'H' ? 1 : 2;
  }
  m.eq5 = static_cast<size_t>(level(kE, v[kE]));
  bool needed = (v[kCR] == 'H' && c) || (v[kIR] == 'H' && i) || (v[kAR] == 'H' && a);
  m.eq6 = needed ? 0 : 1;
  return m;
}

// The most severe members of a group of equivalence classes: values in the order of `metrics`.
// Returns the distance to the first member that is at least as severe in every metric.
int distance(const VectorValues& v, std::initializer_list<Index> metrics,
             std::initializer_list<std::string_view> members) {
  for (std::string_view member : members) {
    int sum = 0;
    size_t at = 0;
    bool fits = true;
    for (Index metric : metrics) {
      int steps = level(metric, v[metric]) - level(metric, member[at++]);
      fits &= steps >= 0;
      sum += steps;
    }
    if (fits) return sum;
  }
  return 0;
}

int distance1(const VectorValues& v, size_t eq1) {
  auto metrics = {kAV, kPR, kUI};
  if (eq1 == 0) return distance(v, metrics, {"NNN"});
  if (eq1 == 1) return distance(v, metrics, {"ANN", "NLN", "NNP"});
  return distance(v, metrics, {"PNN", "ALP"});
}

int distance2(const VectorValues& v, size_t eq2) {
  auto metrics = {kAC, kAT};
  return eq2 == 0 ? distance(v, metrics, {"LN"}) : distance(v, metrics, {"HN", "LP"});
}

int distance3(const VectorValues& v, size_t eq3, size_t eq6) {
  auto metrics = {kVC, kVI, kVA, kCR, kIR, kAR};
  if (eq3 == 0 && eq6 == 0) return distance(v, metrics, {"HHHHHH"});
  if (eq3 == 0) return distance(v, metrics, {"HHLMMH", "HHHMMM"});
  if (eq3 == 1 && eq6 == 0) return distance(v, metrics, {"LHHHHH", "HLHHHH"});
  if (eq3 == 1) {
    return distance(v, metrics, {"LHLHMH", "LHHHMM", "HLHMHM", "HLLMHH", "LLHHHM"});
  }
  return distance(v, metrics, {"LLLHHH"});
}

int distance4(const VectorValues& v, size_t eq4) {
  auto metrics = {kSC, kSI, kSA};
  if (eq4 == 0) return distance(v, metrics, {"HSS"});
  return eq4 == 1 ? distance(v, metrics, {"HHH"}) : distance(v, metrics, {"LLL"});
}

// Score of the next lower macro vector by EQ3 and EQ6, which depend on each other.
uint8_t lower36(const Macro& m) {
  Macro by3 = m, by6 = m;
  ++by3.eq3;
  ++by6.eq6;
  if (m.eq3 == 0 && m.eq6 == 0) return std::max(by3.score(), by6.score());
  return m.eq3 == 1 && m.eq6 == 0 ? by6.score() : by3.score();
}

}  // namespace

std::optional<double> cvss4_score(std::string_view vector) {
  auto parsed = parse_vector(vector, kMetrics, kSupplemental);
  if (!parsed) return std::nullopt;
  VectorValues v = *parsed;
  for (size_t i = kAV; i <= kSA; ++i) {
    if (v[kModified + i] != 'X') v[i] = v[kModified + i];
  }
  if (v[kE] == 'X') v[kE] = 'A';
  for (size_t metric : {kCR, kIR, kAR}) {
    if (v[metric] == 'X') v[metric] = 'H';
  }
  if (std::all_of(v.begin() + kVC, v.begin() + kSA + 1, [](char c) { return c == 'N'; })) return 0;

  Macro m = macro_of(v);
  // Depths of the classes (specification, "severity distance"), in steps.
  constexpr int kDepth1[] = {1, 4, 5};
  constexpr int kDepth2[] = {1, 2};
  constexpr int kDepth36[3][2] = {{7, 6}, {8, 8}, {10, 10}};
  constexpr int kDepth4[] = {6, 5, 4};
  Macro lower1 = m, lower2 = m, lower4 = m, lower5 = m;
  ++lower1.eq1;
  ++lower2.eq2;
  ++lower4.eq4;
  ++lower5.eq5;
  struct Step {
    uint8_t lower;
    int distance;
    int depth;
  };
  const Step steps[] = {
      {lower1.score(), distance1(v, m.eq1), kDepth1[m.eq1]},
      {lower2.score(), distance2(v, m.eq2), kDepth2[m.eq2]},
      {lower36(m), distance3(v, m.eq3, m.eq6), kDepth36[m.eq3][m.eq6]},
      {lower4.score(), distance4(v, m.eq4), kDepth4[m.eq4]},
      {lower5.score(), 0, 1},
  };
  double sum = 0;
  int existing = 0;
  for (const Step& step : steps) {
    if (step.lower == kNone) continue;
    ++existing;
    sum += (m.score() - step.lower) * static_cast<double>(step.distance) / step.depth;
  }
  double tenths = m.score() - (existing == 0 ? 0 : sum / existing);
  // The epsilon is the specification's own answer to binary fractions.
  return std::clamp(std::round(tenths + 1e-5), 0.0, 100.0) / 10;
}

}  // namespace bulkhead::vuln
