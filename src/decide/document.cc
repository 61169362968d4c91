// SPDX-License-Identifier: Apache-2.0
// Writes the policy's document from a scan report. Its shape is that of
// docs/formats/policy-input.md and is checked against data/schemas/policy-input-1.schema.json in
// tests.
#include "decide/document.h"

#include <array>

#include "base/json.h"
#include "base/text.h"
#include "model/ids.h"
#include "oci/reference.h"

namespace bulkhead::decide {
namespace {

using base::json::Writer;
using model::Artifact;
using model::Finding;
using model::Package;
using model::ScanReport;

constexpr std::string_view kBaseName = "org.opencontainers.image.base.name";
constexpr std::string_view kBaseDigest = "org.opencontainers.image.base.digest";

void strings(Writer& w, std::string_view name, const std::vector<std::string>& items) {
  w.key(name).begin_array();
  for (const std::string& item : items) w.value(item);
  w.end_array();
}

void strings_if(Writer& w, std::string_view name, const std::vector<std::string>& items) {
  if (!items.empty()) strings(w, name, items);
}

void map_member(Writer& w, std::string_view name, const std::map<std::string, std::string>& map) {
  w.key(name).begin_object();
  for (const auto& [key, value] : map) w.member(key, value);
  w.end_object();
}

// A set in the form in which the config has it: {"80/tcp": {}}.
void set_if(Writer& w, std::string_view name, const std::vector<std::string>& items) {
  if (items.empty()) return;
  w.key(name).begin_object();
  for (const std::string& item : items) w.key(item).begin_object().end_object();
  w.end_object();
}

void duration_if(Writer& w, std::string_view name, int64_t nanoseconds) {
  if (nanoseconds != 0) w.member(name, nanoseconds);
}

// As chmod takes it: "4755".
std::string octal(uint32_t mode) {
  std::string out;
  for (int shift = 9; shift >= 0; shift -= 3) out += static_cast<char>('0' + ((mode >> shift) & 7));
  return out;
}

class DocumentWriter {
 public:
  DocumentWriter(const DocumentFacts& facts, Writer& writer) : facts_(facts), w_(writer) {}

  void run() {
    w_.begin_object().member("stage", model::stage_name(facts_.stage));
    w_.member("at", base::format_time(facts_.at));
    if (facts_.report != nullptr) write_report(*facts_.report);
    if (facts_.files_known) write_files();
    w_.end_object();
  }

 private:
  void write_report(const ScanReport& report) {
    const Artifact& artifact = report.artifact;
    if (artifact.kind == model::ArtifactKind::kImage)
      write_image(artifact);
    else
      w_.key("target")
          .begin_object()
          .member("kind", artifact_kind_name(artifact.kind))
          .member("name", artifact.name)
          .end_object();
    if (artifact.distro.known()) write_distro(artifact.distro);
    w_.key("packages").begin_array();
    for (const Package& package : report.packages) write_package(artifact, package);
    w_.end_array();
    if (report.vulnerabilities_scanned) {
      w_.key("findings").begin_array();
      for (const Finding& finding : report.findings) write_finding(report, finding);
      w_.end_array();
    }
    if (report.privileged) write_privileged(report);
    write_scan(report);
  }

  void write_privileged(const ScanReport& report) {
    w_.key("filesystem").begin_object().key("setuid").begin_array();
    for (const model::PrivilegedFile& file : *report.privileged) {
      w_.begin_object().member("path", file.path).member("mode", octal(file.mode));
      layer_member(report.artifact, file.layer);
      w_.end_object();
    }
    w_.end_array().end_object();
  }

  void write_image(const Artifact& artifact) {
    const std::string& name = facts_.reference.empty() ? artifact.name : facts_.reference;
    w_.key("image").begin_object().member("reference", name);
    // A layout or an archive has a path, not a name in a registry.
    auto reference = oci::Reference::parse(facts_.reference);
    if (reference) {
      w_.member("registry", reference->registry).member("repository", reference->repository);
      w_.member_if("tag", reference->tag);
    }
    w_.member_if("digest", artifact.digest).member_if("index_digest", artifact.index_digest);
    w_.member_if("config_digest", artifact.config_digest);
    w_.member_if("platform", artifact.platform).member_if("created", artifact.created);
    strings_if(w_, "tags", artifact.tags);
    map_member(w_, "labels", artifact.labels);
    if (artifact.config) write_config(*artifact.config);
    w_.key("layers").begin_array();
    for (const model::Layer& layer : artifact.layers) {
      w_.begin_object().member("diff_id", layer.diff_id).member_if("digest", layer.digest);
      w_.member_if("media_type", layer.media_type).member("size", layer.size_bytes);
      w_.member_if("created_by", layer.created_by).end_object();
    }
    w_.end_array();
    write_base(artifact);
    w_.end_object();
  }

  // The members of the config that say how the image runs, spelt as in the config itself.
  void write_config(const model::ImageConfig& config) {
    w_.key("config").begin_object().member_if("User", config.user);
    strings_if(w_, "Env", config.env);
    strings_if(w_, "Entrypoint", config.entrypoint);
    strings_if(w_, "Cmd", config.cmd);
    strings_if(w_, "Shell", config.shell);
    strings_if(w_, "OnBuild", config.on_build);
    set_if(w_, "ExposedPorts", config.exposed_ports);
    set_if(w_, "Volumes", config.volumes);
    if (!config.labels.empty()) map_member(w_, "Labels", config.labels);
    w_.member_if("WorkingDir", config.working_dir).member_if("StopSignal", config.stop_signal);
    if (config.healthcheck) write_healthcheck(*config.healthcheck);
    w_.end_object();
    w_.key("history").begin_array();
    for (const model::HistoryEntry& entry : config.history) {
      w_.begin_object().member_if("created", entry.created);
      w_.member_if("created_by", entry.created_by).member_if("comment", entry.comment);
      w_.member("empty_layer", entry.empty_layer).end_object();
    }
    w_.end_array();
  }

  void write_healthcheck(const model::Healthcheck& check) {
    w_.key("Healthcheck").begin_object();
    strings(w_, "Test", check.test);
    duration_if(w_, "Interval", check.interval_ns);
    duration_if(w_, "Timeout", check.timeout_ns);
    duration_if(w_, "StartPeriod", check.start_period_ns);
    if (check.retries != 0) w_.member("Retries", check.retries);
    w_.end_object();
  }

  // OCI image specification, annotations.md: builders write what an image was built on into
  // annotations of the manifest or labels of the config. A claim, so `how` says where it stands.
  void write_base(const Artifact& artifact) {
    const std::array sources = {std::pair{&artifact.annotations, "annotation"},
                                std::pair{&artifact.labels, "label"}};
    for (const auto& [map, how] : sources) {
      auto name = map->find(std::string(kBaseName));
      auto digest = map->find(std::string(kBaseDigest));
      if (name == map->end() && digest == map->end()) continue;
      w_.key("base").begin_object();
      if (name != map->end()) w_.member_if("name", name->second);
      if (digest != map->end()) w_.member_if("digest", digest->second);
      w_.member("how", how).end_object();
      return;
    }
  }

  void write_distro(const model::Distro& distro) {
    w_.key("distro").begin_object().member("id", distro.id).member_if("version", distro.version);
    w_.member_if("codename", distro.codename).member_if("name", distro.name);
    strings_if(w_, "like", distro.like);
    w_.member_if("variant", distro.variant).member_if("end_of_life", distro.end_of_life);
    w_.member_if("end_of_extended_life", distro.end_of_extended_life);
    if (auto end = base::parse_time(distro.end_of_life)) w_.member("ended", *end < facts_.at);
    w_.end_object();
  }

  void layer_member(const Artifact& artifact, int32_t layer) {
    if (layer >= 0 && static_cast<size_t>(layer) < artifact.layers.size()) {
      w_.member("layer", artifact.layers[static_cast<size_t>(layer)].diff_id);
    }
  }

  void write_package(const Artifact& artifact, const Package& package) {
    w_.begin_object().member("purl", package.purl()).member("type", package.type);
    w_.member_if("namespace", package.name_space).member("name", package.name);
    w_.member_if("version", package.version).member_if("arch", package.arch);
    w_.member_if("source", package.source_name);
    w_.member_if("source_version", package.source_version);
    strings(w_, "licences", package.licences);
    w_.key("locations").begin_array();
    for (const model::Location& location : package.locations) {
      w_.begin_object().member("path", location.path);
      if (location.line != 0) w_.member("line", location.line);
      if (location.layer >= 0) w_.member("layer", location.layer);
      w_.end_object();
    }
    w_.end_array();
    if (!package.locations.empty()) layer_member(artifact, package.locations.front().layer);
    w_.member("origin", origin_name(package.origin));
    if (package.relation != model::Relation::kUnknown) {
      w_.member("relation", relation_name(package.relation));
    }
    w_.member("dev", package.dev).member_if("owner", package.owner);
    w_.member_if("supplier", package.supplier).end_object();
  }

  void write_finding(const ScanReport& report, const Finding& finding) {
    const Package& package = report.packages[finding.package];
    std::string location = package.locations.empty() ? "" : package.locations.front().path.str();
    w_.begin_object().member("kind", finding.kind).member("class_id", finding.class_id);
    const std::string& subject =
        report.artifact.digest.empty() ? report.artifact.name : report.artifact.digest;
    w_.member("instance_id", model::finding_instance_id(finding.class_id, subject, location));
    w_.member("id", finding.id);
    strings(w_, "aliases", finding.aliases);
    w_.member("severity", severity_name(finding.severity));
    write_score(finding);
    w_.member_if("title", finding.title).member("package", package.purl());
    w_.member_if("location", location);
    if (!package.locations.empty()) layer_member(report.artifact, package.locations.front().layer);
    w_.member_if("published", finding.published).member_if("modified", finding.modified);
    strings_if(w_, "cwes", finding.cwes);
    w_.key("fix").begin_object().member("state", fix_state_name(finding.fix_state));
    if (!finding.fix_versions.empty()) w_.member("version", finding.fix_versions.front());
    strings_if(w_, "versions", finding.fix_versions);
    w_.member_if("available_since", finding.fix_since);
    w_.end_object();
    w_.key("proof").begin_array();
    for (const model::Proof& proof : finding.proofs) write_proof(proof);
    w_.end_array().end_object();
  }

  void write_score(const Finding& finding) {
    w_.key("score").begin_object();
    if (finding.cvss) {
      w_.member("cvss", finding.cvss->score).member_if("vector", finding.cvss->vector);
    }
    if (finding.epss) w_.member("epss", *finding.epss);
    if (finding.epss_percentile) w_.member("epss_percentile", *finding.epss_percentile);
    w_.member("kev", finding.kev);
    if (finding.kev) {
      w_.member_if("kev_date", finding.kev_date);
      w_.member("kev_ransomware", finding.kev_ransomware);
    }
    w_.end_object();
  }

  void write_proof(const model::Proof& proof) {
    w_.begin_object().member("advisory", proof.advisory).member("source", proof.source);
    w_.member_if("ecosystem", proof.ecosystem).member_if("package", proof.package);
    w_.member_if("package_kind", proof.package_kind).member_if("range", proof.range);
    w_.member_if("compared", proof.compared).member_if("scheme", proof.scheme);
    w_.member_if("rule", proof.rule).member_if("path", proof.path).end_object();
  }

  void write_files() {
    w_.key("files").begin_array();
    for (const FileDocument& file : facts_.files) {
      w_.begin_object().member("path", file.path).member("kind", file.kind);
      if (file.line != 0) w_.member("line", file.line);
      w_.key("document").raw(file.document).end_object();
    }
    w_.end_array();
  }

  void write_scan(const ScanReport& report) {
    w_.key("scan").begin_object().member("at", base::format_time(facts_.at));
    strings(w_, "scanners", facts_.scanners);
    w_.member("complete", !report.diagnostics.any_incomplete());
    if (report.vulnerabilities_scanned) {
      w_.key("database").begin_object().member_if("digest", report.database_digest);
      w_.member_if("kind", report.database_kind).key("feeds").begin_array();
      for (const model::FeedInfo& feed : report.feeds) {
        w_.begin_object().member("name", feed.name).member("records", feed.records);
        w_.member_if("newest", feed.newest).end_object();
      }
      w_.end_array().end_object();
    }
    w_.key("not_judged").begin_array();
    for (const model::NotJudged& group : report.not_judged) {
      w_.begin_object().member("what", group.what).member("reason", group.reason);
      w_.member("packages", group.packages).end_object();
    }
    w_.end_array().end_object();
  }

  const DocumentFacts& facts_;
  Writer& w_;
};

}  // namespace

std::string policy_document(const DocumentFacts& facts) {
  Writer writer(0);
  DocumentWriter(facts, writer).run();
  return writer.take();
}

}  // namespace bulkhead::decide
