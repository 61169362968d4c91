// SPDX-License-Identifier: Apache-2.0
// Fuzz target: whole judgements. The text is a bundle and a document, each file after a line
// "=== PATH"; the one of the path "input" is the document. Whatever they hold, there is a verdict
// that can be written and read again, or an error.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/json.h"
#include "decide/judge.h"
#include "model/verdict_json.h"

namespace {

using namespace bulkhead;

decide::Files files_of(std::string_view text) {
  constexpr std::string_view kMark = "=== ";
  decide::Files files;
  std::string path;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    if (line.starts_with(kMark) && files.size() < 32) {
      path = line.substr(kMark.size(), line.find('\n') - kMark.size());
      files.emplace(path, "");
    } else if (!path.empty()) {
      files[path] += line;
    }
  }
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  decide::Files files = files_of({reinterpret_cast<const char*>(data), size});
  decide::Subject subject;
  subject.name = "fuzz";
  subject.at = 1'780'000'000;
  if (auto node = files.extract("input")) subject.document = node.mapped();
  decide::LoadOptions options;
  options.limits.deadline = std::chrono::milliseconds(20);
  options.limits.memory_bytes = 32u << 20;
  const auto policy = decide::PolicySet::load(files, {}, options);
  if (!policy) return 0;
  const auto verdict = decide::judge(*policy, subject);
  if (!verdict) return 0;
  base::json::Writer writer(0);
  model::write_verdict(writer, *verdict);
  CHECK(base::json::Document::parse(writer.take()));
  for (const model::Reason& reason : verdict->reasons) CHECK(reason.effect <= verdict->decision);
  return 0;
}
