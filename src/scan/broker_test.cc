// SPDX-License-Identifier: Apache-2.0
#include "scan/broker.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "scan/confine.h"

namespace bulkhead::scan {
namespace {

class FailingSource final : public base::Source {
 public:
  base::Result<size_t> read(std::span<std::byte> out) override {
    if (done_) return base::Error(base::Code::kNetwork, "connection reset at byte 3");
    done_ = true;
    std::memcpy(out.data(), "abc", 3);
    return size_t{3};
  }

 private:
  bool done_ = false;
};

// A transport of three blobs: "file", "stream" and "broken".
class FakeTransport final : public oci::Transport {
 public:
  base::Result<oci::RootDocument> root() override {
    return oci::RootDocument{"{\"root\":true}", "application/json", "sha256:1"};
  }
  base::Result<std::string> manifest(const oci::Descriptor& descriptor) override {
    return "manifest of " + descriptor.digest + std::string(100'000, ' ');
  }
  base::Result<oci::OpenedBlob> blob(const oci::Descriptor& descriptor) override {
    oci::OpenedBlob out;
    if (descriptor.digest == "file") {
      out.file = *make_spill_file(::testing::TempDir());
      EXPECT_TRUE(base::write_all(out.file, base::as_bytes("0123456789")));
      out.offset = 2;
      out.size = 5;
      out.identity = oci::FileIdentity{1, 2, 3, -4, 5, 6};
    } else if (descriptor.digest == "stream") {
      out.stream = std::make_unique<base::MemorySource>(base::as_bytes("streamed"));
    } else if (descriptor.digest == "broken") {
      out.stream = std::make_unique<FailingSource>();
    } else {
      return base::Error(base::Code::kNotFound, "no blob " + descriptor.digest);
    }
    return out;
  }
};

oci::Descriptor named(const char* digest) {
  oci::Descriptor descriptor;
  descriptor.digest = digest;
  return descriptor;
}

std::string text_of(base::Result<oci::OpenedBlob> blob) {
  if (!blob) return "error: " + blob.error().message();
  auto source = std::move(*blob).source();
  auto bytes = base::read_all(*source, 1000);
  if (!bytes) return "error: " + bytes.error().message();
  return std::string(base::as_text(*bytes));
}

// Runs body against a broker in another thread.
void with_broker(FileStore* store, const std::function<void(BrokerClient&)>& body) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
  base::Fd server_end(ends[0]);
  FakeTransport transport;
  BrokerServer server(&transport, store);
  std::thread thread([&] { EXPECT_TRUE(server.serve(server_end)); });
  {
    BrokerClient client{base::Fd(ends[1])};
    body(client);
  }
  thread.join();
}

TEST(Broker, HandsOverDocumentsAndBlobs) {
  with_broker(nullptr, [](BrokerClient& client) {
    auto root = client.root();
    ASSERT_TRUE(root) << root.error().message();
    EXPECT_EQ(root->bytes, "{\"root\":true}");
    EXPECT_EQ(root->digest, "sha256:1");
    auto manifest = client.manifest(named("sha256:2"));
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->size(), 100'000 + std::string("manifest of sha256:2").size());
    auto file = client.blob(named("file"));
    ASSERT_TRUE(file);
    EXPECT_EQ(file->identity, (oci::FileIdentity{1, 2, 3, -4, 5, 6}));
    EXPECT_EQ(text_of(std::move(file)), "23456");
    EXPECT_EQ(text_of(client.blob(named("stream"))), "streamed");
    EXPECT_EQ(text_of(client.blob(named("broken"))), "error: connection reset at byte 3");
    EXPECT_EQ(text_of(client.blob(named("none"))), "error: no blob none");
    // A stream that nobody reads must not hang the end.
    EXPECT_TRUE(client.blob(named("stream")));
  });
}

TEST(Broker, KeepsTheCacheUnderPlainNamesOnly) {
  std::string directory = ::testing::TempDir() + "/broker-store-" + std::to_string(::getpid());
  auto store = FileStore::open(directory);
  ASSERT_TRUE(store);
  with_broker(&*store, [](BrokerClient& client) {
    EXPECT_FALSE(client.get("facts-1"));
    ASSERT_TRUE(client.put("facts-1", "hello"));
    auto kept = client.get("facts-1");
    ASSERT_TRUE(kept);
    EXPECT_EQ(base::as_text(kept->bytes()), "hello");
    for (const char* name : {"../x", "a/b", "", ".hidden", "UPPER"}) {
      EXPECT_FALSE(client.put(name, "x")) << name;
      EXPECT_FALSE(client.get(name)) << name;
    }
  });
  store->prune(0);
  EXPECT_FALSE(store->get("facts-1"));
  std::filesystem::remove_all(directory);
}

TEST(Confine, LeavesNothingToOpenAndNobodyToTalkTo) {
  ConfinedRun run;
  run.work = [](base::Fd socket) {
    if (!confine({})) return 10;
    if (::open("/etc/passwd", O_RDONLY) >= 0) return 11;
    if (::socket(AF_INET, SOCK_STREAM, 0) >= 0) return 12;
    if (::fork() >= 0) return 13;
    if (::kill(::getppid(), 0) == 0) return 14;
    std::thread thread([] {});  // threads still work
    thread.join();
    BrokerClient client(std::move(socket));
    auto blob = client.blob(named("file"));  // and what is handed over can be mapped
    if (!blob || !base::Mapping::open(blob->file)) return 15;
    return client.root() ? 0 : 16;
  };
  run.serve = [](const base::Fd& socket) {
    FakeTransport transport;
    return BrokerServer(&transport, nullptr).serve(socket);
  };
  auto status = run_confined(run);
  ASSERT_TRUE(status) << status.error().message();
  EXPECT_EQ(*status, 0);
}

TEST(Confine, KeepsOnlyTheDirectoryThatWasAskedFor) {
  ConfinedRun run;
  run.work = [](base::Fd) {
    auto directory = base::open_directory("/usr/share");
    auto done = confine({&*directory});
    if (!done) return 10;
    if (!base::open_beneath(*directory, "doc")) return 11;
    bool landlock = done->find("landlock") != std::string::npos;
    if (landlock && ::open("/etc/passwd", O_RDONLY) >= 0) return 12;
    if (::open("/usr/share/doc/new-file", O_WRONLY | O_CREAT, 0600) >= 0 && landlock) return 13;
    return 0;
  };
  run.serve = [](const base::Fd& socket) { return BrokerServer(nullptr, nullptr).serve(socket); };
  auto status = run_confined(run);
  ASSERT_TRUE(status) << status.error().message();
  EXPECT_EQ(*status, 0);
}

TEST(Confine, SaysWhichSignalEndedTheScanner) {
  ConfinedRun run;
  run.work = [](base::Fd) -> int {
    ::signal(SIGABRT, SIG_DFL);
    ::raise(SIGKILL);
    return 0;
  };
  run.serve = [](const base::Fd& socket) { return BrokerServer(nullptr, nullptr).serve(socket); };
  auto status = run_confined(run);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message().find("KILL"), std::string::npos);
}

}  // namespace
}  // namespace bulkhead::scan
