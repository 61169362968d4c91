// SPDX-License-Identifier: Apache-2.0
// Requests are a word and its arguments; answers are "ok" and values, or "error", a code and a
// sentence. Documents travel in memory files, local blobs as their own descriptor, remote blobs
// through a pipe that a thread of the parent fills.
#include "scan/broker.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "base/text.h"

namespace bulkhead::scan {
namespace {

constexpr uint64_t kMaxDocumentBytes = 64ull << 20;

Message error_answer(const base::Error& error) {
  Message out;
  out.fields = {"error", std::to_string(static_cast<int>(error.code())),
                base::printable(error.message(), 4096)};
  return out;
}

Message ok_answer(std::vector<std::string> values = {}, base::Fd fd = {}) {
  Message out;
  out.fields = {"ok"};
  for (std::string& value : values) out.fields.push_back(std::move(value));
  out.fd = std::move(fd);
  return out;
}

std::vector<std::string> descriptor_fields(std::string_view word, const oci::Descriptor& d) {
  return {std::string(word), d.media_type, d.digest, std::to_string(d.size)};
}

base::Result<oci::Descriptor> descriptor_of(const Message& message) {
  auto size =
      message.fields.size() == 4 ? base::to_number<uint64_t>(message.fields[3]) : std::nullopt;
  if (!size) return base::Error(base::Code::kInvalid, "malformed request");
  oci::Descriptor out;
  out.media_type = message.fields[1];
  out.digest = message.fields[2];
  out.size = *size;
  return out;
}

uint64_t number_field(const Message& message, size_t at) {
  if (at >= message.fields.size()) return 0;
  return base::to_number<uint64_t>(message.fields[at]).value_or(0);
}

}  // namespace

// ---- the parent ----

BrokerServer::~BrokerServer() {
  for (Pump& pump : pumps_) {
    if (pump.thread.joinable()) pump.thread.join();
  }
}

base::Status BrokerServer::serve(const base::Fd& socket) {
  // A scanner that stops reading must not kill the parent with SIGPIPE.
  std::signal(SIGPIPE, SIG_IGN);
  while (true) {
    auto request = TRY(receive_message(socket));
    if (!request) return {};
    Message reply = answer(std::move(*request));
    // The scanner may be gone already: that is its exit status' story, not ours.
    if (!send_message(socket, reply)) return {};
  }
}

Message BrokerServer::answer(Message request) {
  const std::string word = request.fields.empty() ? "" : request.fields[0];
  const std::string name = request.fields.size() > 1 ? request.fields[1] : "";
  if (word == "end-of-stream") return answer_stream_end(name);
  if ((word == "get" || word == "put") && (store_ == nullptr || !valid_store_name(name))) {
    return error_answer(base::Error(base::Code::kNotFound, "no such cache entry"));
  }
  if (word == "get") return answer_get(name);
  if (word == "put") return answer_put(name, std::move(request.fd));
  if (transport_ == nullptr) {
    return error_answer(base::Error(base::Code::kUnsupported, "this input has no blobs"));
  }
  if (word == "root") return answer_root();
  auto descriptor = descriptor_of(request);
  if (!descriptor) return error_answer(descriptor.error());
  if (word == "manifest") return answer_manifest(*descriptor);
  if (word == "blob") return answer_blob(*descriptor);
  return error_answer(base::Error(base::Code::kInvalid, "unknown request"));
}

Message BrokerServer::answer_root() {
  auto root = transport_->root();
  if (!root) return error_answer(root.error());
  auto file = base::memory_file(base::as_bytes(root->bytes));
  if (!file) return error_answer(file.error());
  return ok_answer({root->media_type, root->digest}, std::move(*file));
}

Message BrokerServer::answer_manifest(const oci::Descriptor& descriptor) {
  auto bytes = transport_->manifest(descriptor);
  if (!bytes) return error_answer(bytes.error());
  auto file = base::memory_file(base::as_bytes(*bytes));
  if (!file) return error_answer(file.error());
  return ok_answer({}, std::move(*file));
}

Message BrokerServer::answer_blob(const oci::Descriptor& descriptor) {
  auto blob = transport_->blob(descriptor);
  if (!blob) return error_answer(blob.error());
  if (blob->file.valid()) {
    std::vector<std::string> values = {"file", std::to_string(blob->offset),
                                       std::to_string(blob->size)};
    if (blob->identity) {
      const oci::FileIdentity& id = *blob->identity;
      for (uint64_t number : {id.device, id.inode, id.size, static_cast<uint64_t>(id.mtime_ns),
                              static_cast<uint64_t>(id.ctime_ns), id.offset}) {
        values.push_back(std::to_string(number));
      }
    }
    return ok_answer(std::move(values), std::move(blob->file));
  }
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return error_answer(base::errno_error("pipe", ""));
  base::Fd read_end(ends[0]);
  ::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
  Pump& pump = pumps_.emplace_back();
  pump.source = std::move(blob->stream);
  pump.out = base::Fd(ends[1]);
  pump.thread = std::thread([&pump] { run_pump(pump); });
  return ok_answer({"stream", std::to_string(pumps_.size() - 1)}, std::move(read_end));
}

void BrokerServer::run_pump(Pump& pump) {
  base::Bytes buffer(256 * 1024);
  std::string error;
  while (true) {
    auto got = pump.source->read(buffer);
    if (!got) error = got.error().message();
    if (!got || *got == 0) break;
    if (!base::write_all(pump.out, base::ByteView(buffer).first(*got))) break;  // reader has left
  }
  std::lock_guard lock(pump.mutex);
  pump.error = std::move(error);
  pump.done = true;
  pump.out.reset();  // last, so that the scanner sees the end only once the error is in place
}

Message BrokerServer::answer_stream_end(const std::string& number) {
  auto index = base::to_number<size_t>(number);
  if (!index || *index >= pumps_.size()) {
    return error_answer(base::Error(base::Code::kInvalid, "no such stream"));
  }
  Pump& pump = *std::next(pumps_.begin(), static_cast<ptrdiff_t>(*index));
  std::lock_guard lock(pump.mutex);
  if (!pump.error.empty()) return error_answer(base::Error(base::Code::kNetwork, pump.error));
  return ok_answer();
}

Message BrokerServer::answer_get(const std::string& name) {
  auto fd = store_->open_entry(name);
  if (!fd) return error_answer(fd.error());
  return ok_answer({}, std::move(*fd));
}

Message BrokerServer::answer_put(const std::string& name, base::Fd content) {
  if (!content.valid()) return error_answer(base::Error(base::Code::kInvalid, "no content"));
  base::Status put = store_->put_from(name, content);
  return put ? ok_answer() : error_answer(put.error());
}

// ---- the scanner ----

// A remote blob as the scanner reads it: at the end of the pipe it asks whether that was the end of
// the blob or a failure.
class PipeSource final : public base::Source {
 public:
  PipeSource(BrokerClient& client, base::Fd pipe, std::string number)
      : client_(client), pipe_(std::move(pipe)), number_(std::move(number)) {}

  base::Result<size_t> read(std::span<std::byte> out) override {
    size_t got = TRY(pipe_.read(out));
    if (got == 0) TRY(client_.ask(Message{{"end-of-stream", number_}, {}}));
    return got;
  }

 private:
  BrokerClient& client_;
  base::FdSource pipe_;
  std::string number_;
};

base::Result<Message> BrokerClient::ask(Message request) {
  std::lock_guard lock(mutex_);
  TRY(send_message(socket_, request));
  auto reply = TRY(receive_message(socket_));
  if (!reply) return base::Error(base::Code::kInternal, "the parent process has gone");
  if (!reply->fields.empty() && reply->fields[0] == "ok") return std::move(*reply);
  uint64_t code = number_field(*reply, 1);
  if (reply->fields.size() != 3 || code > static_cast<uint64_t>(base::Code::kInternal)) {
    return base::Error(base::Code::kInternal, "malformed answer of the parent process");
  }
  return base::Error(static_cast<base::Code>(code), reply->fields[2]);
}

base::Result<oci::RootDocument> BrokerClient::root() {
  Message reply = TRY(ask(Message{{"root"}, {}}));
  if (reply.fields.size() != 3) return base::Error(base::Code::kInternal, "malformed answer");
  oci::RootDocument out;
  out.media_type = reply.fields[1];
  out.digest = reply.fields[2];
  out.bytes = TRY(base::read_fd(reply.fd, kMaxDocumentBytes));
  return out;
}

base::Result<std::string> BrokerClient::manifest(const oci::Descriptor& descriptor) {
  Message reply = TRY(ask(Message{descriptor_fields("manifest", descriptor), {}}));
  return base::read_fd(reply.fd, kMaxDocumentBytes);
}

base::Result<oci::OpenedBlob> BrokerClient::blob(const oci::Descriptor& descriptor) {
  Message reply = TRY(ask(Message{descriptor_fields("blob", descriptor), {}}));
  if (reply.fields.size() < 3 || !reply.fd.valid()) {
    return base::Error(base::Code::kInternal, "malformed answer");
  }
  oci::OpenedBlob out;
  if (reply.fields[1] == "stream") {
    out.stream = std::make_unique<PipeSource>(*this, std::move(reply.fd), reply.fields[2]);
    return out;
  }
  out.file = std::move(reply.fd);
  out.offset = number_field(reply, 2);
  out.size = number_field(reply, 3);
  if (reply.fields.size() == 10) {
    out.identity = oci::FileIdentity{number_field(reply, 4),
                                     number_field(reply, 5),
                                     number_field(reply, 6),
                                     static_cast<int64_t>(number_field(reply, 7)),
                                     static_cast<int64_t>(number_field(reply, 8)),
                                     number_field(reply, 9)};
  }
  return out;
}

std::optional<base::Mapping> BrokerClient::get(const std::string& name) {
  auto reply = ask(Message{{"get", name}, {}});
  if (!reply) return std::nullopt;
  auto mapping = base::Mapping::open(reply->fd);
  if (!mapping) return std::nullopt;
  return std::move(*mapping);
}

base::Status BrokerClient::put(const std::string& name, std::string_view bytes) {
  Message request{{"put", name}, TRY(base::memory_file(base::as_bytes(bytes)))};
  TRY(ask(std::move(request)));
  return {};
}

}  // namespace bulkhead::scan
