// SPDX-License-Identifier: Apache-2.0
// Places each package: by which source, under which name and version, in which order.
#include "vuln/subject.h"

#include "base/text.h"

namespace bulkhead::vuln {

Placer::Placer(const Database::State& state, const model::Distro& distro)
    : state_(state), distro_(distro), feed_(distro_feed(distro)) {}

bool Placer::covers(const std::string& ecosystem) {
  auto [at, fresh] = covered_.try_emplace(ecosystem, false);
  if (fresh) at->second = state_.covers(ecosystem);
  return at->second;
}

std::string Placer::group_name(const model::Package& package, const Question& question) const {
  if (!question.distribution) {
    return question.ecosystem.empty() ? package.type.str() : question.ecosystem;
  }
  if (!distro_.known()) return "unknown distribution";
  return distro_.version.empty() ? distro_.id : distro_.id + " " + distro_.version;
}

std::string Placer::no_source(const model::Package& package, const Question& question) const {
  if (question.distribution && !distro_.known()) return "the distribution is not known";
  if (question.ecosystem.empty()) {
    return "no advisory source speaks about packages of " +
           (question.distribution ? distro_.id : "type " + package.type);
  }
  return "no advisory source for " + question.ecosystem + " in the database";
}

Placed Placer::place(const model::Package& package) {
  Placed out;
  out.subject.package = &package;
  if (!package.owner.empty()) {
    out.subject.question = question_for(package, feed_);
    if (!feed_.ecosystem.empty() && covers(feed_.ecosystem)) {
      out.standing = Standing::kOwned;
    } else {
      out.reason = "owned by packages of the distribution, which no advisory source speaks about";
    }
    return out;
  }
  Question& question = out.subject.question;
  question = question_for(package, feed_);
  if (question.ecosystem.empty() || !covers(question.ecosystem)) {
    out.reason = no_source(package, question);
    return out;
  }
  auto entry = state_.find_package(question.ecosystem, question.name);
  if (!entry) {
    out.standing = Standing::kNoEntries;
    return out;
  }
  out.subject.entry = *entry;
  out.subject.scheme = version::scheme_for_ecosystem(question.ecosystem);
  if (out.subject.scheme == nullptr) {
    out.reason = "no version order for " + question.ecosystem;
    return out;
  }
  if (question.version.empty()) {
    out.standing = Standing::kNoVersion;
    out.reason = "no exact version is known";
    return out;
  }
  if (!out.subject.scheme->valid(question.version)) {
    out.standing = Standing::kBadVersion;
    out.reason = "\"" + base::printable(question.version, 80) +
                 "\" is not a version of the scheme " + std::string(out.subject.scheme->name);
    return out;
  }
  out.standing = Standing::kJudged;
  return out;
}

}  // namespace bulkhead::vuln
