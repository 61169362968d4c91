// SPDX-License-Identifier: Apache-2.0
// CSAF 2.0, profile VEX (https://docs.oasis-open.org/csaf/csaf/v2.0/, section 4.5). Its checks that
// bear on what is stated are made here: the category, defined products, statuses that do not
// contradict each other (6.1.1, 6.1.6), an id of the vulnerability (6.1.27.8), and for each product
// that is not affected the reason, as a flag or as a threat of the category impact (6.1.27.9).
//
// A vulnerability makes one statement for each set of products that have status, reason and action
// in common.
#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <unordered_map>

#include "base/text.h"
#include "sbom/vex/csaf_products.h"
#include "sbom/vex/readers.h"

namespace bulkhead::sbom {

using base::Code;
using base::Error;
using base::Status;
using model::VexJustification;
using model::VexStatement;
using model::VexStatus;

namespace {

struct StatusList {
  std::string_view name;
  VexStatus status;
};

// "recommended" is no status: it says what to move to.
constexpr std::array<StatusList, 7> kStatusLists = {{
    {"known_not_affected", VexStatus::kNotAffected},
    {"fixed", VexStatus::kFixed},
    {"first_fixed", VexStatus::kFixed},
    {"known_affected", VexStatus::kAffected},
    {"first_affected", VexStatus::kAffected},
    {"last_affected", VexStatus::kAffected},
    {"under_investigation", VexStatus::kUnderInvestigation},
}};

struct Remediation {
  std::string_view category;
  std::string_view response;  // CycloneDX's word for it
};

constexpr std::array<Remediation, 5> kRemediations = {{
    {"vendor_fix", "update"},
    {"workaround", "workaround_available"},
    {"mitigation", "workaround_available"},
    {"no_fix_planned", "will_not_fix"},
    {"none_available", "can_not_fix"},
}};

// What is said about one product.
struct Facts {
  std::string id;
  VexStatus status = VexStatus::kUnderInvestigation;
  std::string_view list;  // the status list that names it
  VexJustification why = VexJustification::kNone;
  std::string impact;
  std::string action;
  std::vector<std::string> responses;

  auto key() const { return std::tie(list, why, impact, action, responses); }
};

// What is said about one product, and how often something is said about some product.
constexpr size_t kMaxText = 4096;
constexpr uint64_t kMaxSaid = 1'000'000;

void append(std::string& text, std::string_view more) {
  if (text.size() >= kMaxText || text.find(more) != std::string::npos) return;
  more = more.substr(0, kMaxText);
  if (!text.empty()) text += "; ";
  text += more;
}

class CsafReader {
 public:
  CsafReader(const Spot& root, const base::Limits& limits, base::Diagnostics& diagnostics,
             model::VexDocument& out)
      : root_(root), limits_(limits), diagnostics_(diagnostics), out_(out) {}

  Status run() {
    TRY(read_head());
    Spot tree = root_["product_tree"];
    if (tree.need_object()) TRY(products_.read(tree, limits_));
    Spot list = root_["vulnerabilities"];
    if (!list.present()) list.wrong("is missing");
    list.each([&](const Spot& spot) { read_vulnerability(spot); });
    if (said_ > kMaxSaid) {
      return Error(Code::kLimit, "more than " + std::to_string(kMaxSaid) +
                                     " flags, threats and remediations of products");
    }
    if (named_ > limits_.max_entries) {
      return Error(Code::kLimit,
                   "more than " + std::to_string(limits_.max_entries) + " products with a status");
    }
    return {};
  }

 private:
  Status read_head() {
    Spot document = root_["document"];
    std::string_view version = document["csaf_version"].need_text();
    if (version != "2.0") {
      return Error(Code::kUnsupported,
                   "CSAF " + base::printable(version, 20) + " is not read here; known is 2.0");
    }
    out_.spec_version = version;
    Spot category = document["category"];
    if (category.need_text() != "csaf_vex" && !category.text().empty()) {
      category.wrong("is \"" + base::printable(category.text(), 100) +
                     "\"; a VEX document has the category csaf_vex");
    }
    out_.title = document["title"].text();
    out_.author = document["publisher"]["name"].need_text();
    out_.author_url = document["publisher"]["namespace"].text();
    Spot tracking = document["tracking"];
    if (!tracking.need_object()) return {};
    out_.id = tracking["id"].need_text();
    out_.version = tracking["version"].need_text();
    tracking["current_release_date"].need_text();
    out_.timestamp = tracking["current_release_date"].time();
    Spot status = tracking["status"];
    std::string_view word = status.need_text();
    bool known = word == "draft" || word == "interim" || word == "final";
    if (!known && !word.empty()) {
      status.wrong(unknown_word(word, {"draft", "interim", "final"}));
    }
    if (word == "draft") {
      diagnostics_.note("vex-metadata", out_.source, "the document is a draft");
    }
    return {};
  }

  static void read_ids(const Spot& spot, VexStatement& out) {
    std::vector<std::string> ids;
    std::string_view cve = spot["cve"].text();
    if (!cve.empty()) ids.emplace_back(cve);
    spot["ids"].each([&](const Spot& id) { ids.emplace_back(id["text"].need_text()); });
    std::erase(ids, "");
    if (ids.empty()) return spot.wrong("names no vulnerability: it needs cve or ids");
    out.vulnerability = ids.front();
    out.aliases.assign(ids.begin() + 1, ids.end());
  }

  // What is said about the products of a vulnerability, in the order of the document.
  struct Said {
    std::vector<Facts> facts;
    std::unordered_map<std::string, size_t> by_id;
  };

  Said read_status(const Spot& spot) {
    Said said;
    Spot status = spot["product_status"];
    if (!status.need_object()) return said;
    bool stated = false;
    for (const StatusList& list : kStatusLists) {
      Spot ids = status[list.name];
      bool profile = !list.name.starts_with("first") && !list.name.starts_with("last");
      stated |= profile && ids.present();
      for (const std::string& id : products_.ids_in(ids)) {
        if (++named_ > limits_.max_entries) return said;
        auto [at, fresh] = said.by_id.emplace(id, said.facts.size());
        if (!fresh && said.facts[at->second].status != list.status) {
          ids.wrong("contradicts " + std::string(said.facts[at->second].list) +
                    ": both name the product \"" + base::printable(id, 100) + "\"");
        }
        if (!fresh) continue;
        Facts& facts = said.facts.emplace_back();
        facts.id = id;
        facts.status = list.status;
        facts.list = list.name;
      }
    }
    if (!stated) {
      status.wrong("has none of fixed, known_affected, known_not_affected and under_investigation");
    }
    status.value().each_member([&](std::string_view name, base::json::Value) {
      bool known = name == "recommended" ||
                   std::any_of(kStatusLists.begin(), kStatusLists.end(),
                               [&](const StatusList& list) { return list.name == name; });
      if (!known) {
        status[name].wrong(
            "is no product status; known are fixed, first_fixed, known_affected, "
            "first_affected, last_affected, known_not_affected, recommended and "
            "under_investigation");
      }
    });
    return said;
  }

  // f(Facts&) for every product that the object names and that has a status.
  template <typename F>
  void each_named(const Spot& object, Said& said, F&& f) {
    if (said_ > kMaxSaid) return;
    for (const std::string& id : products_.named_by(object)) {
      if (++said_ > kMaxSaid) return;
      auto at = said.by_id.find(id);
      if (at != said.by_id.end()) f(said.facts[at->second]);
    }
  }

  void read_reasons(const Spot& spot, Said& said) {
    spot["flags"].each([&](const Spot& flag) {
      Spot label = flag["label"];
      std::string_view word = label.need_text();
      auto why = model::parse_vex_justification(word);
      if (!why && !word.empty()) {
        label.wrong(unknown_word(word, {"component_not_present", "vulnerable_code_not_present",
                                        "vulnerable_code_not_in_execute_path",
                                        "vulnerable_code_cannot_be_controlled_by_adversary",
                                        "inline_mitigations_already_exist"}));
      }
      each_named(flag, said, [&](Facts& facts) {
        bool applies = facts.status == VexStatus::kNotAffected;
        if (why && applies) facts.why = *why;
      });
    });
    spot["threats"].each([&](const Spot& threat) {
      if (threat["category"].need_text() != "impact") return;
      std::string_view details = threat["details"].need_text();
      each_named(threat, said, [&](Facts& facts) { append(facts.impact, details); });
    });
  }

  void read_actions(const Spot& spot, Said& said) {
    spot["remediations"].each([&](const Spot& remediation) {
      Spot category = remediation["category"];
      std::string_view word = category.need_text();
      auto known = std::find_if(kRemediations.begin(), kRemediations.end(),
                                [&](const Remediation& entry) { return entry.category == word; });
      if (known == kRemediations.end()) {
        if (!word.empty()) {
          category.wrong(unknown_word(word, {"vendor_fix", "workaround", "mitigation",
                                             "no_fix_planned", "none_available"}));
        }
        return;
      }
      std::string_view details = remediation["details"].need_text();
      each_named(remediation, said, [&](Facts& facts) {
        append(facts.action, details);
        bool listed = std::find(facts.responses.begin(), facts.responses.end(), known->response) !=
                      facts.responses.end();
        if (!listed) facts.responses.emplace_back(known->response);
      });
    });
  }

  void check(const Spot& spot, const Said& said) {
    uint64_t without_reason = 0;
    uint64_t without_action = 0;
    std::string first;
    for (const Facts& facts : said.facts) {
      bool reason = facts.why != VexJustification::kNone || !facts.impact.empty();
      if (facts.status == VexStatus::kNotAffected && !reason && without_reason++ == 0) {
        first = facts.id;
      }
      if (facts.status == VexStatus::kAffected && facts.action.empty()) ++without_action;
    }
    if (without_reason != 0) {
      std::string more =
          without_reason > 1 ? " and " + std::to_string(without_reason - 1) + " more" : "";
      spot["product_status"]["known_not_affected"].wrong(
          "gives no reason for \"" + base::printable(first, 100) + "\"" + more +
          ": it needs a flag, or a threat of the category impact, that names the product");
    }
    if (without_action != 0) {
      diagnostics_.note("vex-metadata", out_.source,
                        spot.place() +
                            " has affected products without the remediation that the "
                            "profile requires");
    }
  }

  void read_vulnerability(const Spot& spot) {
    if (!spot.need_object()) return;
    VexStatement common;
    common.timestamp = out_.timestamp;
    read_ids(spot, common);
    common.notes = spot["title"].text();
    Said said = read_status(spot);
    read_reasons(spot, said);
    read_actions(spot, said);
    check(spot, said);
    std::map<decltype(std::declval<Facts>().key()), size_t> groups;
    for (const Facts& facts : said.facts) {
      auto [at, fresh] = groups.emplace(facts.key(), out_.statements.size());
      if (fresh) {
        VexStatement& statement = out_.statements.emplace_back(common);
        statement.status = facts.status;
        statement.justification = facts.why;
        statement.impact_statement = facts.impact;
        statement.action_statement = facts.action;
        statement.responses = facts.responses;
        statement.place = spot.place() + ".product_status." + std::string(facts.list);
      }
      auto product = products_.find(facts.id);
      if (product) out_.statements[at->second].products.push_back(*std::move(product));
    }
  }

  const Spot& root_;
  const base::Limits& limits_;
  base::Diagnostics& diagnostics_;
  model::VexDocument& out_;
  CsafProducts products_;
  uint64_t named_ = 0;
  uint64_t said_ = 0;
};

}  // namespace

Status read_csaf_vex(Spot root, const base::Limits& limits, base::Diagnostics& diagnostics,
                     model::VexDocument& out) {
  return CsafReader(root, limits, diagnostics, out).run();
}

}  // namespace bulkhead::sbom
