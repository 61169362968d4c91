// SPDX-License-Identifier: Apache-2.0
// From statements to findings: which concern it, which of them still count, whether they agree.
//
// Time orders the statements of one author, whatever document they stand in; a statement without
// time is older than all others. Two of the same time that differ are a conflict like one between
// authors. "Later" is never asked of different authors: nobody can take back what another said.
#include "decide/vex/vex.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

#include "base/clock.h"
#include "base/text.h"
#include "decide/vex/scope.h"

namespace bulkhead::decide {

using model::Finding;
using model::ScanReport;
using model::VexDocument;
using model::VexNote;
using model::VexStatement;
using model::VexStatus;

namespace {

// A statement in its document.
struct Stated {
  const VexDocument* document;
  const VexStatement* statement;
  size_t order;  // over all documents
};

// One that counts for a finding.
struct Applied {
  const Stated* stated;
  std::string scope;
  base::UnixTime time;
};

bool closes(const VexStatement& statement) {
  if (statement.status == VexStatus::kFixed) return true;
  bool reason = statement.justification != model::VexJustification::kNone ||
                !statement.impact_statement.empty();
  return statement.status == VexStatus::kNotAffected && reason;
}

const std::string& author_of(const VexDocument& document) {
  if (!document.author.empty()) return document.author;
  return document.id.empty() ? document.source : document.id;
}

VexNote note_of(const Applied& applied) {
  const VexStatement& statement = *applied.stated->statement;
  const VexDocument& document = *applied.stated->document;
  VexNote out;
  out.status = statement.status;
  out.justification = statement.justification;
  out.justification_word = statement.justification_word;
  out.impact_statement = statement.impact_statement;
  out.action_statement = statement.action_statement;
  out.notes = statement.notes;
  out.author = author_of(document);
  out.timestamp = statement.timestamp;
  out.scope = applied.scope;
  out.where = document.source + ": " + statement.place;
  return out;
}

std::string reason_of(const VexStatement& statement) {
  std::string out(vex_justification_name(statement.justification));
  for (const std::string* text : {&statement.impact_statement, &statement.notes}) {
    if (!text->empty()) return out.empty() ? *text : out + ": " + *text;
  }
  return out;
}

class VexApplier {
 public:
  VexApplier(std::span<const VexDocument> documents, std::span<const std::string> trust,
             ScanReport& report)
      : trust_(trust), report_(report), scope_(report) {
    for (const VexDocument& document : documents) {
      for (const VexStatement& statement : document.statements) {
        stated_.push_back({&document, &statement, stated_.size()});
      }
    }
    used_.resize(stated_.size());
    found_.resize(stated_.size());
    for (const Stated& stated : stated_) {
      by_id_[base::lower(stated.statement->vulnerability)].push_back(stated.order);
      for (const std::string& alias : stated.statement->aliases) {
        by_id_[base::lower(alias)].push_back(stated.order);
      }
    }
  }

  void run(std::span<const VexDocument> documents) {
    std::vector<Finding> kept;
    for (Finding& finding : report_.findings) {
      std::vector<Applied> applied = statements_about(finding);
      if (applied.empty() || !decide(finding, applied)) kept.push_back(std::move(finding));
    }
    report_.findings = std::move(kept);
    for (const VexDocument& document : documents) record(document);
  }

 private:
  std::vector<Applied> statements_about(const Finding& finding) {
    std::vector<size_t> orders;
    auto add = [&](const std::string& id) {
      auto found = by_id_.find(base::lower(id));
      if (found == by_id_.end()) return;
      orders.insert(orders.end(), found->second.begin(), found->second.end());
    };
    add(finding.id);
    for (const std::string& alias : finding.aliases) add(alias);
    std::sort(orders.begin(), orders.end());
    orders.erase(std::unique(orders.begin(), orders.end()), orders.end());
    std::vector<Applied> out;
    for (size_t order : orders) {
      const Stated& stated = stated_[order];
      found_[order] = true;
      for (const model::VexProduct& product : stated.statement->products) {
        std::string scope = scope_.covers(product, stated.document->id, finding.package);
        if (scope.empty()) continue;
        used_[order] = true;
        auto time = base::parse_time(stated.statement->timestamp);
        out.push_back({&stated, std::move(scope), time.value_or(INT64_MIN)});
        break;
      }
    }
    return out;
  }

  // Of each author only the latest; several when they are of one time.
  static std::vector<Applied> latest(const std::vector<Applied>& applied) {
    std::map<std::string_view, base::UnixTime> newest;
    for (const Applied& one : applied) {
      auto [at, fresh] = newest.emplace(author_of(*one.stated->document), one.time);
      if (!fresh) at->second = std::max(at->second, one.time);
    }
    std::vector<Applied> out;
    for (const Applied& one : applied) {
      if (newest.at(author_of(*one.stated->document)) == one.time) out.push_back(one);
    }
    return out;
  }

  size_t rank(const Applied& applied) const {
    const VexDocument& document = *applied.stated->document;
    for (size_t i = 0; i < trust_.size(); ++i) {
      const std::string& name = trust_[i];
      if (name == document.author || name == document.id || name == document.source) return i;
    }
    return SIZE_MAX;
  }

  // True: the finding was closed.
  bool decide(Finding& finding, const std::vector<Applied>& applied) {
    size_t best = SIZE_MAX;
    for (const Applied& one : applied) best = std::min(best, rank(one));
    // Trust comes before time: anybody can write a later document under the trusted author's name.
    std::vector<Applied> trusted = applied;
    std::erase_if(trusted, [&](const Applied& one) { return rank(one) != best; });
    std::vector<Applied> deciding = latest(trusted);
    // "Not affected" without a reason is neither for nor against.
    bool against = std::any_of(deciding.begin(), deciding.end(), [](const Applied& one) {
      return one.stated->statement->status == VexStatus::kAffected ||
             one.stated->statement->status == VexStatus::kUnderInvestigation;
    });
    std::vector<Applied> closing = deciding;
    std::erase_if(closing, [](const Applied& one) { return !closes(*one.stated->statement); });
    if (!closing.empty() && !against) {
      close(finding, closing);
      return true;
    }
    finding.vex_conflict = !closing.empty();
    for (const Applied& one : best == SIZE_MAX ? deciding : latest(applied)) {
      finding.vex.push_back(note_of(one));
    }
    return false;
  }

  void close(Finding& finding, const std::vector<Applied>& deciding) {
    const Applied& last =
        *std::max_element(deciding.begin(), deciding.end(), [](const Applied& a, const Applied& b) {
          return a.time < b.time;  // of equals the first
        });
    model::Ignored out;
    out.by = model::IgnoredBy::kVex;
    out.reason = reason_of(*last.stated->statement);
    out.file = last.stated->document->source + ": " + last.stated->statement->place;
    out.owner = author_of(*last.stated->document);
    out.vex = note_of(last);
    out.finding = std::move(finding);
    report_.ignored.push_back(std::move(out));
  }

  void record(const VexDocument& document) {
    model::VexUse use;
    use.source = document.source;
    use.format = std::string(vex_format_name(document.format));
    use.id = document.id;
    use.author = document.author;
    use.timestamp = document.timestamp;
    use.statements = document.statements.size();
    for (const Stated& stated : stated_) {
      if (stated.document != &document) continue;
      if (used_[stated.order]) {
        ++use.used;
        continue;
      }
      use.unused.push_back(
          {stated.statement->vulnerability, stated.statement->place, why_unused(stated)});
    }
    report_.vex.push_back(std::move(use));
  }

  std::string why_unused(const Stated& stated) {
    if (stated.statement->products.empty()) return "it names no product";
    if (!found_[stated.order]) return "no finding of this vulnerability";
    for (const model::VexProduct& product : stated.statement->products) {
      std::string which = scope_.incomparable(product);
      if (!which.empty()) return which + " cannot be compared with this image";
    }
    return "none of its products covers a package with a finding of this vulnerability";
  }

  std::span<const std::string> trust_;
  ScanReport& report_;
  VexScope scope_;
  std::vector<Stated> stated_;
  std::vector<bool> used_;   // by order
  std::vector<bool> found_;  // whether any finding is of its vulnerability
  std::unordered_map<std::string, std::vector<size_t>> by_id_;
};

}  // namespace

void apply_vex(std::span<const VexDocument> documents, std::span<const std::string> trust,
               ScanReport& report) {
  if (documents.empty()) return;
  VexApplier(documents, trust, report).run(documents);
}

}  // namespace bulkhead::decide
