// SPDX-License-Identifier: Apache-2.0
// What every adaptor must keep, by cases of content that was written in the style of its program. A
// case is adaptors/testdata/<stem>/<case>/ with
//
//   content/...   the rules, as somebody would bring them
//   tree/...      files that are judged (kinds as in docs/formats/policy-files.md), or
//   input.json    the policy document itself
//   options.json  {namespaces, combine, stage}, all optional
//   want.json     {error, refused} or {rules, refused, reasons, unknown, failed, lost}; empty
//   members
//                 are left out
//
// Set BULKHEAD_REWRITE_GOLDEN=1 to write want.json anew, and read the difference before committing.
#include "decide/foreign.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/fs.h"
#include "decide/foreign/inputs.h"
#include "posture/files.h"

namespace bulkhead::decide {
namespace {

namespace fs = std::filesystem;
using base::json::Document;
using base::json::Value;
using base::json::Writer;

std::string testdata() { return std::string(BULKHEAD_ROOM_DIR) + "/adaptors/testdata"; }

Files read_tree(const fs::path& folder) {
  Files files;
  if (!fs::is_directory(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    auto text = base::read_file(entry.path(), 1 << 20);
    EXPECT_TRUE(text) << entry.path();
    if (text) files.emplace(fs::relative(entry.path(), folder), std::move(*text));
  }
  return files;
}

std::string text_or(const fs::path& path, std::string otherwise) {
  auto text = base::read_file(path, 1 << 20);
  return text ? std::move(*text) : std::move(otherwise);
}

// The policy document of a folder of files.
std::string foreign_document(const fs::path& folder) {
  posture::FileCollector collector(posture::FileKinds::all());
  base::Diagnostics diagnostics;
  for (const auto& [path, text] : read_tree(folder)) {
    if (collector.wants(path)) collector.add(path, text, diagnostics);
  }
  Writer json(0);
  json.begin_object().key("files").begin_array();
  for (const posture::PolicyFile& file : collector.finish(diagnostics)) {
    json.begin_object();
    json.member("path", file.path).member("kind", posture::file_kind_name(file.kind));
    json.member("line", file.line).key("document").raw(file.document);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

void write_reasons(Writer& json, const std::vector<ForeignReason>& reasons) {
  if (reasons.empty()) return;
  json.key("reasons").begin_array();
  for (const ForeignReason& reason : reasons) {
    json.begin_object();
    json.member("rule", reason.rule).member("message", reason.message);
    json.member_if("subject", reason.subject).member_if("path", reason.path);
    json.member_if("fix", reason.fix);
    if (reason.severity) json.member("severity", model::severity_name(*reason.severity));
    if (reason.level == model::Decision::kWarn) json.member("level", "warn");
    if (reason.observed) json.member("observed", true);
    if (!reason.details.empty()) json.key("details").raw(reason.details);
    json.end_object();
  }
  json.end_array();
}

void write_not_judged(Writer& json, std::string_view key, const std::vector<NotJudged>& list) {
  if (list.empty()) return;
  json.key(key).begin_array();
  for (const NotJudged& one : list) {
    json.begin_object().member_if("rule", one.rule).member("subject", one.subject);
    json.member("why", one.why).end_object();
  }
  json.end_array();
}

void write_rules(Writer& json, const ForeignPolicy& policy) {
  json.key("rules").begin_array();
  for (const ForeignRule& rule : policy.rules()) {
    json.begin_object().member("id", rule.info.id).member("title", rule.info.title);
    json.member("path", rule.path).member("line", rule.info.line).end_object();
  }
  json.end_array();
}

void write_refused(Writer& json, const std::vector<Refusal>& refused) {
  if (refused.empty()) return;
  json.key("refused").begin_array();
  for (const Refusal& refusal : refused) {
    json.begin_object().member("path", refusal.path).member("line", refusal.line);
    if (refusal.column != 0) json.member("column", refusal.column);
    json.member_if("construct", refusal.construct).member("reason", refusal.reason);
    if (refusal.broken) json.member("broken", true);
    json.end_object();
  }
  json.end_array();
}

void write_lost(Writer& json, const std::vector<LostRule>& list) {
  if (list.empty()) return;
  json.key("lost").begin_array();
  for (const LostRule& lost : list) {
    json.begin_object().member("rule", lost.rule).member_if("subject", lost.subject);
    if (lost.level == model::Decision::kWarn) json.member("level", "warn");
    json.member("why", to_string(lost.cause)).end_object();
  }
  json.end_array();
}

// What a case gives, as the text of want.json.
std::string foreign_outcome(const Adaptor& adaptor, const fs::path& folder) {
  Writer json(1);
  auto options_json = Document::parse(text_or(folder / "options.json", "{}"));
  EXPECT_TRUE(options_json) << folder;
  Value said = options_json->root();
  ForeignOptions options;
  said["namespaces"].each([&](Value name) { options.namespaces.emplace_back(name.string_or("")); });
  options.combine = said["combine"].boolean() == true;
  JudgeContext context;
  context.at = 1'750'000'000;
  context.stage = model::parse_stage(said["stage"].string_or("build")).value();
  std::vector<Refusal> refused;
  auto policy = adaptor.load(read_tree(folder / "content"), options, refused);
  json.begin_object();
  if (!policy) {
    json.member("error", policy.error().message());
    write_refused(json, refused);
    json.end_object();
    return json.take() + "\n";
  }
  write_rules(json, **policy);
  write_refused(json, refused);
  std::string text = text_or(folder / "input.json", "");
  if (text.empty()) text = foreign_document(folder / "tree");
  auto input = Document::parse(text);
  EXPECT_TRUE(input) << folder;
  auto evaluator = (*policy)->program().evaluator();
  EXPECT_TRUE(evaluator);
  auto judged = (*policy)->judge(input->root(), context, *evaluator);
  EXPECT_TRUE(judged) << folder;
  write_reasons(json, judged->reasons);
  write_not_judged(json, "unknown", judged->unknown);
  write_not_judged(json, "failed", judged->failed);
  write_lost(json, judged->lost);
  json.end_object();
  return json.take() + "\n";
}

TEST(Foreign, AdaptorsDescribeThemselves) {
  EXPECT_EQ(all_adaptors().size(), 3u);
  for (const Adaptor* adaptor : all_adaptors()) {
    EXPECT_FALSE(adaptor->summary.empty()) << adaptor->name;
    EXPECT_EQ(find_adaptor(adaptor->name), adaptor);
    EXPECT_TRUE(fs::is_directory(fs::path(testdata()) / std::string(adaptor->name)))
        << adaptor->name << " has no cases";
  }
  EXPECT_EQ(find_adaptor("nobody"), nullptr);
}

TEST(Foreign, Cases) {
  size_t count = 0;
  for (const Adaptor* adaptor : all_adaptors()) {
    for (const auto& entry :
         fs::directory_iterator(fs::path(testdata()) / std::string(adaptor->name))) {
      ++count;
      std::string got = foreign_outcome(*adaptor, entry.path());
      fs::path want = entry.path() / "want.json";
      if (std::getenv("BULKHEAD_REWRITE_GOLDEN") != nullptr) {
        ASSERT_TRUE(base::write_file_atomic(want, base::as_bytes(got)));
      }
      EXPECT_EQ(got, text_or(want, "(missing)")) << entry.path();
      EXPECT_TRUE(adaptor->recognises(read_tree(entry.path() / "content")) ||
                  fs::exists(entry.path() / "options.json"))
          << entry.path();
    }
  }
  EXPECT_GE(count, 30u);
}

}  // namespace
}  // namespace bulkhead::decide
