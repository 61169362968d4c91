// SPDX-License-Identifier: Apache-2.0
// OpenVEX 0.2.0 (https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md).
#include <algorithm>

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

class OpenVexWriter {
 public:
  OpenVexWriter(const model::VexDocument& document, const VexOut& out)
      : document_(document), stream_(out, 2), w_(stream_.writer()) {}

  Status run() {
    w_.begin_object().member("@context", "https://openvex.dev/ns/v0.2.0");
    w_.member("@id", iri_of("vex", document_.id)).member("author", document_.author);
    w_.member("timestamp", document_.timestamp);
    w_.member("version", base::to_number<uint64_t>(document_.version).value_or(1));
    w_.member_if("tooling", document_.tool);
    w_.key("statements").begin_array();
    for (const VexStatement& statement : document_.statements) {
      if (stream_.failed()) break;
      write_statement(statement);
    }
    w_.end_array().end_object();
    return stream_.finish();
  }

 private:
  void write_statement(const VexStatement& statement) {
    w_.begin_object().key("vulnerability").begin_object();
    w_.member("name", statement.vulnerability);
    if (!statement.aliases.empty()) {
      w_.key("aliases").begin_array();
      for (const std::string& alias : statement.aliases) w_.value(alias);
      w_.end_array();
    }
    w_.end_object();
    if (statement.timestamp != document_.timestamp) {
      w_.member_if("timestamp", statement.timestamp);
    }
    if (!statement.products.empty()) write_products(statement);
    w_.member("status", vex_status_name(statement.status));
    w_.member_if("status_notes", statement.notes);
    std::string_view why = vex_justification_name(statement.justification);
    if (statement.status == VexStatus::kNotAffected) {
      w_.member_if("justification", why);
      bool reason = !why.empty() || !statement.impact_statement.empty();
      w_.member_if("impact_statement",
                   reason ? statement.impact_statement : "No reason is stated.");
    }
    bool asks = statement.status == VexStatus::kAffected && statement.action_statement.empty();
    w_.member_if("action_statement", asks ? "No action is stated." : statement.action_statement);
    w_.end_object();
  }

  void write_products(const VexStatement& statement) {
    w_.key("products").begin_array();
    std::vector<std::string> written;  // the list allows no repetition
    for (const model::VexProduct& product : statement.products) {
      for (const VexComponent& name : single_names(product.component)) {
        std::string key = component_key(name);
        for (const VexComponent& part : product.subcomponents) key += "\f" + component_key(part);
        if (std::find(written.begin(), written.end(), key) != written.end()) continue;
        written.push_back(std::move(key));
        w_.begin_object();
        write_names(name);
        write_subcomponents(product);
        w_.end_object();
      }
    }
    w_.end_array();
  }

  void write_subcomponents(const model::VexProduct& product) {
    if (product.subcomponents.empty()) return;
    w_.key("subcomponents").begin_array();
    for (const VexComponent& part : product.subcomponents) {
      for (const VexComponent& name : single_names(part)) {
        w_.begin_object();
        write_names(name);
        w_.end_object();
      }
    }
    w_.end_array();
  }

  void write_names(const VexComponent& component) {
    std::string_view purl =
        component.purls.empty() ? std::string_view() : std::string_view(component.purls.front());
    std::string id = component.id.empty() ? display_name(component) : component.id;
    w_.member("@id", purl.empty() ? iri_of("product", id) : std::string(purl));
    if (!purl.empty() || !component.cpes.empty()) {
      w_.key("identifiers").begin_object().member_if("purl", purl);
      bool old = !component.cpes.empty() && component.cpes.front().starts_with("cpe:/");
      if (!component.cpes.empty()) {
        w_.member(old ? "cpe22" : "cpe23", component.cpes.front());
      }
      w_.end_object();
    }
    if (component.hashes.empty()) return;
    w_.key("hashes").begin_object();
    std::string_view last;
    for (const std::string& hash : component.hashes) {
      auto parts = base::cut(hash, ":");
      if (!parts || parts->first == last) continue;
      last = parts->first;
      w_.member(last == "sha256" ? "sha-256" : "sha-512", parts->second);
    }
    w_.end_object();
  }

  const model::VexDocument& document_;
  base::json::Stream stream_;
  base::json::Writer& w_;
};

}  // namespace

Status write_openvex(const model::VexDocument& document, const VexOut& out) {
  return OpenVexWriter(document, out).run();
}

}  // namespace bulkhead::sbom
