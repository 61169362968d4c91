// SPDX-License-Identifier: Apache-2.0
// What a person reads first: what was scanned, what to do about it (one line for each package to
// change, worst first), what cannot be fixed, what was not judged and why, the sum at the end,
// where a terminal shows it. Every text from outside goes through base::printable.
#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "base/text.h"
#include "report/actions.h"
#include "report/policy_parts.h"
#include "report/table_parts.h"
#include "report/text_out.h"

namespace bulkhead::report::formats::table {
namespace {

using model::Finding;
using model::Package;
using model::ScanReport;

constexpr size_t kMaxIds = 12;      // named in one action; the rest is a number
constexpr size_t kMaxPlaces = 3;    // paths or binaries named in one action
constexpr size_t kMaxUnfixed = 15;  // packages listed in each section without a fix

class Table {
 public:
  Table(const ScanReport& report, const Style& style, const Out& out)
      : report_(report),
        style_(style),
        out_(out),
        actions_(make_actions(report)),
        overview_(make_overview(report)) {}

  base::Status run() {
    write_table_head(page_, overview_);
    if (style_.sort != "action") {
      write_table_list(page_);
    } else {
      write_upgrades();
      write_unfixed(Remedy::kNoFix, "NO FIX YET");
      write_unfixed(Remedy::kInvestigating, "UNDER INVESTIGATION");
      write_unfixed(Remedy::kWillNotFix, "WILL NOT BE FIXED");
    }
    write_policy_table(page_);
    write_table_tail(page_);
    write_sum();
    return out_.finish();
  }

 private:
  // ---- what to do ----

  void write_upgrades() {
    auto end = std::find_if(actions_.begin(), actions_.end(),
                            [](const Action& a) { return a.remedy != Remedy::kUpgrade; });
    if (end == actions_.begin()) return;
    page_.heading("WHAT TO DO");
    std::vector<const Action*> system;
    std::vector<const Action*> other;
    for (auto action = actions_.begin(); action != end; ++action) {
      (action->system ? system : other).push_back(&*action);
    }
    // One command instead of many lines' worth of work, where it does most of it.
    bool together = system.size() > 1;
    bool first = together && (other.empty() || !other.front()->removes.worse_than(sum(system)));
    if (first) write_system_upgrades(system);
    if (!together) other.insert(other.begin(), system.begin(), system.end());
    std::stable_sort(other.begin(), other.end(), [&](const Action* a, const Action* b) {
      return a < b;  // they lie in one list, which is sorted
    });
    for (const Action* action : other) write_upgrade(*action, 2);
    if (together && !first) write_system_upgrades(system);
  }

  Tally sum(const std::vector<const Action*>& actions) const {
    std::vector<std::pair<std::string_view, model::Severity>> ids;
    for (const Action* action : actions) {
      for (size_t i : action->findings) {
        ids.emplace_back(report_.findings[i].id, report_.findings[i].severity);
      }
    }
    std::sort(ids.begin(), ids.end());
    Tally out;
    for (size_t i = 0; i < ids.size(); ++i) {
      bool last = i + 1 == ids.size() || ids[i + 1].first != ids[i].first;
      if (last) out.add(ids[i].second);  // the worst of the same id
    }
    return out;
  }

  void write_system_upgrades(const std::vector<const Action*>& actions) {
    Paragraph line(out_, style_, 4);
    out_ << "  ";
    line.begin(2);
    line.words(Ink::kBold, system_upgrade_advice(report_) + ":");
    line.word(Ink::kPlain, "removes");
    write_tally(line, sum(actions), "");
    line.word(Ink::kPlain, "in " + base::counted(actions.size(), "package"));
    line.end();
    for (const Action* action : actions) write_upgrade(*action, 4);
  }

  // "2 critical, 5 high", each in its colour.
  static void write_tally(Paragraph& line, const Tally& tally, std::string_view after) {
    uint64_t left = 0;
    for (uint64_t count : tally.counts) left += count != 0;
    for (size_t i = tally.counts.size(); i-- > 0;) {
      if (tally.counts[i] == 0) continue;
      auto severity = static_cast<model::Severity>(i);
      line.word(severity_ink(severity),
                fmt::format("{} {}{}", tally.counts[i], severity_name(severity),
                            --left == 0 ? after : ","));
    }
  }

  void write_upgrade(const Action& action, size_t indent) {
    Paragraph line(out_, style_, indent + 6);
    out_ << std::string(indent, ' ');
    line.begin(indent);
    line.word(Ink::kGreen, "upgrade");
    line.word(Ink::kBold, clean(action.name));
    line.word(Ink::kPlain, clean(action.installed));
    line.word(Ink::kPlain, "->");
    line.word(Ink::kGreen, clean(action.target) + (action.system ? ":" : ""));
    if (!action.system) line.word(Ink::kDim, "(" + clean(action.type) + "):");
    line.word(Ink::kPlain, "removes");
    write_tally(line, action.removes, "");
    line.end();
    write_ids(action, indent + 4, kMaxIds);
    write_places(action, indent + 4);
  }

  void write_ids(const Action& action, size_t indent, size_t most) {
    Paragraph line(out_, style_, indent);
    write_ids(line, action, most);
    line.end();
  }

  void write_ids(Paragraph& line, const Action& action, size_t most) {
    size_t shown = 0;
    for (size_t i : action.findings) {
      const Finding& finding = report_.findings[i];
      if (shown == most && action.findings.size() > most + 1) {
        line.word(Ink::kDim, fmt::format("and {} more", action.findings.size() - shown));
        break;
      }
      bool last = ++shown == action.findings.size();
      std::string marks;
      if (finding.kev) marks = finding.kev_ransomware ? " EXPLOITED, RANSOMWARE" : " EXPLOITED";
      constexpr double kWorthSaying = 0.01;
      if (finding.epss && *finding.epss >= kWorthSaying) {
        marks += fmt::format("{} EPSS {:.1f}%", marks.empty() ? "" : ",", *finding.epss * 100);
      }
      std::string_view comma = last ? "" : ",";
      Ink ink = severity_ink(finding.severity);
      if (marks.empty()) {
        line.word(ink, clean(finding.id) + std::string(comma));
      } else {
        line.word(ink, clean(finding.id));
        line.word(finding.kev ? Ink::kMagenta : Ink::kDim,
                  "[" + marks.substr(1) + "]" + std::string(comma));
      }
    }
  }

  // Where it is: the binaries of a source package, the files of a language's package.
  void write_places(const Action& action, size_t indent) {
    std::vector<std::string> places;
    for (size_t i : action.packages) {
      const Package& package = report_.packages[i];
      if (action.system) {
        if (package.name != action.name) places.push_back(clean(package.name));
        continue;
      }
      for (const auto& location : package.locations) {
        places.push_back(clean(location.path) +
                         (location.line != 0 ? ":" + std::to_string(location.line) : ""));
      }
      if (!package.owner.empty()) places.push_back("belongs to " + clean(package.owner));
    }
    if (places.empty()) return;
    size_t all = places.size();
    if (all > kMaxPlaces + 1) places.resize(kMaxPlaces);
    std::string text = "in " + base::join(places, ", ");
    if (places.size() < all) text += fmt::format(" and {} more", all - places.size());
    page_.paragraph(indent, Ink::kDim, text);
  }

  // ---- what cannot be done ----

  void write_unfixed(Remedy remedy, std::string_view title) {
    std::vector<const Action*> actions;
    for (const Action& action : actions_) {
      if (action.remedy == remedy) actions.push_back(&action);
    }
    if (actions.empty()) return;
    page_.heading(title, "  " + base::counted(sum(actions).total(), "vulnerability"));
    size_t shown = 0;
    for (const Action* action : actions) {
      if (shown == kMaxUnfixed && actions.size() > kMaxUnfixed + 1) break;
      ++shown;
      Paragraph line(out_, style_, 6);
      out_ << "  ";
      line.begin(2);
      line.word(Ink::kBold, clean(action->name));
      line.word(Ink::kPlain, clean(action->installed) + ",");
      write_tally(line, action->removes, ":");
      constexpr size_t kFewIds = 6;
      write_ids(line, *action, kFewIds);
      line.end();
    }
    if (shown < actions.size()) {
      page_.paragraph(
          2, Ink::kDim,
          fmt::format("and {} more (--sort severity lists all)", actions.size() - shown));
    }
  }

  // ---- the sum ----

  void write_sum() {
    if (!report_.vulnerabilities_scanned) return;
    out_ << "\n";
    Paragraph line(out_, style_, 0);
    uint64_t total = overview_.vulnerabilities.total();
    if (total == 0) {
      bool doubt = !report_.not_judged.empty() || report_.diagnostics.any_incomplete() ||
                   report_.database_kind == "starter";
      line.word(doubt ? Ink::kYellow : Ink::kGreen, "No known vulnerabilities");
      line.word(Ink::kPlain, doubt ? "in what could be judged." : "found.");
      line.end();
      return;
    }
    line.word(Ink::kBold, base::counted(total, "known vulnerability") + ":");
    write_tally(line, overview_.vulnerabilities, ";");
    std::string fixable = overview_.fixable == total ? "all" : std::to_string(overview_.fixable);
    line.word(Ink::kPlain,
              overview_.fixable == 0 ? "none can be fixed now" : fixable + " can be fixed now");
    if (overview_.exploited != 0) {
      line.word(Ink::kMagenta, fmt::format("({} exploited in the wild)", overview_.exploited));
    }
    line.end();
  }

  const ScanReport& report_;
  const Style& style_;
  TextOut out_;
  Page page_{report_, style_, out_};
  std::vector<Action> actions_;
  Overview overview_;
};

base::Status write(const ScanReport& report, const Style& style, const Out& out) {
  return Table(report, style, out).run();
}

}  // namespace

extern constinit const Format descriptor = {
    "table", "For people: findings grouped by what to do about them", write};

}  // namespace bulkhead::report::formats::table
