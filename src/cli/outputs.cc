// SPDX-License-Identifier: Apache-2.0
// Opening, writing and committing report files.
#include "cli/outputs.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <set>

#include "base/clock.h"
#include "base/text.h"
#include "cli/named_file.h"

namespace bulkhead::cli {
namespace {

constexpr uint64_t kMaxTemplateBytes = 1 << 20;

base::Result<const report::Format*> format_named(std::string_view name) {
  if (const report::Format* format = report::find_format(name)) return format;
  std::string known;
  for (const report::Format* format : report::all_formats()) {
    known += (known.empty() ? "" : ", ") + std::string(report::shown_name(*format));
  }
  return base::Error(base::Code::kInvalid,
                     "unknown format \"" + std::string(name) + "\"; known are " + known);
}

// A pipe by its name has no reader until somebody opens it: that is waited for, but not for ever.
base::Result<base::Fd> open_special(const std::string& path, bool pipe) {
  constexpr int kTries = 100;
  constexpr timespec kPause{0, 100'000'000};
  for (int i = 0; i < kTries; ++i) {
    base::Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (fd.valid()) {
      // What is slow to read is waited for while writing.
      ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) & ~O_NONBLOCK);
      return fd;
    }
    if (errno != ENXIO || !pipe) return base::errno_error("open", path);
    ::nanosleep(&kPause, nullptr);
  }
  return base::Error(base::Code::kIo, path + ": nobody reads from this pipe");
}

bool is_standard_output(const Output& output) { return output.path.empty() || output.path == "-"; }

// What the file will be called. Devices can be written to twice.
std::string target_name(const Output& output) {
  if (is_standard_output(output)) return "standard output";
  struct stat info{};
  if (::stat(output.path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) return "";
  std::error_code error;
  std::filesystem::path path =
      std::filesystem::weakly_canonical(std::filesystem::absolute(output.path, error), error);
  return error ? output.path : path.string();
}

base::Status check_targets(const std::vector<Output>& outputs) {
  std::set<std::string> seen;
  for (const Output& output : outputs) {
    std::string name = target_name(output);
    if (name.empty() || seen.insert(name).second) continue;
    return base::Error(base::Code::kInvalid,
                       "two reports to " +
                           (is_standard_output(output) ? name : "the file " + output.path) +
                           ": the one would overwrite the other; name different files");
  }
  return {};
}

// Flags that only some formats understand must meet one of these.
base::Status check_outputs(const Invocation& invocation, const std::vector<Output>& outputs) {
  auto any = [&](auto&& holds) {
    return std::any_of(outputs.begin(), outputs.end(),
                       [&](const Output& output) { return holds(*output.format); });
  };
  bool templated = any([](const report::Format& format) { return format.takes_template; });
  if (templated && !invocation.has("template")) {
    return base::Error(base::Code::kInvalid,
                       "the format template needs --template FILE (bulkhead scan)");
  }
  if (!templated && invocation.has("template")) {
    return base::Error(base::Code::kInvalid,
                       "--template is for the format template: add -f template or "
                       "-o template=FILE");
  }
  bool lists = any([](const report::Format& format) { return format.lists_files; });
  if (!lists && invocation.has("files")) {
    return base::Error(base::Code::kInvalid,
                       "--files is for the formats json, cyclonedx and template: add -f json or "
                       "-o cyclonedx=FILE");
  }
  return check_targets(outputs);
}

base::Status open_target(Output& output) {
  if (is_standard_output(output)) {
    output.path.clear();
    output.stream = base::Fd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    return {};
  }
  struct stat info{};
  if (::stat(output.path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    // A device, a pipe, /dev/stdout: written to, not replaced by a file of its name.
    output.stream = TRY(open_special(output.path, S_ISFIFO(info.st_mode)));
    return {};
  }
  output.file = TRY(base::NewFile::create(output.path + ".new-", output.path));
  ::fchmod(output.fd().get(), 0644);
  return {};
}

}  // namespace

base::Result<Outputs> Outputs::open(const Invocation& invocation, std::string_view default_format) {
  Outputs out;
  std::vector<std::pair<std::string, std::string>> wanted;  // format, path
  std::string main_path;
  for (const std::string& text : invocation.values("output")) {
    auto parts = base::cut(text, "=");
    if (parts && report::find_format(parts->first) != nullptr) {
      if (parts->second.empty()) {
        return base::Error(base::Code::kInvalid, "-o " + text + ": no file behind the =; " +
                                                     std::string(parts->first) +
                                                     "=- is standard output");
      }
      wanted.emplace_back(parts->first, parts->second);
    } else if (parts && parts->first.find('/') == std::string_view::npos) {
      TRY(format_named(parts->first));
    } else if (main_path.empty()) {
      main_path = text;
    } else {
      return base::Error(base::Code::kInvalid, "-o " + main_path + " and -o " + text +
                                                   ": only one file can be without a format; "
                                                   "write -o FORMAT=FILE");
    }
  }
  if (!main_path.empty() || wanted.empty() || invocation.has("format")) {
    wanted.emplace_back(invocation.value("format", default_format), main_path);
  }
  for (auto& [format, path] : wanted) {
    Output& output = out.outputs_.emplace_back();
    output.format = TRY(format_named(format));
    output.path = path;
  }
  TRY(check_outputs(invocation, out.outputs_));
  for (Output& output : out.outputs_) TRY(open_target(output));
  return out;
}

std::string_view Outputs::without_packages() const {
  auto found = std::ranges::find_if(
      outputs_, [](const Output& output) { return !output.format->lists_packages; });
  return found == outputs_.end() ? std::string_view() : report::shown_name(*found->format);
}

base::Status Outputs::write(const model::ScanReport& report, const report::Style& style) const {
  for (const Output& output : outputs_) {
    report::Style own = style;
    own.colour = style.colour && ::isatty(output.fd().get()) == 1;
    std::string buffer;
    auto flush = [&]() -> base::Status {
      TRY_AT(output.path.empty() ? "standard output" : output.path,
             base::write_all(output.fd(), base::as_bytes(buffer)));
      buffer.clear();
      return {};
    };
    auto put = [&](std::string_view text) -> base::Status {
      buffer += text;
      return buffer.size() < 64 * 1024 ? base::Status() : flush();
    };
    TRY(output.format->write(report, own, put));
    TRY(flush());
  }
  return {};
}

base::Status Outputs::commit() {
  for (Output& output : outputs_) {
    if (output.file.valid()) TRY(output.file.commit(output.path));
  }
  return {};
}

bool Outputs::terminal() const {
  return std::any_of(outputs_.begin(), outputs_.end(),
                     [](const Output& output) { return ::isatty(output.fd().get()) == 1; });
}

base::Result<report::Style> style_for(const Invocation& invocation) {
  report::Style style;
  const char* no_color = std::getenv("NO_COLOR");
  style.colour = no_color == nullptr || *no_color == '\0';
  style.sort = invocation.value("sort", "action");
  if (!invocation.has("at")) style.now = base::SystemClock().now();
  style.files = invocation.has("files");
  style.vex_author = invocation.value("vex-author");
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) {
    style.width = size.ws_col;
  } else if (const char* columns = std::getenv("COLUMNS")) {
    auto width = base::to_number<unsigned>(columns);
    if (width && *width >= 40 && *width <= 1000) style.width = *width;
  }
  if (invocation.has("template")) {
    style.template_text = TRY(read_named_file(invocation.value("template"), kMaxTemplateBytes));
  }
  return style;
}

}  // namespace bulkhead::cli
