// SPDX-License-Identifier: Apache-2.0
// CSAF 2.0, profile VEX. Every thing named gets a product id; "this part of that product" becomes a
// relationship with an id of its own. Statements about one vulnerability are one entry, in which
// flags, threats and remediations name the products that they are about.
#include <map>
#include <tuple>

#include "base/json_stream.h"
#include "base/text.h"
#include "sbom/vex.h"
#include "sbom/vex/write_common.h"

namespace bulkhead::sbom {

using base::Status;
using model::VexComponent;
using model::VexStatement;
using model::VexStatus;

namespace {

std::string product_id(size_t number) {
  std::string digits = std::to_string(number);
  return "CSAFPID-" + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

// "CVE-2024-12345", by the pattern of the schema.
bool is_cve(std::string_view id) {
  auto parts = base::split(id, '-');
  auto digits = [](std::string_view text) {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return parts.size() == 3 && parts[0] == "CVE" && parts[1].size() == 4 && digits(parts[1]) &&
         parts[2].size() >= 4 && digits(parts[2]);
}

std::string_view system_of(std::string_view id) {
  return is_cve(id) ? "CVE" : id.starts_with("GHSA-") ? "GitHub Security Advisories" : "OSV";
}

std::string_view status_list(VexStatus status) {
  switch (status) {
    case VexStatus::kNotAffected: return "known_not_affected";
    case VexStatus::kAffected: return "known_affected";
    case VexStatus::kFixed: return "fixed";
    case VexStatus::kUnderInvestigation: return "under_investigation";
  }
  return "";
}

std::string_view remediation_of(const VexStatement& statement) {
  for (const std::string& response : statement.responses) {
    if (response == "update" || response == "rollback") return "vendor_fix";
    if (response == "workaround_available") return "workaround";
    if (response == "will_not_fix") return "no_fix_planned";
  }
  return "none_available";
}

class CsafWriter {
 public:
  CsafWriter(const model::VexDocument& document, const VexOut& out)
      : document_(document), stream_(out, 2), w_(stream_.writer()) {}

  Status run() {
    number_products();
    w_.begin_object();
    write_head();
    write_tree();
    write_vulnerabilities();
    w_.end_object();
    return stream_.finish();
  }

 private:
  struct Relation {
    std::string id, name, part, whole;
  };

  std::string id_of(const VexComponent& component) {
    auto [at, fresh] = ids_.try_emplace(component_key(component));
    if (fresh) {
      at->second = product_id(++count_);
      things_.emplace_back(at->second, component);
    }
    return at->second;
  }

  void number_products() {
    for (const VexStatement& statement : document_.statements) {
      std::vector<std::string>& ids = of_statement_.emplace_back();
      for (const model::VexProduct& product : statement.products) {
        for (const VexComponent& whole : single_names(product.component)) {
          std::string whole_id = id_of(whole);
          if (product.subcomponents.empty()) ids.push_back(whole_id);
          for (const VexComponent& part : product.subcomponents) {
            for (const VexComponent& one : single_names(part)) {
              ids.push_back(relation(one, whole, whole_id));
            }
          }
        }
      }
    }
  }

  std::string relation(const VexComponent& part, const VexComponent& whole,
                       const std::string& whole_id) {
    std::string part_id = id_of(part);
    auto [at, fresh] = by_parts_.try_emplace({part_id, whole_id});
    if (fresh) {
      at->second = product_id(++count_);
      relations_.push_back({at->second,
                            display_name(part) + " as a component of " + display_name(whole),
                            part_id, whole_id});
    }
    return at->second;
  }

  void write_head() {
    w_.key("document").begin_object().member("category", "csaf_vex");
    w_.member("csaf_version", "2.0").key("publisher").begin_object();
    w_.member("category", "other").member("name", document_.author);
    w_.member("namespace", document_.author_url.empty() ? iri_of("author", document_.author)
                                                        : document_.author_url);
    w_.end_object();
    w_.member("title", document_.title.empty() ? "Vulnerability exploitability" : document_.title);
    w_.key("tracking").begin_object().member("current_release_date", document_.timestamp);
    if (!document_.tool.empty()) {
      w_.key("generator").begin_object().key("engine").begin_object();
      auto parts = base::cut(document_.tool, " ");
      w_.member("name", parts ? parts->first : std::string_view(document_.tool));
      if (parts) w_.member("version", parts->second);
      w_.end_object().end_object();
    }
    w_.member("id", document_.id).member("initial_release_date", document_.timestamp);
    w_.key("revision_history").begin_array().begin_object();
    w_.member("date", document_.timestamp).member("number", version());
    w_.member("summary", "Statements as of this date.").end_object().end_array();
    w_.member("status", "final").member("version", version()).end_object();
    w_.end_object();
  }

  std::string version() const { return document_.version.empty() ? "1" : document_.version; }

  void write_product(const std::string& id, const VexComponent& component) {
    w_.begin_object();
    std::string name = display_name(component);
    if (!component.versions.empty()) name += " " + component.versions.front();
    w_.member("name", name).member("product_id", id);
    bool cpe = !component.cpes.empty() && component.cpes.front().starts_with("cpe:");
    if (!component.purls.empty() || cpe || !component.hashes.empty()) {
      w_.key("product_identification_helper").begin_object();
      if (cpe) w_.member("cpe", component.cpes.front());
      write_hashes(component);
      if (!component.purls.empty()) w_.member("purl", component.purls.front());
      w_.end_object();
    }
    w_.end_object();
  }

  void write_hashes(const VexComponent& component) {
    if (component.hashes.empty()) return;
    w_.key("hashes").begin_array().begin_object().key("file_hashes").begin_array();
    for (const std::string& hash : component.hashes) {
      auto parts = base::cut(hash, ":");
      if (!parts) continue;
      w_.begin_object().member("algorithm", parts->first).member("value", parts->second);
      w_.end_object();
    }
    w_.end_array().member("filename", display_name(component)).end_object().end_array();
  }

  // A range has no place but in a branch; a single version that no purl bears neither.
  static bool needs_branch(const VexComponent& component) {
    return !component.ranges.empty() || !component.versions.empty();
  }

  void write_tree() {
    w_.key("product_tree").begin_object();
    size_t branches = 0;
    for (const auto& [id, component] : things_) branches += needs_branch(component);
    if (branches != 0) {
      w_.key("branches").begin_array();
      for (const auto& [id, component] : things_) {
        if (!needs_branch(component)) continue;
        bool range = !component.ranges.empty();
        w_.begin_object().member("category", range ? "product_version_range" : "product_version");
        w_.member("name", range ? component.ranges.front() : component.versions.front());
        w_.key("product");
        write_product(id, component);
        w_.end_object();
      }
      w_.end_array();
    }
    if (branches != things_.size() || things_.empty()) {
      w_.key("full_product_names").begin_array();
      for (const auto& [id, component] : things_) {
        if (!needs_branch(component)) write_product(id, component);
      }
      w_.end_array();
    }
    write_relations();
    w_.end_object();
  }

  void write_relations() {
    if (relations_.empty()) return;
    w_.key("relationships").begin_array();
    for (const Relation& relation : relations_) {
      w_.begin_object().member("category", "default_component_of");
      w_.key("full_product_name").begin_object().member("name", relation.name);
      w_.member("product_id", relation.id).end_object();
      w_.member("product_reference", relation.part);
      w_.member("relates_to_product_reference", relation.whole).end_object();
    }
    w_.end_array();
  }

  void write_vulnerabilities() {
    std::map<std::string, std::vector<size_t>> groups;
    for (size_t i = 0; i < document_.statements.size(); ++i) {
      if (of_statement_[i].empty()) continue;  // about nothing: there is no place for it
      groups[document_.statements[i].vulnerability].push_back(i);
    }
    w_.key("vulnerabilities").begin_array();
    for (const auto& [id, indices] : groups) {
      if (stream_.failed()) break;
      write_vulnerability(id, indices);
    }
    w_.end_array();
  }

  void write_ids(const std::string& id, const VexStatement& first) {
    std::vector<std::string> others = first.aliases;
    bool cve = is_cve(id);
    if (cve) {
      w_.member("cve", id);
    } else {
      others.insert(others.begin(), id);
    }
    if (others.empty()) return;
    w_.key("ids").begin_array();
    for (const std::string& other : others) {
      w_.begin_object().member("system_name", system_of(other)).member("text", other).end_object();
    }
    w_.end_array();
  }

  void write_vulnerability(const std::string& id, const std::vector<size_t>& indices) {
    w_.begin_object();
    const VexStatement& first = document_.statements[indices.front()];
    write_ids(id, first);
    write_flags(indices);
    w_.key("notes").begin_array();
    std::string notes;
    for (size_t i : indices) {
      const std::string& text = document_.statements[i].notes;
      if (text.empty() || notes.find(text) != std::string::npos) continue;
      notes += (notes.empty() ? "" : "\n") + text;
    }
    w_.begin_object().member("category", "general");
    w_.member("text", notes.empty() ? "See the advisories of " + id + "." : notes);
    w_.end_object().end_array();
    w_.key("product_status").begin_object();
    std::map<std::string_view, std::vector<std::string>> lists;
    for (size_t i : indices) {
      auto& list = lists[status_list(document_.statements[i].status)];
      list.insert(list.end(), of_statement_[i].begin(), of_statement_[i].end());
    }
    for (const auto& [name, ids] : lists) write_ids_member(name, ids);
    w_.end_object();
    write_remediations(indices);
    write_threats(indices);
    w_.end_object();
  }

  void write_ids_member(std::string_view name, const std::vector<std::string>& ids) {
    w_.key(name).begin_array();
    std::map<std::string_view, bool> seen;  // the lists allow no repetition
    for (const std::string& id : ids) {
      if (seen.emplace(id, true).second) w_.value(id);
    }
    w_.end_array();
  }

  // f(statement, its product ids) for the statements that the condition holds for, as a list.
  template <typename If, typename F>
  void list(std::string_view name, const std::vector<size_t>& indices, If&& condition, F&& f) {
    bool open = false;
    for (size_t i : indices) {
      const VexStatement& statement = document_.statements[i];
      if (!condition(statement) || of_statement_[i].empty()) continue;
      if (!open) w_.key(name).begin_array();
      open = true;
      w_.begin_object();
      f(statement);
      write_ids_member("product_ids", of_statement_[i]);
      w_.end_object();
    }
    if (open) w_.end_array();
  }

  void write_flags(const std::vector<size_t>& indices) {
    list(
        "flags", indices,
        [](const VexStatement& s) {
          return s.status == VexStatus::kNotAffected &&
                 s.justification != model::VexJustification::kNone;
        },
        [&](const VexStatement& s) {
          w_.member_if("date", s.timestamp);
          w_.member("label", vex_justification_name(s.justification));
        });
  }

  void write_threats(const std::vector<size_t>& indices) {
    list(
        "threats", indices,
        [](const VexStatement& s) {
          return s.status == VexStatus::kNotAffected &&
                 (!s.impact_statement.empty() || s.justification == model::VexJustification::kNone);
        },
        [&](const VexStatement& s) {
          w_.member("category", "impact");
          w_.member("details",
                    s.impact_statement.empty() ? "No reason is stated." : s.impact_statement);
        });
  }

  void write_remediations(const std::vector<size_t>& indices) {
    list(
        "remediations", indices,
        [](const VexStatement& s) {
          return s.status == VexStatus::kAffected || !s.action_statement.empty();
        },
        [&](const VexStatement& s) {
          w_.member("category", remediation_of(s));
          w_.member("details",
                    s.action_statement.empty() ? "No action is stated." : s.action_statement);
        });
  }

  const model::VexDocument& document_;
  base::json::Stream stream_;
  base::json::Writer& w_;
  size_t count_ = 0;
  std::map<std::string, std::string> ids_;  // component_key -> product id
  std::vector<std::pair<std::string, VexComponent>> things_;
  std::map<std::pair<std::string, std::string>, std::string> by_parts_;
  std::vector<Relation> relations_;
  std::vector<std::vector<std::string>> of_statement_;
};

}  // namespace

Status write_csaf_vex(const model::VexDocument& document, const VexOut& out) {
  return CsafWriter(document, out).run();
}

}  // namespace bulkhead::sbom
