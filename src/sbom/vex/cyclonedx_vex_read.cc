// SPDX-License-Identifier: Apache-2.0
// VEX in CycloneDX 1.4 to 1.7: vulnerabilities with an analysis
// (https://cyclonedx.org/capabilities/vex/).
//
// affects[].ref names a component of this document or, as a BOM-Link, one of another document; a
// purl that no component bears stands for itself. A statement about a component is one about the
// document's subject (metadata.component) and that part of it; without a subject, about the
// outermost component that holds it.
//
// affects[].versions say for each version whether it is affected, and that counts more than the
// state of the whole: "not_affected" never closes a version that is listed as affected.
#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "model/purl.h"
#include "sbom/identity.h"
#include "sbom/vex.h"
#include "sbom/vex/readers.h"
#include "version/vers.h"

namespace bulkhead::sbom {

using base::Code;
using base::Error;
using base::Status;
using model::VexComponent;
using model::VexJustification;
using model::VexProduct;
using model::VexStatement;
using model::VexStatus;

namespace {

constexpr std::string_view kCdxLink = "urn:cdx:";
constexpr int kMaxVexNesting = 64;

struct State {
  std::string_view word;
  VexStatus status;
};

constexpr std::array<State, 6> kStates = {{
    {"not_affected", VexStatus::kNotAffected},
    {"false_positive", VexStatus::kNotAffected},
    {"resolved", VexStatus::kFixed},
    {"resolved_with_pedigree", VexStatus::kFixed},
    {"exploitable", VexStatus::kAffected},
    {"in_triage", VexStatus::kUnderInvestigation},
}};

// What the status of a version leaves of the status of the whole.
VexStatus narrowed(VexStatus whole, std::string_view version_status) {
  if (whole == VexStatus::kUnderInvestigation) return whole;
  if (version_status == "unknown") return VexStatus::kUnderInvestigation;
  if (version_status == "unaffected") {
    return whole == VexStatus::kAffected ? VexStatus::kNotAffected : whole;
  }
  return VexStatus::kAffected;
}

class CycloneDxVexReader {
 public:
  CycloneDxVexReader(const Spot& root, const base::Limits& limits, base::Diagnostics& diagnostics,
                     model::VexDocument& out)
      : root_(root), limits_(limits), diagnostics_(diagnostics), out_(out) {}

  Status run() {
    TRY(read_head());
    TRY(read_components(root_, -1, 0));
    Spot list = root_["vulnerabilities"];
    if (!list.present()) list.wrong("is missing: the document states nothing");
    uint64_t without = 0;
    list.each([&](const Spot& spot) { without += read_vulnerability(spot) ? 0 : 1; });
    if (too_many_) {
      return Error(Code::kLimit,
                   "more than " + std::to_string(limits_.max_entries) + " affected components");
    }
    if (without == 0) return {};
    diagnostics_.note("vex-metadata", out_.source,
                      std::to_string(without) +
                          " of its vulnerabilities have no analysis and "
                          "state nothing");
    return {};
  }

 private:
  struct Held {
    VexComponent component;
    int64_t parent;  // index of the component that holds it, -1 none
  };

  Status read_head() {
    std::string_view version = root_["specVersion"].need_text();
    if (version != "1.4" && version != "1.5" && version != "1.6" && version != "1.7") {
      return Error(Code::kUnsupported, "CycloneDX " + base::printable(version, 20) +
                                           " has no VEX that is read here; known are 1.4 to 1.7");
    }
    out_.spec_version = version;
    out_.version = std::to_string(root_["version"].value().integer().value_or(1));
    out_.id = root_["serialNumber"].text();
    link_ = bom_link(out_.id, out_.version);
    Spot metadata = root_["metadata"];
    out_.timestamp = metadata["timestamp"].time();
    metadata["authors"].each([&](const Spot& author) {
      if (out_.author.empty()) out_.author = author["name"].text();
    });
    for (std::string_view who : {"manufacturer", "manufacture", "supplier"}) {
      if (out_.author.empty()) out_.author = metadata[who]["name"].text();
    }
    Spot subject = metadata["component"];
    if (!subject.present()) return {};
    subject_ = static_cast<int64_t>(components_.size());
    add(subject, -1);
    // The document is known by its serial number, too.
    if (!link_.empty()) components_.front().component.id = link_;
    return read_components(subject, subject_, 1);
  }

  VexComponent component_of(const Spot& spot) {
    VexComponent out;
    out.id = spot["bom-ref"].text();
    std::string_view group = spot["group"].text();
    out.name = spot["name"].need_text();
    if (!group.empty()) out.name = std::string(group) + "/" + out.name;
    Spot purl = spot["purl"];
    std::string text = checked_purl(purl, purl.text());
    std::string_view version = spot["version"].text();
    auto hash = base::cut(version, ":");
    std::string digest = hash ? hash_of(hash->first, hash->second) : "";
    if (!digest.empty()) out.hashes.push_back(std::move(digest));
    auto parsed = model::Purl::parse_lenient(text);
    bool versioned = parsed && !parsed->version.empty();
    if (!versioned && out.hashes.empty() && !version.empty()) out.versions.emplace_back(version);
    if (!text.empty()) out.purls.push_back(std::move(text));
    std::string_view cpe = spot["cpe"].text();
    if (!cpe.empty()) out.cpes.emplace_back(cpe);
    spot["hashes"].each([&](const Spot& entry) {
      std::string found = hash_of(entry["alg"].text(), entry["content"].text());
      if (!found.empty()) out.hashes.push_back(std::move(found));
    });
    return out;
  }

  int64_t add(const Spot& spot, int64_t parent) {
    if (!spot.need_object()) return -1;
    auto index = static_cast<int64_t>(components_.size());
    components_.push_back({component_of(spot), parent});
    std::string ref(spot["bom-ref"].text());
    if (!ref.empty() && !by_ref_.emplace(ref, index).second) {
      spot["bom-ref"].wrong("\"" + base::printable(ref, 100) + "\" is used twice");
    }
    return index;
  }

  Status read_components(const Spot& holder, int64_t parent, int depth) {
    if (depth > kMaxVexNesting) return Error(Code::kLimit, "components are nested too deeply");
    Status status;
    for (std::string_view list : {"components", "services"}) {
      if (!holder[list].present()) continue;
      holder[list].each([&](const Spot& spot) {
        if (!status) return;
        if (components_.size() >= limits_.max_entries) {
          status = Error(Code::kLimit,
                         "more than " + std::to_string(limits_.max_entries) + " components");
          return;
        }
        int64_t index = add(spot, parent);
        if (index >= 0) status = read_components(spot, index, depth + 1);
      });
    }
    return status;
  }

  VexProduct product_of(int64_t index) const {
    const Held& held = components_[static_cast<size_t>(index)];
    int64_t whole = subject_;
    if (whole < 0) {
      for (whole = index; components_[static_cast<size_t>(whole)].parent >= 0;) {
        whole = components_[static_cast<size_t>(whole)].parent;
      }
    }
    VexProduct out{components_[static_cast<size_t>(whole)].component, {}};
    if (whole != index) out.subcomponents.push_back(held.component);
    return out;
  }

  // A name that stands for itself: in this document, or behind a BOM-Link.
  static VexComponent bare(std::string_view ref) {
    VexComponent out;
    out.id = ref;
    auto purl = model::Purl::parse_lenient(ref);
    if (purl) out.purls.push_back(purl->to_string());
    return out;
  }

  std::optional<VexProduct> resolve(const Spot& spot) {
    std::string_view ref = spot.need_text();
    if (ref.empty()) return std::nullopt;
    if (ref.starts_with(kCdxLink)) {
      auto parts = base::cut(ref, "#");
      std::string_view document = parts ? parts->first : ref;
      bool here = document == link_;
      if (!here) {
        VexProduct out;
        out.component.id = document;
        if (parts) out.subcomponents.push_back(bare(version::percent_decode(parts->second)));
        return out;
      }
      if (!parts && subject_ >= 0) return product_of(subject_);
      if (!parts) return VexProduct{bare(document), {}};
      return local(spot, version::percent_decode(parts->second));
    }
    return local(spot, std::string(ref));
  }

  std::optional<VexProduct> local(const Spot& spot, const std::string& ref) {
    auto found = by_ref_.find(ref);
    if (found != by_ref_.end()) return product_of(found->second);
    VexComponent named = bare(ref);
    if (named.purls.empty()) {
      spot.wrong("names \"" + base::printable(ref, 100) +
                 "\", which is neither a bom-ref of this document nor a purl");
      return std::nullopt;
    }
    if (subject_ < 0) return VexProduct{std::move(named), {}};
    VexProduct out = product_of(subject_);
    out.subcomponents.push_back(std::move(named));
    return out;
  }

  // The products of one entry of affects, by status.
  void read_affected(const Spot& spot, VexStatus whole,
                     std::map<VexStatus, std::vector<VexProduct>>& out) {
    if (!spot.need_object()) return;
    auto product = resolve(spot["ref"]);
    if (!product) return;
    if (++affected_ > limits_.max_entries) {
      too_many_ = true;
      return;
    }
    Spot versions = spot["versions"];
    if (versions.value().size() == 0) {
      if (versions.present() && !versions.value().is_array()) versions.wrong("is not a list");
      out[whole].push_back(*std::move(product));
      return;
    }
    std::map<VexStatus, VexProduct> split;
    versions.each([&](const Spot& entry) {
      std::string_view word = entry["status"].text();
      if (word.empty()) word = "affected";  // the standard's default
      if (word != "affected" && word != "unaffected" && word != "unknown") {
        entry["status"].wrong(unknown_word(word, {"affected", "unaffected", "unknown"}));
      }
      auto [at, fresh] = split.try_emplace(narrowed(whole, word), *product);
      VexProduct& part = at->second;
      VexComponent& target =
          part.subcomponents.empty() ? part.component : part.subcomponents.front();
      if (fresh) target.versions.clear();  // the component's own, which these are about
      Spot version = entry["version"];
      Spot range = entry["range"];
      if (version.present() == range.present()) return entry.wrong("needs version or range");
      if (version.present()) {
        target.versions.emplace_back(version.need_text());
        return;
      }
      std::string_view text = range.need_text();
      auto parsed = version::VersRange::parse(text);
      if (!parsed) range.wrong("is wrong: " + parsed.error().message());
      target.ranges.emplace_back(text);
    });
    for (auto& [status, part] : split) out[status].push_back(std::move(part));
  }

  void read_ids(const Spot& spot, VexStatement& out) {
    out.vulnerability = spot["id"].need_text();
    spot["references"].each(
        [&](const Spot& other) { out.aliases.emplace_back(other["id"].need_text()); });
  }

  void read_texts(const Spot& spot, const Spot& analysis, VexStatement& out) {
    std::string_view detail = analysis["detail"].text();
    out.action_statement = spot["recommendation"].text();
    std::string_view workaround = spot["workaround"].text();
    if (out.action_statement.empty()) out.action_statement = workaround;
    if (out.status == VexStatus::kNotAffected) {
      out.impact_statement = detail;
    } else {
      out.notes = detail;
    }
    for (std::string_view key : {"lastUpdated", "firstIssued"}) {
      if (out.timestamp.empty()) out.timestamp = analysis[key].time();
    }
    if (out.timestamp.empty()) out.timestamp = out_.timestamp;
    analysis["response"].each([&](const Spot& response) {
      std::string_view word = response.need_text();
      bool known = word == "can_not_fix" || word == "will_not_fix" || word == "update" ||
                   word == "rollback" || word == "workaround_available";
      if (!known && !word.empty()) {
        response.wrong(unknown_word(
            word, {"can_not_fix", "will_not_fix", "update", "rollback", "workaround_available"}));
      }
      out.responses.emplace_back(word);
    });
  }

  void read_reason(const Spot& analysis, std::string_view state, VexStatement& out) {
    Spot justification = analysis["justification"];
    std::string_view word = justification.text();
    auto why = justification_of_cyclonedx(word);
    if (!why && !word.empty()) {
      justification.wrong(unknown_word(
          word,
          {"code_not_present", "code_not_reachable", "requires_configuration",
           "requires_dependency", "requires_environment", "protected_by_compiler",
           "protected_at_runtime", "protected_at_perimeter", "protected_by_mitigating_control"}));
    }
    if (why) {
      out.justification = *why;
      out.justification_word = word;
    } else if (state == "false_positive") {
      out.justification = VexJustification::kComponentNotPresent;
      out.justification_word = state;
    }
  }

  // False: the vulnerability has no analysis with a state.
  bool read_vulnerability(const Spot& spot) {
    if (!spot.need_object()) return true;
    Spot analysis = spot["analysis"];
    if (!analysis.present()) return false;
    if (!analysis.need_object()) return true;
    if (!analysis["state"].present()) return false;
    std::string_view word = analysis["state"].need_text();
    auto state = std::find_if(kStates.begin(), kStates.end(),
                              [&](const State& known) { return known.word == word; });
    if (state == kStates.end()) {
      analysis["state"].wrong(
          unknown_word(word, {"resolved", "resolved_with_pedigree", "exploitable", "in_triage",
                              "false_positive", "not_affected"}));
      return true;
    }
    VexStatement whole;
    whole.status = state->status;
    whole.place = spot.place();
    read_ids(spot, whole);
    read_texts(spot, analysis, whole);
    read_reason(analysis, word, whole);
    std::map<VexStatus, std::vector<VexProduct>> by_status;
    spot["affects"].each(
        [&](const Spot& affected) { read_affected(affected, state->status, by_status); });
    if (by_status.empty()) by_status[state->status] = {};  // it leaves open what it is about
    for (auto& [status, products] : by_status) {
      VexStatement& statement = out_.statements.emplace_back(whole);
      statement.status = status;
      statement.products = std::move(products);
      if (status == state->status) continue;
      // The reasons are those of another status.
      statement.justification = VexJustification::kNone;
      statement.justification_word.clear();
      statement.impact_statement.clear();
    }
    return true;
  }

  const Spot& root_;
  const base::Limits& limits_;
  base::Diagnostics& diagnostics_;
  model::VexDocument& out_;
  std::string link_;
  std::vector<Held> components_;
  std::unordered_map<std::string, int64_t> by_ref_;
  int64_t subject_ = -1;
  uint64_t affected_ = 0;
  bool too_many_ = false;
};

}  // namespace

Status read_cyclonedx_vex(Spot root, const base::Limits& limits, base::Diagnostics& diagnostics,
                          model::VexDocument& out) {
  return CycloneDxVexReader(root, limits, diagnostics, out).run();
}

}  // namespace bulkhead::sbom
