// SPDX-License-Identifier: Apache-2.0
// One evaluation at a time. A rule that could not be evaluated is kept apart from one that found
// nothing: what to make of it is for the policy to say.
#include "decide/foreign/ask.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace bulkhead::decide {
namespace {

constexpr size_t kMaxFailures = 1000;
constexpr size_t kMaxUnknown = 20'000;
constexpr size_t kMaxForeignReasons = 20'000;
// How many times the time of one evaluation all of them may take.
constexpr int kMaxDeadlines = 300;

bool is_name(std::string_view text) {
  if (text.empty() || base::is_digit(text[0])) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return base::is_alnum(c) || c == '_'; });
}

auto key(const ForeignReason& r) {
  return std::tie(r.rule, r.subject, r.path, r.message, r.level, r.observed, r.details);
}

auto key(const NotJudged& n) { return std::tie(n.rule, n.subject, n.why); }

template <typename T>
void sort_and_unique(std::vector<T>& list) {
  std::sort(list.begin(), list.end(), [](const T& a, const T& b) { return key(a) < key(b); });
  auto end = std::unique(list.begin(), list.end(),
                         [](const T& a, const T& b) { return key(a) == key(b); });
  list.erase(end, list.end());
}

}  // namespace

std::string entry_of(const std::vector<std::string>& package, std::string_view rule) {
  std::string entry = "data";
  auto add = [&](std::string_view part) {
    if (is_name(part)) {
      entry.append(".").append(part);
    } else {
      entry += "[" + base::json::Writer(0).value(part).take() + "]";
    }
  };
  for (const std::string& part : package) add(part);
  add(rule);
  return entry;
}

void Asking::failed(std::string_view rule, std::string_view subject, std::string why) {
  if (out_.failed.size() >= kMaxFailures) return;
  out_.failed.push_back({std::string(rule), std::string(subject), std::move(why)});
}

void Asking::unknown(std::string_view rule, std::string_view subject, std::string why) {
  if (out_.unknown.size() < kMaxUnknown) {
    out_.unknown.push_back({std::string(rule), std::string(subject), std::move(why)});
  } else if (!told_) {
    told_ = true;
    failed("", "", "more is unknown than a verdict can name; what is left was not asked");
  }
}

bool Asking::exhausted() {
  bool time = spent_ > limits_.deadline * kMaxDeadlines;
  bool reasons = out_.reasons.size() > kMaxForeignReasons;
  if (!time && !reasons) return told_;
  if (told_) return true;
  told_ = true;
  failed("", "",
         reasons ? "more than " + std::to_string(kMaxForeignReasons) +
                       " reasons; what is left was not asked"
                 : "all evaluations together take longer than " +
                       std::to_string(limits_.deadline.count() * kMaxDeadlines / 1000) +
                       " s; what is left was not asked");
  return true;
}

std::optional<policy::Document> Asking::parse(const std::string& json, std::string_view subject) {
  auto document = policy::Document::parse(json, limits_);
  if (document) return std::move(*document);
  failed("", subject, document.error().message());
  return std::nullopt;
}

std::optional<base::json::Document> Asking::ask(const std::string& entry,
                                                const policy::Document& input,
                                                std::string_view rule, std::string_view subject) {
  if (exhausted()) return std::nullopt;
  policy::Request request;
  request.entry = entry;
  request.now_ns = context_.at * 1'000'000'000;
  auto answer = evaluator_.evaluate(request, input);
  spent_ += answer ? answer->cost : std::chrono::nanoseconds(limits_.deadline);
  if (!answer) {
    failed(rule, subject, answer.error().message());
    return std::nullopt;
  }
  if (!answer->defined) return std::nullopt;
  base::json::Document::Options options;
  options.limits.max_bytes = limits_.document_bytes;
  options.limits.max_depth = limits_.depth;
  options.limits.max_string_bytes = 16u << 20;
  auto value = base::json::Document::parse(answer->json, options);
  if (value) return std::move(*value);
  failed(rule, subject, "its result cannot be read: " + value.error().message());
  return std::nullopt;
}

void put_in_order(Judged& judged) {
  sort_and_unique(judged.reasons);
  sort_and_unique(judged.unknown);
  sort_and_unique(judged.failed);
}

}  // namespace bulkhead::decide
