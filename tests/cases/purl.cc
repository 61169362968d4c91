// SPDX-License-Identifier: Apache-2.0
// The corpus of package URLs, CycloneDX, SPDX and OpenVEX documents:
//   purl      every test of every file; a recommended test is one for the lenient reader.
//   CycloneDX every document is read without a crash, of a valid one all components; the JSON
//             documents of versions with a schema are told valid from invalid by that schema.
//   SPDX      the same example gives the same packages in every notation; invalid__* is reported.
//   writers   what we write fits the official schemas.
//   VEX       OpenVEX, CSAF and CycloneDX documents are read whole, nothing else is taken for one;
//             what we write fits the official schemas.
#include "model/purl.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/json_schema.h"
#include "base/node.h"
#include "report/vex_statements.h"
#include "sbom/sbom.h"
#include "sbom/vex.h"
#include "sbom/xml.h"
#include "tests/support/cases.h"
#include "tests/support/sample_report.h"

namespace {

namespace fs = std::filesystem;
namespace json = bulkhead::base::json;
namespace sbom = bulkhead::sbom;
using bulkhead::base::Diagnostics;
using bulkhead::base::Limits;
using bulkhead::base::Result;
using bulkhead::model::Purl;
using bulkhead::testing::CaseCount;

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> out;
  if (!fs::is_directory(folder)) return out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

// ---- purl ----

Purl components(json::Value value) {
  Purl out;
  out.type = value["type"].string_or("");
  out.name_space = value["namespace"].string_or("");
  out.name = value["name"].string_or("");
  out.version = value["version"].string_or("");
  out.subpath = value["subpath"].string_or("");
  value["qualifiers"].each_member(
      [&](std::string_view key, json::Value v) { out.qualifiers.emplace(key, v.string_or("")); });
  return out;
}

bool purl_test_passes(json::Value test) {
  std::string_view kind = test["test_type"].string_or("");
  bool must_fail = test["expected_failure"].boolean().value_or(false);
  json::Value input = test["input"];
  Result<Purl> result = bulkhead::base::Error(bulkhead::base::Code::kInternal, "not run");
  if (kind == "build") {
    result = Purl::build(components(input));
  } else if (test["test_group"].string_or("") == "recommended") {
    result = Purl::parse_lenient(input.string_or(""));
  } else {
    result = Purl::parse(input.string_or(""));
  }
  if (must_fail || !result) return must_fail && !result;
  json::Value expected = test["expected_output"];
  return kind == "parse" ? *result == components(expected)
                         : result->to_string() == expected.string_or("-");
}

void run_purl(const fs::path& folder, CaseCount& count) {
  for (const auto& path : files_below(folder)) {
    if (path.extension() != ".json") continue;
    auto document = json::Document::parse(slurp(path));
    if (!document) {
      count.miss(path.filename().string() + ": " + document.error().message());
      continue;
    }
    document->root()["tests"].each([&](json::Value test) {
      if (purl_test_passes(test)) return count.pass();
      count.miss(path.filename().string() + ": " + std::string(test["description"].string_or("")) +
                 ": " + std::string(test["input"].string_or("(components)")));
    });
  }
}

// ---- CycloneDX ----

uint64_t count_components(json::Value holder) {
  uint64_t count = 0;
  holder["components"].each([&](json::Value c) { count += 1 + count_components(c); });
  return count;
}

// Everything of a package that a document can say, as one line.
std::string describe(const bulkhead::model::Package& p) {
  std::string out =
      p.purl() + " " + p.source_name + " " + p.source_version + " " + p.supplier + " " + p.digest;
  for (const auto& licence : p.licences) out += " | " + licence;
  for (const auto& dependency : p.depends_on) out += " -> " + dependency;
  return out;
}

std::vector<std::string> describe(const sbom::SbomDocument& document) {
  std::vector<std::string> out;
  for (const auto& package : document.packages) out.push_back(describe(package));
  return out;
}

uint64_t count_components(sbom::XmlElement holder) {
  uint64_t count = 0;
  sbom::XmlElement list = holder.child("components");
  for (auto at = list.first_child(); !at.missing(); at = at.next()) {
    if (at.name() == "component" && at.space() == list.space()) count += 1 + count_components(at);
  }
  return count;
}

// Counted without the reader; nullopt when the document cannot be parsed at all.
std::optional<uint64_t> components_of(const fs::path& path, const std::string& text) {
  if (path.extension() == ".json") {
    auto document = json::Document::parse(text);
    if (!document) return std::nullopt;
    json::Value root = document->root();
    json::Value subject = root["metadata"]["component"];
    return count_components(root) + count_components(subject) + subject.is_object();
  }
  auto document = sbom::XmlDocument::parse(text, Limits());
  if (!document) return std::nullopt;
  sbom::XmlElement root = document->root();
  sbom::XmlElement subject = root.child("metadata").child("component");
  return count_components(root) + count_components(subject) + !subject.missing();
}

// The schemas of the corpus, each under its file name.
json::SchemaSet load_schemas(const fs::path& folder, CaseCount& count) {
  json::SchemaSet out;
  for (const auto& path : files_below(folder)) {
    auto added = out.add(path.filename().string(), slurp(path));
    if (!added) count.miss(path.filename().string() + ": " + added.error().message());
  }
  return out;
}

void check_by_schema(const json::SchemaSet& schemas, const std::string& schema,
                     const std::string& name, const std::string& text, CaseCount& count) {
  auto document = json::Document::parse(text);
  bool valid = name.starts_with("valid");
  bulkhead::base::Status status;
  if (document) {
    status = schemas.validate(schema, document->root());
  } else {
    status = document.error();
  }
  bool known = status || status.error().code() != bulkhead::base::Code::kUnsupported;
  if (known && status.has_value() == valid) return count.pass();
  count.miss(name + " by its schema: " + (status ? "accepted" : status.error().message()));
}

void run_cyclonedx(const fs::path& folder, CaseCount& count) {
  json::SchemaSet schemas = load_schemas(folder / "schema", count);
  for (const auto& path : files_below(folder / "documents")) {
    std::string name = path.filename().string();
    std::string text = slurp(path);
    Diagnostics diagnostics;
    auto read = sbom::read(text, name, Limits(), diagnostics);
    std::string schema = "bom-" + path.parent_path().filename().string() + ".schema.json";
    if (path.extension() == ".json" && fs::exists(folder / "schema" / schema)) {
      check_by_schema(schemas, schema, name, text, count);
    }
    if (!name.starts_with("valid")) {
      count.pass();  // it came back, whatever it said
    } else if (!read) {
      count.miss(name + ": " + read.error().message());
    } else if (auto expected = components_of(path, text); expected != read->components) {
      count.miss(name + ": " + std::to_string(read->components) + " of " +
                 std::to_string(expected.value_or(0)) + " components");
    } else {
      count.pass();
    }
  }
}

// ---- what we write, by the official schemas ----

void run_writers(const fs::path& root, CaseCount& count) {
  json::SchemaSet schemas = load_schemas(root / "cyclonedx" / "schema", count);
  bool spdx = schemas.add("spdx-2.3", slurp(root / "spdx" / "spdx-schema.json")).has_value();
  if (!spdx) count.miss("spdx-schema.json cannot be read");
  for (const auto& report : {bulkhead::testing::sample_report(), bulkhead::model::ScanReport()}) {
    std::string text;
    auto keep = [&](std::string_view piece) {
      text += piece;
      return bulkhead::base::Status();
    };
    bool written = sbom::write_cyclonedx(report, keep).has_value();
    check_by_schema(schemas, "bom-1.6.schema.json", "valid: written CycloneDX", text, count);
    text.clear();
    written = sbom::write_spdx(report, keep).has_value() && written;
    check_by_schema(schemas, "spdx-2.3", "valid: written SPDX", text, count);
    if (!written) count.miss("writing failed");
  }
}

// ---- SPDX ----

void run_spdx(const fs::path& folder, CaseCount& count) {
  std::map<std::string, std::pair<std::string, std::vector<std::string>>> examples;
  for (const auto& path : files_below(folder / "examples")) {
    std::string name = path.filename().string();
    std::string text = slurp(path);
    Diagnostics diagnostics;
    auto read = sbom::read(text, name, Limits(), diagnostics);
    if (name.starts_with("invalid")) {
      bool reported = !read || !diagnostics.empty();
      reported ? count.pass() : count.miss(name + ": nothing was reported");
      continue;
    }
    if (path.extension() == ".yaml" && !bulkhead::base::parse_yaml(text, Limits())) {
      // An example that is not even YAML (quotes inside quotes): refusing it is right.
      read ? count.miss(name + ": read what is not YAML") : count.pass();
      continue;
    }
    if (!read || read->packages.empty()) {
      count.miss(name + ": " + (read ? "no packages" : read.error().message()));
      continue;
    }
    for (const auto& d : diagnostics.all()) {
      std::printf("note on %s: %s\n", name.c_str(), d.message.c_str());
    }
    count.pass();
    // One document in several notations keeps its namespace.
    auto [first, fresh] =
        examples.emplace(read->spec_version + " " + read->id, std::pair(name, describe(*read)));
    bool same = first->second.second == describe(*read);
    if (fresh) continue;
    same ? count.pass() : count.miss(name + " reads differently from " + first->second.first);
  }
}

// ---- VEX ----

size_t count_products(const bulkhead::model::VexDocument& document) {
  size_t out = 0;
  for (const auto& statement : document.statements) out += statement.products.size();
  return out;
}

using WriteVex = bulkhead::base::Status (*)(const bulkhead::model::VexDocument&,
                                            const sbom::VexOut&);

std::string written(WriteVex write, const bulkhead::model::VexDocument& document) {
  std::string text;
  auto status = write(document, [&](std::string_view piece) {
    text += piece;
    return bulkhead::base::Status();
  });
  return status ? text : "";
}

// A document that was read, written in the formats whose schemas are at hand.
void check_written_vex(bulkhead::model::VexDocument document, const std::string& name,
                       const json::SchemaSet& cyclonedx, const json::SchemaSet& openvex,
                       CaseCount& count) {
  if (document.id.empty()) document.id = name;
  if (document.author.empty()) document.author = "unknown";
  if (document.timestamp.empty()) document.timestamp = "2023-01-01T00:00:00Z";
  check_by_schema(cyclonedx, "bom-1.6.schema.json", "valid: " + name + " as CycloneDX VEX",
                  written(sbom::write_cyclonedx_vex, document), count);
  check_by_schema(openvex, "openvex", "valid: " + name + " as OpenVEX",
                  written(sbom::write_openvex, document), count);
}

// The official schema is of draft 2020-12; what it uses of that has another name in draft 7.
json::SchemaSet load_openvex_schema(const fs::path& path, CaseCount& count) {
  std::string text = slurp(path);
  for (auto [from, to] :
       {std::pair("\"$defs\"", "\"definitions\""), std::pair("#/$defs/", "#/definitions/"),
        std::pair("draft/2020-12/schema", "draft-07/schema")}) {
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
      text.replace(at, std::string_view(from).size(), to);
    }
  }
  json::SchemaSet out;
  auto added = out.add("openvex", text);
  if (!added) count.miss("the OpenVEX schema: " + added.error().message());
  return out;
}

// By the schema of its format; every statement and product of an OpenVEX document has to be there.
void run_vex_document(const fs::path& path, const json::SchemaSet& cyclonedx,
                      const json::SchemaSet& openvex, CaseCount& count) {
  std::string name = path.filename().string();
  std::string text = slurp(path);
  auto document = json::Document::parse(text);
  bool is_openvex = document && document->root()["@context"].string_or("").find("openvex") !=
                                    std::string_view::npos;
  bool is_csaf = document && !document->root()["document"]["csaf_version"].missing();
  Diagnostics diagnostics;
  auto read = sbom::read_vex(text, name, Limits(), diagnostics);
  if (!is_openvex && !is_csaf) {
    read ? count.miss(name + ": taken for VEX") : count.pass();
    return;
  }
  if (!read) return count.miss(name + ": " + read.error().message());
  if (is_openvex) {
    size_t statements = document->root()["statements"].size();
    size_t products = 0;
    document->root()["statements"].each(
        [&](json::Value statement) { products += statement["products"].size(); });
    bool whole = read->statements.size() == statements && count_products(*read) == products;
    whole ? count.pass() : count.miss(name + ": not all statements were read");
  } else {
    read->statements.empty() ? count.miss(name + ": no statements") : count.pass();
  }
  check_written_vex(*read, name, cyclonedx, openvex, count);
}

void run_vex(const fs::path& root, CaseCount& count) {
  json::SchemaSet cyclonedx = load_schemas(root / "cyclonedx" / "schema", count);
  json::SchemaSet openvex =
      load_openvex_schema(root / "openvex" / "openvex_json_schema.json", count);
  for (const auto& path : files_below(root / "openvex" / "documents")) {
    run_vex_document(path, cyclonedx, openvex, count);
  }
  fs::path own = fs::path(BULKHEAD_SOURCE_DIR) / "src/sbom/testdata/vex";
  for (const auto& path : files_below(own)) {
    Diagnostics diagnostics;
    std::string name = path.filename().string();
    auto read = sbom::read_vex(slurp(path), name, Limits(), diagnostics);
    if (!read) {
      count.miss(name + ": " + read.error().message());
      continue;
    }
    check_written_vex(*read, name, cyclonedx, openvex, count);
  }
  auto scanned = bulkhead::report::make_vex(bulkhead::testing::sample_report(),
                                            "Team Web <https://web.example>");
  check_written_vex(scanned, "a scan", cyclonedx, openvex, count);
  // CycloneDX documents with vulnerabilities: those with an analysis state something.
  for (const auto& path : files_below(root / "cyclonedx" / "documents")) {
    std::string name = path.filename().string();
    if (path.extension() != ".json" || !name.starts_with("valid-vulnerability")) continue;
    Diagnostics diagnostics;
    auto read = sbom::read_vex(slurp(path), name, Limits(), diagnostics);
    bool stated = read && !read->statements.empty();
    stated ? count.pass()
           : count.miss(name + ": " + (read ? "no statements" : read.error().message()));
  }
}

}  // namespace

int main() {
  std::string folder = bulkhead::testing::cases_folder("purl");
  if (folder.empty()) return bulkhead::testing::absent("purl");
  fs::path root(folder);
  CaseCount count;
  run_purl(root / "purl-tests", count);
  run_cyclonedx(root / "cyclonedx", count);
  run_writers(root, count);
  run_spdx(root / "spdx", count);
  run_vex(root, count);
  return count.finish(1.0);
}
