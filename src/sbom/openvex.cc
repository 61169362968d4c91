// SPDX-License-Identifier: Apache-2.0
// OpenVEX (https://github.com/openvex/spec). 0.0.1 writes vulnerability and products as plain text,
// 0.2.0 as objects; real documents mix the two, so each place takes both.
#include "sbom/openvex.h"

#include <array>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace bulkhead::sbom {

namespace json = base::json;
using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::string_view kContext = "https://openvex.dev/ns";

constexpr std::array<std::pair<VexStatus, std::string_view>, 4> kStatuses = {{
    {VexStatus::kNotAffected, "not_affected"},
    {VexStatus::kAffected, "affected"},
    {VexStatus::kFixed, "fixed"},
    {VexStatus::kUnderInvestigation, "under_investigation"},
}};

// The id of a component: its own text, its @id, or its purl.
VexProduct read_product(json::Value value) {
  VexProduct out;
  out.id = value.string_or(value["@id"].string_or(""));
  out.purl = value["identifiers"]["purl"].string_or(out.id.starts_with("pkg:") ? out.id : "");
  value["subcomponents"].each([&](json::Value part) {
    VexProduct inner;
    inner.id = part.string_or(part["@id"].string_or(part["identifiers"]["purl"].string_or("")));
    if (!inner.id.empty()) out.subcomponents.push_back(std::move(inner.id));
  });
  return out;
}

VexStatement read_statement(json::Value value) {
  VexStatement out;
  json::Value vulnerability = value["vulnerability"];
  out.vulnerability =
      vulnerability.string_or(vulnerability["name"].string_or(vulnerability["@id"].string_or("")));
  vulnerability["aliases"].each(
      [&](json::Value alias) { out.aliases.emplace_back(alias.string_or("")); });
  value["products"].each([&](json::Value product) {
    VexProduct read = read_product(product);
    if (!read.id.empty() || !read.purl.empty()) out.products.push_back(std::move(read));
  });
  // 0.0.1 has the subcomponents of all products at the statement.
  value["subcomponents"].each([&](json::Value part) {
    for (VexProduct& product : out.products) {
      product.subcomponents.emplace_back(part.string_or(part["@id"].string_or("")));
    }
  });
  out.justification = value["justification"].string_or("");
  out.impact_statement = value["impact_statement"].string_or("");
  out.action_statement = value["action_statement"].string_or("");
  out.status_notes = value["status_notes"].string_or("");
  out.timestamp = value["timestamp"].string_or("");
  return out;
}

std::string version_of(std::string_view context) {
  std::string_view rest = context.substr(kContext.size());
  if (rest.starts_with("/v")) return std::string(rest.substr(2));
  return "0.0.1";  // the first documents name no version
}

}  // namespace

std::string_view vex_status_name(VexStatus status) {
  for (const auto& [known, name] : kStatuses) {
    if (known == status) return name;
  }
  return "unknown";
}

std::optional<VexStatus> parse_vex_status(std::string_view name) {
  for (const auto& [status, known] : kStatuses) {
    if (known == name) return status;
  }
  return std::nullopt;
}

Result<VexDocument> read_openvex(std::string_view bytes, std::string_view where,
                                 const base::Limits& limits, base::Diagnostics& diagnostics) {
  json::Document::Options options;
  options.limits = limits;
  json::Document document = TRY(json::Document::parse(bytes, options));
  json::Value root = document.root();
  VexDocument out;
  out.context = root["@context"].string_or("");
  if (!out.context.starts_with(kContext) || !root["statements"].is_array()) {
    return Error(Code::kUnsupported, "not an OpenVEX document");
  }
  out.version = version_of(out.context);
  out.id = root["@id"].string_or("");
  out.author = root["author"].string_or("");
  out.timestamp = root["timestamp"].string_or("");
  uint64_t number = 0;
  root["statements"].each([&](json::Value value) {
    if (++number > limits.max_entries) return;
    VexStatement statement = read_statement(value);
    auto status = parse_vex_status(value["status"].string_or(""));
    std::string place = "statement " + std::to_string(number) + ": ";
    if (statement.vulnerability.empty() || !status) {
      diagnostics.skipped("bad-vex-statement", where,
                          place + (status ? "it names no vulnerability" : "its status is unknown"));
      return;
    }
    statement.status = *status;
    if (statement.timestamp.empty()) statement.timestamp = out.timestamp;
    out.statements.push_back(std::move(statement));
  });
  if (number > limits.max_entries) {
    return Error(Code::kLimit,
                 "OpenVEX: more than " + std::to_string(limits.max_entries) + " statements");
  }
  return out;
}

}  // namespace bulkhead::sbom
