// SPDX-License-Identifier: Apache-2.0
// OpenVEX (https://github.com/openvex/spec). 0.0.1 writes vulnerability and products as plain text,
// 0.2.0 as objects; real documents mix the two, so each place takes both.
#include <utility>

#include "base/text.h"
#include "sbom/vex/readers.h"

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

constexpr std::string_view kContext = "https://openvex.dev/ns";

class OpenVexReader {
 public:
  OpenVexReader(const Spot& root, const base::Limits& limits, base::Diagnostics& diagnostics,
                model::VexDocument& out)
      : root_(root), limits_(limits), diagnostics_(diagnostics), out_(out) {}

  Status run() {
    TRY(read_version());
    out_.id = root_["@id"].text();
    out_.author = root_["author"].text();
    out_.timestamp = root_["last_updated"].time();
    if (out_.timestamp.empty()) out_.timestamp = root_["timestamp"].time();
    auto number = root_["version"].value().integer();
    if (number) out_.version = std::to_string(*number);
    if (out_.version.empty()) out_.version = root_["version"].value().string_or("");
    for (std::string_view key : {"@id", "author", "timestamp", "version"}) {
      if (!root_[key].present()) note(std::string(key) + " is missing, which the format requires");
    }
    Spot statements = root_["statements"];
    if (!statements.present()) statements.wrong("is missing");
    uint64_t count = 0;
    statements.each([&](const Spot& spot) {
      if (++count <= limits_.max_entries) read_statement(spot);
    });
    if (count > limits_.max_entries) {
      return Error(Code::kLimit,
                   "more than " + std::to_string(limits_.max_entries) + " statements");
    }
    return {};
  }

 private:
  void note(const std::string& what) { diagnostics_.note("vex-metadata", out_.source, what); }

  Status read_version() {
    std::string_view context = root_["@context"].text();
    if (!context.starts_with(kContext)) {
      return Error(Code::kUnsupported, "@context \"" + base::printable(context, 200) +
                                           "\" is none of OpenVEX's (https://openvex.dev/ns/...)");
    }
    std::string_view rest = context.substr(kContext.size());
    // The first documents name no version; what is newer than 0.2 may mean something else.
    out_.spec_version = rest.starts_with("/v") ? rest.substr(2) : "0.0.1";
    if (out_.spec_version.starts_with("0.0.") || out_.spec_version.starts_with("0.2.")) return {};
    return Error(Code::kUnsupported, "OpenVEX " + base::printable(out_.spec_version, 40) +
                                         " is not read here; known are 0.0.1 and 0.2.0");
  }

  void read_vulnerability(const Spot& spot, VexStatement& out) {
    if (spot.value().is_string() || !spot.present()) {
      out.vulnerability = spot.need_text();
      return;
    }
    if (!spot.need_object()) return;
    Spot name = spot["name"];
    out.vulnerability = name.present() ? name.need_text() : spot["@id"].text();
    if (out.vulnerability.empty() && !name.present()) name.wrong("is missing");
    spot["aliases"].each([&](const Spot& alias) { out.aliases.emplace_back(alias.need_text()); });
  }

  // An id, alone or in an object with further names.
  VexComponent read_component(const Spot& spot) {
    VexComponent out;
    bool plain = spot.value().is_string();
    if (!plain && !spot.need_object()) return out;
    Spot id = plain ? spot : spot["@id"];
    out.id = id.text();
    auto add_purl = [&](const Spot& from, std::string_view text) {
      std::string purl = checked_purl(from, text);
      bool known = purl.empty() || (!out.purls.empty() && out.purls.front() == purl);
      if (!known) out.purls.push_back(std::move(purl));
    };
    if (out.id.starts_with("pkg:")) add_purl(id, out.id);
    if (!plain) {
      Spot names = spot["identifiers"];
      if (names.present()) names.need_object();
      add_purl(names["purl"], names["purl"].text());
      for (std::string_view key : {"cpe22", "cpe23"}) {
        std::string_view cpe = names[key].text();
        if (!cpe.empty()) out.cpes.emplace_back(cpe);
      }
      spot["hashes"].value().each_member([&](std::string_view algorithm, base::json::Value value) {
        std::string hash = hash_of(algorithm, value.string_or(""));
        if (!hash.empty()) out.hashes.push_back(std::move(hash));
      });
    }
    bool named = !out.id.empty() || !out.purls.empty() || !out.cpes.empty() || !out.hashes.empty();
    if (!named) spot.wrong("names no product: it needs @id or identifiers");
    return out;
  }

  void read_products(const Spot& spot, VexStatement& out) {
    spot["products"].each([&](const Spot& place) {
      VexProduct product{read_component(place), {}};
      if (place.value().is_object()) {
        place["subcomponents"].each(
            [&](const Spot& part) { product.subcomponents.push_back(read_component(part)); });
      }
      out.products.push_back(std::move(product));
    });
    // 0.0.1 has the subcomponents of all products at the statement.
    spot["subcomponents"].each([&](const Spot& part) {
      VexComponent read = read_component(part);
      for (VexProduct& product : out.products) product.subcomponents.push_back(read);
    });
  }

  void read_statement(const Spot& spot) {
    if (!spot.need_object()) return;
    VexStatement out;
    out.place = spot.place();
    read_vulnerability(spot["vulnerability"], out);
    read_products(spot, out);
    out.impact_statement = spot["impact_statement"].text();
    out.action_statement = spot["action_statement"].text();
    out.notes = spot["status_notes"].text();
    out.timestamp = spot["last_updated"].time();
    if (out.timestamp.empty()) out.timestamp = spot["timestamp"].time();
    if (out.timestamp.empty()) out.timestamp = out_.timestamp;
    read_verdict(spot, out);
    out_.statements.push_back(std::move(out));
  }

  void read_verdict(const Spot& spot, VexStatement& out) {
    Spot status = spot["status"];
    std::string_view word = status.need_text();
    auto known = model::parse_vex_status(word);
    if (known) out.status = *known;
    if (!known && !word.empty()) {
      status.wrong(
          unknown_word(word, {"not_affected", "affected", "fixed", "under_investigation"}));
    }
    Spot justification = spot["justification"];
    word = justification.text();
    auto why = model::parse_vex_justification(word);
    if (why) out.justification = *why;
    if (!why && !word.empty()) {
      justification.wrong(
          unknown_word(word, {"component_not_present", "vulnerable_code_not_present",
                              "vulnerable_code_not_in_execute_path",
                              "vulnerable_code_cannot_be_controlled_by_adversary",
                              "inline_mitigations_already_exist"}));
    }
    bool reason = !word.empty() || !out.impact_statement.empty();
    if (known && *known == VexStatus::kNotAffected && !reason) {
      spot.wrong("says not_affected and not why: it needs a justification or an impact_statement");
    }
    if (known && *known == VexStatus::kAffected && out.action_statement.empty()) {
      note(spot.place() + " says affected without the action_statement that the format requires");
    }
  }

  const Spot& root_;
  const base::Limits& limits_;
  base::Diagnostics& diagnostics_;
  model::VexDocument& out_;
};

}  // namespace

Status read_openvex(Spot root, const base::Limits& limits, base::Diagnostics& diagnostics,
                    model::VexDocument& out) {
  return OpenVexReader(root, limits, diagnostics, out).run();
}

}  // namespace bulkhead::sbom
