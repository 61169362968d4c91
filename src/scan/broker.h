// SPDX-License-Identifier: Apache-2.0
// The broker: the parent opens inputs, talks to the network and keeps the cache; the scanner parses
// hostile bytes, confined, and asks for what it needs. The scanner can name only digests and cache
// entries, never paths or addresses.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "oci/transport.h"
#include "scan/cache/cache.h"
#include "scan/cache/store.h"
#include "scan/message.h"

namespace bulkhead::scan {

// The parent's side. transport and store may be null (a directory has no blobs; --no-cache).
class BrokerServer {
 public:
  BrokerServer(oci::Transport* transport, FileStore* store)
      : transport_(transport), store_(store) {}
  ~BrokerServer();
  // Answers requests until the scanner closes its end.
  base::Status serve(const base::Fd& socket);

 private:
  // A remote blob on its way into a pipe.
  struct Pump {
    std::unique_ptr<base::Source> source;
    base::Fd out;
    std::mutex mutex;
    std::string error;  // empty while all is well
    bool done = false;
    std::thread thread;
  };
  Message answer(Message request);
  Message answer_root();
  Message answer_manifest(const oci::Descriptor& descriptor);
  Message answer_blob(const oci::Descriptor& descriptor);
  Message answer_stream_end(const std::string& number);
  Message answer_get(const std::string& name);
  Message answer_put(const std::string& name, base::Fd content);
  static void run_pump(Pump& pump);

  oci::Transport* transport_;
  FileStore* store_;
  std::list<Pump> pumps_;
};

// The scanner's side. Safe to use from several threads.
class BrokerClient final : public oci::Transport, public Store {
 public:
  explicit BrokerClient(base::Fd socket) : socket_(std::move(socket)) {}

  // Local inputs are read by the scanner itself: what goes through the broker is far away.
  bool remote() const override { return true; }
  base::Result<oci::RootDocument> root() override;
  base::Result<std::string> manifest(const oci::Descriptor& descriptor) override;
  base::Result<oci::OpenedBlob> blob(const oci::Descriptor& descriptor) override;
  std::optional<base::Mapping> get(const std::string& name) override;
  base::Status put(const std::string& name, std::string_view bytes) override;

 private:
  friend class PipeSource;
  base::Result<Message> ask(Message request);

  std::mutex mutex_;
  base::Fd socket_;
};

}  // namespace bulkhead::scan
