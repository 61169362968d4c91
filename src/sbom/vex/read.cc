// SPDX-License-Identifier: Apache-2.0
// Tells the three formats apart by the member that each of them must have, and hands on.
#include "base/json.h"
#include "base/text.h"
#include "model/purl.h"
#include "sbom/vex.h"
#include "sbom/vex/readers.h"
#include "version/vers.h"

namespace bulkhead::sbom {

namespace json = base::json;
using base::Code;
using base::Error;
using base::Result;

std::string checked_purl(const Spot& spot, std::string_view text) {
  if (text.empty()) return "";
  auto purl = model::Purl::parse_lenient(text);
  if (!purl) {
    spot.wrong("is \"" + base::printable(text, 200) + "\", no " + purl.error().message());
    return "";
  }
  auto range = purl->qualifiers.find("vers");
  if (range != purl->qualifiers.end()) {
    auto parsed = version::VersRange::parse(range->second);
    if (!parsed) spot.wrong("has a wrong qualifier vers: " + parsed.error().message());
  }
  return purl->to_string();
}

std::string hash_of(std::string_view algorithm, std::string_view value) {
  std::string name = base::lower(algorithm);
  std::erase(name, '-');
  bool known =
      (name == "sha256" && value.size() == 64) || (name == "sha512" && value.size() == 128);
  return known ? name + ":" + base::lower(value) : "";
}

namespace {

using Read = base::Status (*)(Spot, const base::Limits&, base::Diagnostics&, model::VexDocument&);

struct Recognised {
  model::VexFormat format;
  std::string_view title;
  Read read;
};

Result<Recognised> recognise(json::Value root) {
  if (root["@context"].string_or("").find("openvex") != std::string_view::npos) {
    return Recognised{model::VexFormat::kOpenVex, "OpenVEX", read_openvex};
  }
  if (!root["document"]["csaf_version"].missing()) {
    return Recognised{model::VexFormat::kCsaf, "CSAF VEX", read_csaf_vex};
  }
  if (root["bomFormat"].string_or("") == "CycloneDX") {
    return Recognised{model::VexFormat::kCycloneDx, "CycloneDX VEX", read_cyclonedx_vex};
  }
  return Error(Code::kUnsupported,
               "not a VEX document: neither OpenVEX (@context), CSAF (document.csaf_version) nor "
               "CycloneDX (bomFormat)");
}

}  // namespace

Result<model::VexDocument> read_vex(std::string_view bytes, std::string_view source,
                                    const base::Limits& limits, base::Diagnostics& diagnostics) {
  if (base::trim(bytes.substr(0, 64)).starts_with('<')) {
    return Error(Code::kUnsupported,
                 std::string(source) + ": an XML document; of VEX only JSON is read");
  }
  json::Document::Options options;
  options.limits = limits;
  json::RepeatedKeys repeated;
  options.repeated = &repeated;
  json::Document document = TRY_AT(source, json::Document::parse(bytes, options));
  if (repeated.count > 0) diagnostics.skipped("duplicate-key", source, repeated.message());
  Recognised found = TRY_AT(source, recognise(document.root()));
  model::VexDocument out;
  out.format = found.format;
  out.source = source;
  Problems problems;
  TRY_AT(source, found.read(Spot(document.root(), "", problems), limits, diagnostics, out));
  TRY_AT(source, problems.status(found.title));
  return out;
}

}  // namespace bulkhead::sbom
