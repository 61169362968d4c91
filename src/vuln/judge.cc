// SPDX-License-Identifier: Apache-2.0
// Judges the entries of a package one by one.
#include "vuln/judge.h"

#include "vuln/modules.h"

namespace bulkhead::vuln {
namespace {

class Judge {
 public:
  Judge(const Database::State& state, const Case& subject)
      : state_(state), subject_(subject), version_(subject.question.version) {
    if (subject.package->type == "rpm") check_streams_ = true;
  }

  Statement judge(const format::Affected& entry) {
    Statement out;
    out.entry = entry;
    auto advisory = state_.advisory(entry.advisory);
    if (!advisory) return out;
    out.advisory = *advisory;
    auto source = state_.source(advisory->source);
    if (!source) return out;
    out.rank = source->flags * 2 + (preferred(entry) ? 1 : 0);
    if (entry.status == static_cast<uint8_t>(Status::kNotAffected)) {
      out.verdict = Verdict::kNotAffected;
      out.rule = "not-affected";
      return out;
    }
    if (!judge_ranges(entry, out)) out.verdict = Verdict::kUnreadable;
    if (out.verdict == Verdict::kOutside) judge_listed(entry, out);
    return out;
  }

 private:
  // Ubuntu states fixes for everybody and for Pro, which also serves releases past their support. A
  // package from Pro is judged by Pro, any other by the general statement where there is one.
  bool preferred(const format::Affected& entry) const {
    if (!subject_.question.ecosystem.starts_with("Ubuntu:")) return false;
    auto ecosystem = state_.ecosystem(entry.ecosystem);
    bool pro = ecosystem && state_.text(ecosystem->name).starts_with("Ubuntu:Pro:");
    return pro == (version_.find("esm") != std::string_view::npos);
  }

  // False when damaged.
  bool judge_ranges(const format::Affected& entry, Statement& out) {
    WordList ranges = state_.list(entry.ranges);
    out.verdict = Verdict::kOutside;
    out.rule = "not-in-range";
    bool any_stream = ranges.empty();
    for (uint32_t i = 0; i < ranges.size(); ++i) {
      if (!state_.events(ranges[i], events_)) return false;
      if (check_streams_ &&
          !same_stream(*subject_.package, events_, state_.text(entry.stream))) {
        continue;
      }
      any_stream = true;
      bool inside = in_range(*subject_.scheme, events_, version_);
      note_fixes(out);
      if (inside && out.verdict != Verdict::kAffected) {
        out.verdict = Verdict::kAffected;
        out.range = events_;
        out.rule = rule_of(events_);
      } else if (out.range.empty()) {
        out.range = events_;
        out.rule = last_type(events_) == EventType::kFixed ? "not-below-fixed" : "not-in-range";
      }
    }
    if (!any_stream) {
      out.verdict = Verdict::kOtherStream;
      out.rule = "other-stream";
      out.range = events_;
    }
    return true;
  }

  void judge_listed(const format::Affected& entry, Statement& out) {
    WordList versions = state_.list(entry.versions);
    for (uint32_t i = 0; i < versions.size(); ++i) {
      std::string_view listed = state_.text(versions[i]);
      bool same = listed == version_ || (subject_.scheme->valid(listed) &&
                                         subject_.scheme->compare(listed, version_) == 0);
      if (!same) continue;
      out.verdict = Verdict::kAffected;
      out.rule = "listed-version";
      out.range.clear();
      return;
    }
    if (!versions.empty() && out.range.empty()) out.rule = "not-listed";
  }

  void note_fixes(Statement& out) const {
    for (const EventView& event : events_) {
      if (event.type != EventType::kFixed) continue;
      if (subject_.scheme->compare(event.version, version_) > 0) out.fixes.push_back(event.version);
    }
  }

  static EventType last_type(const std::vector<EventView>& events) {
    return events.empty() ? EventType::kIntroduced : events.back().type;
  }

  std::string_view rule_of(const std::vector<EventView>& events) const {
    for (const EventView& event : events) {
      if (event.type == EventType::kIntroduced) continue;
      if (subject_.scheme->compare(event.version, version_) < 0) continue;
      return event.type == EventType::kFixed ? "below-fixed" : "in-range";
    }
    return "no-fix";
  }

  const Database::State& state_;
  const Case& subject_;
  std::string_view version_;
  bool check_streams_ = false;
  std::vector<EventView> events_;
};

}  // namespace

std::vector<Statement> judge(const Database::State& state, const Case& subject) {
  std::vector<Statement> out;
  Judge one(state, subject);
  for (uint32_t i = 0; i < subject.entry.count; ++i) {
    auto entry = state.affected(uint64_t{subject.entry.first} + i);
    if (!entry) break;
    out.push_back(one.judge(*entry));
  }
  return out;
}

}  // namespace bulkhead::vuln
