// SPDX-License-Identifier: Apache-2.0
// ImageConfig: how an image says it wants to be run, and how it was made.
// OCI image specification, config.md, with Docker's additions (Healthcheck, Shell, OnBuild).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::model {

struct HistoryEntry {
  std::string created, created_by, author, comment;
  bool empty_layer = false;
};

struct Healthcheck {
  std::vector<std::string> test;  // {"NONE"}: switched off
  int64_t interval_ns = 0, timeout_ns = 0, start_period_ns = 0;
  int64_t retries = 0;
};

struct ImageConfig {
  std::string architecture, os, variant, os_version;
  std::string created, author;
  std::string user, working_dir, stop_signal;
  std::vector<std::string> env, entrypoint, cmd, shell, on_build;
  std::vector<std::string> exposed_ports, volumes;
  std::map<std::string, std::string> labels;
  std::optional<Healthcheck> healthcheck;
  std::vector<std::string> diff_ids;
  std::vector<HistoryEntry> history;

  std::string platform() const;  // "linux/arm64/v8"
};

}  // namespace bulkhead::model
