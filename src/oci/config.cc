// SPDX-License-Identifier: Apache-2.0
// The image config: config.md of the OCI image specification v1.1. Docker's config is the same
// document with more members, of which only the health check and ONBUILD say something about what
// will run.
#include "base/text.h"
#include "crypto/digest.h"
#include "oci/manifest.h"
#include "oci/strict_json.h"

namespace bulkhead::oci {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using base::json::Value;

namespace {

Status read_execution(Value value, ImageConfig& out) {
  if (value.missing()) return {};
  Members members = TRY(Members::of(
      value, "config", {"User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir",
                        "Labels", "StopSignal", "Healthcheck", "Shell", "OnBuild"}));
  out.user = TRY(members.text("User"));
  out.working_dir = TRY(members.text("WorkingDir"));
  out.stop_signal = TRY(members.text("StopSignal"));
  out.env = TRY(members.texts("Env"));
  out.entrypoint = TRY(members.texts("Entrypoint"));
  out.cmd = TRY(members.texts("Cmd"));
  out.shell = TRY(members.texts("Shell"));
  out.on_build = TRY(members.texts("OnBuild"));
  out.exposed_ports = TRY(members.keys("ExposedPorts"));
  out.volumes = TRY(members.keys("Volumes"));
  out.labels = TRY(members.text_map("Labels"));
  Value health = members["Healthcheck"];
  if (health.missing()) return {};
  Members check = TRY(Members::of(health, "config: Healthcheck",
                                  {"Test", "Interval", "Timeout", "StartPeriod", "Retries"}));
  Healthcheck& healthcheck = out.healthcheck.emplace();
  healthcheck.test = TRY(check.texts("Test"));
  healthcheck.interval_ns = TRY(check.integer("Interval"));
  healthcheck.timeout_ns = TRY(check.integer("Timeout"));
  healthcheck.start_period_ns = TRY(check.integer("StartPeriod"));
  healthcheck.retries = TRY(check.integer("Retries"));
  return {};
}

Status read_rootfs(Value value, ImageConfig& out) {
  Members members = TRY(Members::of(value, "rootfs", {"type", "diff_ids"}));
  std::string type = TRY(members.text("type"));
  if (type != "layers") {
    return Error(Code::kUnsupported, "rootfs of type \"" + base::printable(type, 40) + "\"");
  }
  out.diff_ids = TRY(members.texts("diff_ids"));
  if (out.diff_ids.size() > kMaxLayers) {
    return Error(Code::kLimit, "more than " + std::to_string(kMaxLayers) + " diff-ids");
  }
  for (const std::string& diff_id : out.diff_ids) TRY(crypto::Digest::parse(diff_id));
  return {};
}

Result<HistoryEntry> read_history_entry(Value value) {
  Members members = TRY(Members::of(
      value, "history", {"created", "created_by", "author", "comment", "empty_layer"}));
  HistoryEntry out;
  out.created = TRY(members.text("created"));
  out.created_by = TRY(members.text("created_by"));
  out.author = TRY(members.text("author"));
  out.comment = TRY(members.text("comment"));
  if (Value empty = members["empty_layer"]; !empty.missing()) {
    auto flag = empty.boolean();
    if (!flag) return Error(Code::kInvalid, "history: \"empty_layer\" is not a boolean");
    out.empty_layer = *flag;
  }
  return out;
}

Status read_history(Value value, ImageConfig& out) {
  if (value.missing()) return {};
  if (!value.is_array()) return Error(Code::kInvalid, "\"history\" is not a list");
  Status status;
  value.each([&](Value item) {
    if (!status) return;
    auto entry = read_history_entry(item);
    if (entry) {
      out.history.push_back(std::move(*entry));
    } else {
      status = std::move(entry).error();
    }
  });
  return status;
}

}  // namespace

Result<ImageConfig> parse_config(std::string_view bytes) {
  auto parsed = TRY(parse_strict(bytes, kMaxConfigBytes));
  Members members = TRY(Members::of(parsed.root(), "image config",
                                    {"architecture", "os", "variant", "os.version", "created",
                                     "author", "config", "rootfs", "history"}));
  ImageConfig out;
  out.architecture = TRY(members.text("architecture"));
  out.os = TRY(members.text("os"));
  out.variant = TRY(members.text("variant"));
  out.os_version = TRY(members.text("os.version"));
  out.created = TRY(members.text("created"));
  out.author = TRY(members.text("author"));
  if (out.os.size() + out.architecture.size() + out.variant.size() > 200) {
    return Error(Code::kInvalid, "platform of more than 200 bytes");
  }
  TRY(read_execution(members["config"], out));
  TRY(read_rootfs(members["rootfs"], out));
  TRY(read_history(members["history"], out));
  return out;
}

}  // namespace bulkhead::oci
