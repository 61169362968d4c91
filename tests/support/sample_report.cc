// SPDX-License-Identifier: Apache-2.0
// See sample_report.h.
#include "tests/support/sample_report.h"

#include <utility>

#include "model/ids.h"

namespace bulkhead::testing {
namespace {

using namespace bulkhead::model;

Package deb(std::string name, std::string version, std::string source, std::string source_version) {
  Package out;
  out.type = "deb";
  out.name_space = "debian";
  out.name = std::move(name);
  out.version = std::move(version);
  out.arch = "amd64";
  out.qualifiers = {{"distro", "debian-12"}};
  out.source_name = std::move(source);
  out.source_version = std::move(source_version);
  out.cataloger = "dpkg";
  out.locations = {{"var/lib/dpkg/status", 0, 0}};
  return out;
}

Package npm(std::string scope, std::string name, std::string version, std::string path) {
  Package out;
  out.type = "npm";
  out.name_space = std::move(scope);
  out.name = std::move(name);
  out.version = std::move(version);
  out.cataloger = "npm";
  out.licences = {"MIT"};
  out.locations = {{std::move(path), 0, 1}};
  return out;
}

Artifact artifact() {
  Artifact out;
  out.name = "registry.example/shop/web:1.4";
  out.digest = "sha256:" + std::string(64, 'a');
  out.index_digest = "sha256:" + std::string(64, 'b');
  out.config_digest = "sha256:" + std::string(64, 'c');
  out.platform = "linux/amd64";
  out.created = "2026-01-02T03:04:05Z";
  out.tags = {"registry.example/shop/web:1.4"};
  out.labels = {{"org.opencontainers.image.title", "Shop = web"}};
  out.layers = {
      {"sha256:" + std::string(64, '1'), "sha256:" + std::string(64, '2'),
       "application/vnd.oci.image.layer.v1.tar+gzip", 29000000, "ADD rootfs.tar.xz / # buildkit"},
      {"sha256:" + std::string(64, '3'), "", "", 0, "COPY . /app # buildkit"}};
  Distro& distro = out.distro;
  distro.id = "debian";
  distro.version = "12";
  distro.codename = "bookworm";
  distro.name = "Debian GNU/Linux 12 (bookworm)";
  distro.end_of_life = "2026-06-10";
  distro.end_of_extended_life = "2028-06-30";
  distro.path = "usr/lib/os-release";
  return out;
}

std::vector<Package> packages() {
  std::vector<Package> out;
  Package ssl = deb("libssl3", "3.0.9-1", "openssl", "");
  ssl.licences = {"Apache-2.0", "Apache-2.0 OR MIT", "Artistic, v1"};
  ssl.supplier = "Debian OpenSSL Team <openssl@example.org>";
  ssl.fix_claims = {{"CVE-2026-0009", "3.0.9-1", "usr/share/doc/libssl3/changelog.Debian.gz"}};
  out.push_back(std::move(ssl));
  Package openssl = deb("openssl", "3.0.9-1", "", "");
  openssl.depends_on = {out[0].purl()};
  out.push_back(std::move(openssl));
  out.push_back(deb("zlib1g", "1:1.2.13.dfsg-1+b1", "zlib", "1:1.2.13.dfsg-1"));
  Package mod;
  mod.type = "golang";
  mod.name_space = "github.com/BurntSushi";
  mod.name = "toml";
  mod.version = "v1.2.3";
  mod.cataloger = "gobinary";
  mod.origin = Origin::kBinary;
  mod.locations = {{"usr/bin/app: with colon", 0, 1}};
  out.push_back(mod);
  mod.name_space = "";
  mod.name = "stdlib";
  mod.version = "1.21.0";
  out.push_back(mod);
  Package lodash = npm("", "lodash", "4.17.20", "app/package-lock.json");
  lodash.origin = Origin::kLock;
  lodash.relation = Relation::kDirect;
  lodash.locations = {{"app/package-lock.json", 12, 1}, {"aaa/package-lock.json", 0, -1}};
  lodash.digest = "sha512:" + std::string(128, 'd');
  lodash.optional = true;
  out.push_back(lodash);
  Package core = npm("@babel", "core", "7.1.0", "usr/lib/node_modules/x/package.json");
  core.depends_on = {"lodash@4.17.20", "gone@1"};
  core.dev = true;
  core.owner = "pkg:deb/debian/node-babel@7?arch=all";
  out.push_back(core);
  out.push_back(npm("", "lodash", "4.17.20", "opt/tool/node_modules/lodash/package.json"));
  Package py;
  py.type = "pypi";
  py.name = "Flask_Cors";  // a purl folds case and underscores
  py.version = "1.0RC1";
  py.requirement = ">=1.0";
  py.cataloger = "python";
  py.origin = Origin::kManifest;
  out.push_back(py);
  Package rpm;
  rpm.type = "rpm";
  rpm.name_space = "redhat";
  rpm.name = "nodejs";
  rpm.version = "1:18.2.0-1.module+el8";
  rpm.arch = "x86_64";
  rpm.qualifiers = {{"distro", "rhel-8.9"},
                    {"modularity", "nodejs:18:8060020220523160029:ad008a3a"}};
  rpm.source_name = "nodejs-src";
  rpm.source_version = "1:18.2.0-1.module+el8";
  rpm.cataloger = "rpm";
  out.push_back(rpm);
  return out;
}

struct Wanted {
  size_t package;
  const char* id;
  const char* alias;
  const char* title;
  Severity severity;
  FixState state;
  const char* fix;
  const char* source;
  const char* range;
};

Finding finding(const Wanted& wanted, const std::vector<Package>& packages) {
  const Package& package = packages[wanted.package];
  Finding out;
  out.id = wanted.id;
  out.class_id = finding_class_id("vuln", wanted.id, package.type + "/" + package.name);
  if (*wanted.alias != '\0') out.aliases = {wanted.alias};
  out.package = wanted.package;
  out.title = wanted.title;
  out.severity = wanted.severity;
  out.severity_source = wanted.source;
  out.fix_state = wanted.state;
  if (*wanted.fix != '\0') out.fix_versions = {wanted.fix};
  out.published = "2026-01-01T00:00:00Z";
  out.modified = "2026-01-03T00:00:00Z";
  out.references = {"https://example.org/" + out.id};
  out.sources = {wanted.source};
  bool system = package.type == "deb";
  Proof proof;
  proof.advisory = *wanted.alias != '\0' ? wanted.alias : wanted.id;
  proof.source = wanted.source;
  proof.ecosystem = system ? "Debian:12" : package.type;
  proof.package = system ? std::string(package.source_name_or_name()) : package.name;
  proof.package_kind = system ? "source" : "binary";
  proof.range = wanted.range;
  proof.compared = system ? std::string(package.source_version_or_version()) : package.version;
  proof.scheme = system ? "deb" : "semver";
  proof.rule = "below-fixed";
  proof.path = package.locations.front().path;
  out.proofs = {proof};
  return out;
}

std::vector<Finding> findings(const std::vector<Package>& packages) {
  std::vector<Finding> out;
  for (const Wanted& wanted : {
           Wanted{0, "CVE-2026-0001", "DSA-9001-1", "Remote code execution in TLS handshake",
                  Severity::kCritical, FixState::kFixed, "3.0.11-1~deb12u2", "debian",
                  "< 3.0.11-1~deb12u2"},
           Wanted{0, "CVE-2026-0002", "", "Excessive time in DH checks", Severity::kHigh,
                  FixState::kFixed, "3.0.10-1~deb12u1", "debian", "< 3.0.10-1~deb12u1"},
           Wanted{0, "CVE-2026-0003", "", "Timing side channel", Severity::kLow,
                  FixState::kWillNotFix, "", "debian", ""},
           Wanted{1, "CVE-2026-0001", "DSA-9001-1", "Remote code execution in TLS handshake",
                  Severity::kCritical, FixState::kFixed, "3.0.11-1~deb12u2", "debian",
                  "< 3.0.11-1~deb12u2"},
           Wanted{1, "CVE-2026-0002", "", "Excessive time in DH checks", Severity::kHigh,
                  FixState::kFixed, "3.0.10-1~deb12u1", "debian", "< 3.0.10-1~deb12u1"},
           Wanted{2, "CVE-2026-0004", "", "Heap overflow in inflate", Severity::kMedium,
                  FixState::kAffected, "", "debian", ""},
           Wanted{5, "CVE-2026-0005", "GHSA-aaaa-bbbb-cccc", "Prototype pollution", Severity::kHigh,
                  FixState::kFixed, "4.17.21", "osv:npm", "< 4.17.21"},
           Wanted{6, "GHSA-dddd-eeee-ffff", "", "Arbitrary code \x1b[31mexecution",
                  Severity::kUnknown, FixState::kInvestigating, "", "osv:npm", ""},
           Wanted{7, "CVE-2026-0005", "GHSA-aaaa-bbbb-cccc", "Prototype pollution", Severity::kHigh,
                  FixState::kFixed, "4.17.21", "osv:npm", "< 4.17.21"},
       }) {
    out.push_back(finding(wanted, packages));
  }
  for (size_t i : {0, 3}) {
    out[i].kev = true;
    out[i].kev_ransomware = true;
    out[i].kev_date = "2026-01-05";
    out[i].epss = 0.9431;
    out[i].epss_percentile = 0.999;
    out[i].cvss = Cvss{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, "nvd"};
    out[i].cwes = {"CWE-787"};
  }
  return out;
}

VexNote note(VexStatus status, std::string author, const std::string& place) {
  VexNote out;
  out.status = status;
  out.author = std::move(author);
  out.timestamp = "2026-01-01T00:00:00Z";
  out.scope = "the image's digest";
  out.where = "vendor.json: " + place;
  return out;
}

// One finding that is noted, one about which two authors disagree.
void add_statements(ScanReport& report) {
  Finding& noted = report.findings[5];
  noted.vex = {note(VexStatus::kUnderInvestigation, "ACME PSIRT", "statements[1]")};
  Finding& disputed = report.findings[2];
  disputed.vex_conflict = true;
  disputed.vex = {note(VexStatus::kNotAffected, "ACME PSIRT", "statements[2]"),
                  note(VexStatus::kAffected, "Red Team", "statements[0]")};
  disputed.vex[0].justification = VexJustification::kMitigationsExist;
  disputed.vex[1].action_statement = "Update soon.";
  disputed.vex[1].where = "team.json: statements[0]";
  VexUse vendor{"vendor.json",
                "openvex",
                "https://acme.example/vex/1",
                "ACME PSIRT",
                "2026-01-01T00:00:00Z",
                4,
                3,
                {}};
  vendor.unused = {{"CVE-2020-1", "statements[3]", "no finding of this vulnerability"}};
  VexUse team{"team.json", "csaf-vex", "TEAM-1", "Red Team", "2026-01-01T00:00:00Z", 1, 1, {}};
  report.vex = {vendor, team};
}

std::vector<Ignored> ignored(const std::vector<Package>& packages) {
  std::vector<Ignored> out(3);
  out[0].finding = finding({2, "CVE-2025-1111", "", "Out-of-bounds read", Severity::kLow,
                            FixState::kAffected, "", "debian", ""},
                           packages);
  out[0].reason = "not reachable here";
  out[0].expires = "2026-12-31";
  out[0].file = ".bulkheadignore:3";
  out[0].owner = "team-web";
  out[0].waiver = "W-0001";
  out[1].finding = finding({5, "CVE-2025-2222", "GHSA-eeee-ffff-gggg", "Command injection",
                            Severity::kHigh, FixState::kFixed, "4.17.21", "osv:npm", "< 4.17.21"},
                           packages);
  out[1].by = IgnoredBy::kVex;
  out[1].reason = "vulnerable_code_not_in_execute_path: template() is never called";
  out[1].file = "vendor.json: statements[0]";
  out[1].owner = "ACME PSIRT";
  out[1].vex = note(VexStatus::kNotAffected, "ACME PSIRT", "statements[0]");
  out[1].vex->justification = VexJustification::kCodeNotInExecutePath;
  out[1].vex->impact_statement = "template() is never called";
  out[2].finding = finding({0, "CVE-2026-0009", "", "Double free", Severity::kMedium,
                            FixState::kAffected, "", "debian", ""},
                           packages);
  out[2].by = IgnoredBy::kChangelog;
  out[2].reason = "the changelog says that 3.0.9-1 fixed CVE-2026-0009";
  out[2].file = "usr/share/doc/libssl3/changelog.Debian.gz";
  out[2].claim = FixClaim{"CVE-2026-0009", "3.0.9-1", out[2].file};
  return out;
}

}  // namespace

model::ScanReport sample_report() {
  ScanReport out;
  out.artifact = artifact();
  out.packages = packages();
  out.findings = findings(out.packages);
  out.ignored = ignored(out.packages);
  add_statements(out);
  out.not_judged = {{"rhel 8.9: 1 rpm package", "no advisory source for rhel in the database", 1}};
  out.diagnostics.skipped("bad-lockfile", "app3/package-lock.json",
                          "not valid JSON: the file was skipped");
  out.vulnerabilities_scanned = true;
  out.database_digest = "sha256:" + std::string(64, 'e');
  out.database_kind = "feeds";
  out.feeds = {{"debian", 41234, "2026-01-06T00:00:00Z"},
               {"osv:npm", 21002, "2026-01-05T00:00:00Z"}};
  out.created = "2026-01-02T03:04:05Z";
  out.tool_version = "0.1.0";
  return out;
}

model::Verdict sample_verdict() {
  using model::Decision;
  using model::PolicyMode;
  model::Verdict out;
  out.id = "sha256:" + std::string(64, 'a');
  out.subject = "registry.example.org/shop/web:1.4";
  out.input_digest = "sha256:" + std::string(64, 'b');
  out.engine = "rego 1";
  out.at = "2026-01-06T00:00:00Z";
  out.policy = {"sha256:" + std::string(64, 'c'),
                "acme-baseline",
                "https://git.example.org/security/policies",
                "main",
                "1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d",
                "Ann Example <ann@example.org>",
                "2026-01-05T10:00:00Z",
                "ann@example.org",
                "verified",
                {"Reviewed-by: Bob <bob@example.org>"}};
  auto reason = [](std::string rule, std::string message, model::Severity severity,
                   Decision effect) {
    model::Reason made;
    made.rule = std::move(rule);
    made.pack = "image-hygiene";
    made.message = std::move(message);
    made.severity = severity;
    made.level = made.effect = effect;
    return made;
  };
  model::Reason root = reason("HYG001", "No USER is set, so the image runs as root",
                              model::Severity::kHigh, Decision::kDeny);
  root.title = "The image runs as root";
  root.path = "config.User";
  root.why = "Root in a container that is broken out of is root on the host.";
  root.fix = "End the Dockerfile with USER and a number, such as USER 10001.";
  root.references = {"CWE-250", "https://docs.docker.com/reference/dockerfile/#user"};
  root.controls = {"nist-800-190 4.1.2"};
  model::Reason name =
      reason("HYG002", "USER web is a name", model::Severity::kLow, Decision::kDeny);
  name.fix = root.fix;
  name.waiver = {"HYG002", "shop", "until the move", "2025-12-31", "waivers.yaml:3", true};
  model::Reason latest =
      reason("HYG004", "The tag is latest", model::Severity::kMedium, Decision::kWarn);
  latest.subject = out.subject;
  model::Reason waived =
      reason("VUL001", "CVE-2026-0001 in openssl", model::Severity::kCritical, Decision::kAllow);
  waived.pack = "vulnerabilities";
  waived.level = Decision::kDeny;
  waived.subject = "pkg:deb/debian/openssl@3.0.11-1~deb12u1?arch=amd64&distro=debian-12";
  waived.finding = "0123456789abcdef";
  waived.waiver = {"CVE-2026-0001", "shop", "not reachable", "2026-12-31", "waivers.yaml:7", false};
  model::Reason observed =
      reason("HYG010", "No HEALTHCHECK", model::Severity::kLow, Decision::kAllow);
  observed.level = Decision::kWarn;
  observed.mode = PolicyMode::kObserve;
  out.reasons = {root, name, latest, waived, observed};
  out.decision = Decision::kDeny;
  out.inactive = {{"image-hygiene", "HYG003", "needs findings of kind secret"}};
  return out;
}

}  // namespace bulkhead::testing
