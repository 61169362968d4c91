// SPDX-License-Identifier: Apache-2.0
// VEX as CycloneDX 1.6: the things that statements name are components of the document, parts
// within what they are parts of. What all statements are about is the document's subject.
#include <map>
#include <set>

#include "base/json_stream.h"
#include "base/text.h"
#include "sbom/identity.h"
#include "sbom/vex.h"
#include "sbom/vex/write_common.h"
#include "version/vers.h"

namespace bulkhead::sbom {

using base::Status;
using model::VexComponent;
using model::VexStatement;
using model::VexStatus;

namespace {

std::string_view state_of(const VexStatement& statement) {
  switch (statement.status) {
    case VexStatus::kNotAffected:
      return statement.justification_word == "false_positive" ? "false_positive" : "not_affected";
    case VexStatus::kAffected: return "exploitable";
    case VexStatus::kFixed: return "resolved";
    case VexStatus::kUnderInvestigation: return "in_triage";
  }
  return "";
}

std::string_view version_status(VexStatus status) {
  if (status == VexStatus::kAffected) return "affected";
  return status == VexStatus::kUnderInvestigation ? "unknown" : "unaffected";
}

// "urn:uuid:..." in lower case, as the schema asks for.
bool is_serial(std::string_view text) {
  constexpr std::string_view kPrefix = "urn:uuid:";
  if (!text.starts_with(kPrefix) || text.size() != kPrefix.size() + 36) return false;
  text.remove_prefix(kPrefix.size());
  for (size_t i = 0; i < text.size(); ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    bool hex = base::is_digit(text[i]) || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

constexpr std::string_view kCdxUrn = "urn:cdx:";

class CycloneDxVexWriter {
 public:
  CycloneDxVexWriter(const model::VexDocument& document, const VexOut& out)
      : document_(document),
        version_(base::to_number<uint64_t>(document.version).value_or(1)),
        stream_(out, 2),
        w_(stream_.writer()) {
    serial_ = is_serial(document.id) ? document.id : "urn:uuid:" + text_uuid(document.id);
    link_ = bom_link(serial_, std::to_string(version_));
  }

  Status run() {
    collect();
    w_.begin_object();
    w_.member("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
    w_.member("bomFormat", "CycloneDX").member("specVersion", "1.6");
    w_.member("serialNumber", serial_).member("version", version_);
    write_metadata();
    write_components();
    w_.key("vulnerabilities").begin_array();
    for (const VexStatement& statement : document_.statements) {
      if (stream_.failed()) break;
      write_statement(statement);
    }
    w_.end_array().end_object();
    return stream_.finish();
  }

 private:
  struct Thing {
    VexComponent component;
    std::string ref;
    std::vector<size_t> parts;  // indices into things_
  };

  // The thing of that name within another (SIZE_MAX: within none).
  size_t thing(const VexComponent& component, size_t within) {
    auto [at, fresh] = index_.try_emplace({within, component_key(component)}, things_.size());
    if (!fresh) return at->second;
    std::string ref = component.purls.empty() ? component.id : component.purls.front();
    if (ref.empty()) ref = display_name(component);
    if (ref.starts_with(kCdxUrn)) ref = "subject";  // links are no names within a document
    std::string unique = ref;
    for (size_t number = 2; !refs_.insert(unique).second; ++number) {
      unique = ref + "#" + std::to_string(number);
    }
    things_.push_back({component, unique, {}});
    if (within == SIZE_MAX) {
      wholes_.push_back(at->second);
    } else {
      things_[within].parts.push_back(at->second);
    }
    return at->second;
  }

  // Whether the product is another document, which a BOM-Link names.
  bool is_foreign(const VexComponent& component) const {
    return component.id.starts_with(kCdxUrn) && component.id != link_;
  }

  void collect() {
    for (const VexStatement& statement : document_.statements) {
      for (const model::VexProduct& product : statement.products) {
        if (is_foreign(product.component)) continue;
        for (const VexComponent& name : single_names(product.component)) {
          size_t whole = thing(name, SIZE_MAX);
          for (const VexComponent& part : product.subcomponents) {
            for (const VexComponent& one : single_names(part)) thing(one, whole);
          }
        }
      }
    }
  }

  void write_metadata() {
    w_.key("metadata").begin_object().member_if("timestamp", document_.timestamp);
    if (!document_.tool.empty()) {
      auto parts = base::cut(document_.tool, " ");
      w_.key("tools").begin_object().key("components").begin_array().begin_object();
      w_.member("type", "application");
      w_.member("name", parts ? parts->first : std::string_view(document_.tool));
      if (parts) w_.member("version", parts->second);
      w_.end_object().end_array().end_object();
    }
    w_.key("authors").begin_array().begin_object().member("name", document_.author);
    w_.end_object().end_array();
    if (wholes_.size() == 1) {
      const Thing& subject = things_[wholes_.front()];
      w_.key("component");
      begin_component(subject, true);
      w_.end_object();
    }
    w_.end_object();
  }

  void begin_component(const Thing& thing, bool whole) {
    const VexComponent& component = thing.component;
    std::string_view purl =
        component.purls.empty() ? std::string_view() : std::string_view(component.purls.front());
    bool image = purl.starts_with("pkg:oci/") || purl.starts_with("pkg:docker/");
    w_.begin_object();
    w_.member("type", image ? "container" : whole ? "application" : "library");
    w_.member("bom-ref", thing.ref).member("name", display_name(component));
    if (!component.versions.empty()) w_.member("version", component.versions.front());
    if (!component.hashes.empty()) {
      w_.key("hashes").begin_array();
      for (std::string_view hash : component.hashes) {
        bool sha256 = hash.starts_with("sha256:");
        w_.begin_object().member("alg", sha256 ? "SHA-256" : "SHA-512");
        w_.member("content", hash.substr(7)).end_object();
      }
      w_.end_array();
    }
    if (!component.cpes.empty()) w_.member("cpe", component.cpes.front());
    w_.member_if("purl", purl);
  }

  void write_list(const std::vector<size_t>& indices) {
    w_.key("components").begin_array();
    for (size_t i : indices) {
      begin_component(things_[i], false);
      if (!things_[i].parts.empty()) write_list(things_[i].parts);  // parts have no parts
      w_.end_object();
    }
    w_.end_array();
  }

  void write_components() {
    bool subject = wholes_.size() == 1;
    write_list(subject ? things_[wholes_.front()].parts : wholes_);
  }

  void write_statement(const VexStatement& statement) {
    w_.begin_object().member("id", statement.vulnerability);
    if (!statement.aliases.empty()) {
      w_.key("references").begin_array();
      for (const std::string& alias : statement.aliases) {
        w_.begin_object().member("id", alias).key("source").begin_object();
        w_.member("url", "https://osv.dev/vulnerability/" + urn_escape(alias));
        w_.end_object().end_object();
      }
      w_.end_array();
    }
    w_.member_if("recommendation", statement.action_statement);
    write_analysis(statement);
    write_affects(statement);
    w_.end_object();
  }

  void write_analysis(const VexStatement& statement) {
    w_.key("analysis").begin_object().member("state", state_of(statement));
    std::string_view word = statement.justification_word;
    if (!justification_of_cyclonedx(word)) word = cyclonedx_justification(statement.justification);
    // A false positive needs no further reason.
    bool reason = statement.status == VexStatus::kNotAffected &&
                  statement.justification_word != "false_positive";
    if (reason) w_.member_if("justification", word);
    if (!statement.responses.empty()) {
      w_.key("response").begin_array();
      for (const std::string& response : statement.responses) w_.value(response);
      w_.end_array();
    }
    w_.member_if("detail",
                 statement.impact_statement.empty() ? statement.notes : statement.impact_statement);
    w_.member_if("lastUpdated", statement.timestamp).end_object();
  }

  void write_affects(const VexStatement& statement) {
    if (statement.products.empty()) return;
    std::set<std::string> seen;  // the list allows no repetition
    w_.key("affects").begin_array();
    for (const model::VexProduct& product : statement.products) {
      if (is_foreign(product.component)) {
        write_links(product, seen);
        continue;
      }
      for (const VexComponent& name : single_names(product.component)) {
        size_t whole = thing(name, SIZE_MAX);
        if (product.subcomponents.empty()) write_target(whole, statement.status, seen);
        for (const VexComponent& part : product.subcomponents) {
          for (const VexComponent& one : single_names(part)) {
            write_target(thing(one, whole), statement.status, seen);
          }
        }
      }
    }
    w_.end_array();
  }

  void write_links(const model::VexProduct& product, std::set<std::string>& seen) {
    auto write = [&](const std::string& ref) {
      if (seen.insert(ref).second) w_.begin_object().member("ref", ref).end_object();
    };
    const std::string& document = product.component.id;
    if (product.subcomponents.empty()) write(document);
    for (const VexComponent& part : product.subcomponents) {
      for (const VexComponent& one : single_names(part)) {
        write(document + "#" + urn_escape(one.purls.empty() ? one.id : one.purls.front()));
      }
    }
  }

  void write_target(size_t index, VexStatus status, std::set<std::string>& seen) {
    const Thing& target = things_[index];
    if (!seen.insert(target.ref).second) return;
    w_.begin_object().member("ref", target.ref);
    // With a purl, the range is part of it.
    if (target.component.purls.empty() && !target.component.ranges.empty()) {
      w_.key("versions").begin_array().begin_object();
      // CSAF also has ranges in the words of a vendor, which no reader could compare.
      const std::string& range = target.component.ranges.front();
      w_.member(version::VersRange::parse(range) ? "range" : "version", range);
      w_.member("status", version_status(status)).end_object().end_array();
    }
    w_.end_object();
  }

  const model::VexDocument& document_;
  uint64_t version_;
  std::string serial_;
  std::string link_;  // this document, as others name it
  base::json::Stream stream_;
  base::json::Writer& w_;
  std::vector<Thing> things_;
  std::vector<size_t> wholes_;
  std::map<std::pair<size_t, std::string>, size_t> index_;
  std::set<std::string> refs_;
};

}  // namespace

Status write_cyclonedx_vex(const model::VexDocument& document, const VexOut& out) {
  return CycloneDxVexWriter(document, out).run();
}

}  // namespace bulkhead::sbom
