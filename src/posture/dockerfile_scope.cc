// SPDX-License-Identifier: Apache-2.0
// Scopes of variables (https://docs.docker.com/reference/dockerfile/#arg, "Scope"): an ARG before
// the first FROM is seen by FROM lines, and inside a stage only where `ARG name` asks for it again;
// ENV wins over ARG and passes on to stages built on this one; a few names come from the builder.
#include "posture/dockerfile_scope.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "posture/dockerfile_words.h"

namespace bulkhead::posture {
namespace {

// Stages that build on stages: further back than this nobody looks, so that a chain of thousands
// costs nothing.
constexpr int kMaxChain = 64;

bool comes_from_builder(std::string_view name) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT", "TARGETPLATFORM", "TARGETOS",
       "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE", "SOURCE_DATE_EPOCH", "HTTP_PROXY",
       "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"});
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view known) { return base::equals_ignore_case(known, name); });
}

}  // namespace

Variable DockerfileScopes::global(std::string_view name) const {
  auto found = global_.find(name);
  if (found != global_.end()) return found->second;
  return {comes_from_builder(name) ? Variable::State::kUnknown : Variable::State::kUnset, ""};
}

Variable DockerfileScopes::in_stage(std::string_view name) const {
  const Stage* stage = &stages_.back();
  auto arg = stage->args.find(name);
  for (int hops = 0; hops < kMaxChain; ++hops) {
    auto found = stage->env.find(name);
    if (found != stage->env.end()) return found->second;
    if (stage->base < 0) {
      if (arg != stages_.back().args.end()) return arg->second;
      bool nobody_sets_it = stage->scratch && !comes_from_builder(name) && name != "PATH";
      return {nobody_sets_it ? Variable::State::kUnset : Variable::State::kUnknown, ""};
    }
    stage = &stages_[static_cast<size_t>(stage->base)];
  }
  return {};
}

base::Result<Expanded> DockerfileScopes::expand(std::string_view word, bool from) {
  bool in_a_stage = !from && !stages_.empty();
  return expand_word(
      word, escape_,
      [&](std::string_view name) { return in_a_stage ? in_stage(name) : global(name); }, budget_);
}

// The value that a name gets from its text; not known when a part of it is not.
Variable DockerfileScopes::value_of(const std::string& written) {
  auto expanded = expand(written, /*from=*/false);
  if (!expanded || !expanded->unresolved.empty()) return {};
  return {Variable::State::kKnown, std::move(expanded->text)};
}

void DockerfileScopes::take_env(const Instruction& instruction) {
  std::vector<std::pair<std::string, Variable>> made;  // all see the values from before the line
  for (size_t i = 0; i + 2 < instruction.args.size(); i += 3) {
    made.emplace_back(unquoted(instruction.args[i], escape_), value_of(instruction.args[i + 1]));
  }
  for (auto& [name, value] : made) {
    stages_.back().env.insert_or_assign(std::move(name), std::move(value));
  }
}

void DockerfileScopes::take_arg(const Instruction& instruction) {
  for (const std::string& word : instruction.args) {
    auto parts = base::cut(word, "=");
    std::string name = unquoted(parts ? parts->first : std::string_view(word), escape_);
    Variable value = parts ? value_of(std::string(parts->second)) : global(name);
    if (comes_from_builder(name)) value = {};
    auto& scope = stages_.empty() ? global_ : stages_.back().args;
    scope.insert_or_assign(std::move(name), std::move(value));
  }
}

void DockerfileScopes::take(const Instruction& instruction, int32_t base_stage) {
  if (instruction.cmd == "from") {
    Stage stage;
    stage.base = base_stage;
    stage.scratch = !instruction.args.empty() && instruction.args.front() == "scratch";
    stages_.push_back(std::move(stage));
  } else if (instruction.cmd == "arg") {
    take_arg(instruction);
  } else if (instruction.cmd == "env" && !stages_.empty()) {
    take_env(instruction);
  }
}

}  // namespace bulkhead::posture
