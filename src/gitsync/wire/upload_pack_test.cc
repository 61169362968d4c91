// SPDX-License-Identifier: Apache-2.0
// Framing and protocol against text, where a server would have to be made to misbehave.
#include "gitsync/wire/upload_pack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "base/bytes.h"
#include "gitsync/wire/pkt_line.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;

const std::string kId(40, 'a');
const std::string kOther(40, 'b');

// A server that says what it was told to say.
class ToldConnection final : public Connection {
 public:
  explicit ToldConnection(std::vector<std::string> answers)
      : answers_(answers.begin(), answers.end()) {}
  base::Result<base::Source*> greeting() override { return next(); }
  base::Result<base::Source*> request(const std::string& body) override {
    requests.push_back(body);
    return next();
  }
  std::vector<std::string> requests;

 private:
  base::Result<base::Source*> next() {
    if (answers_.empty()) return base::Error(Code::kNetwork, "nothing more to say");
    text_ = std::move(answers_.front());
    answers_.pop_front();
    source_ = std::make_unique<base::MemorySource>(base::as_bytes(text_));
    return source_.get();
  }
  std::deque<std::string> answers_;
  std::string text_;
  std::unique_ptr<base::MemorySource> source_;
};

std::string lines(const std::vector<std::string>& payloads) {
  std::string out;
  for (const std::string& payload : payloads) {
    if (payload == "0000" || payload == "0001" || payload == "0002") {
      out += payload;
    } else {
      put_packet(out, payload);
    }
  }
  return out;
}

std::string greeting_v2() {
  return lines({"version 2\n", "agent=git/2\n", "ls-refs=unborn\n", "fetch=shallow filter\n",
                "object-format=sha1\n", "0000"});
}

std::string read_pack(std::vector<std::string> answers, ToldConnection** seen = nullptr) {
  static std::unique_ptr<ToldConnection> connection;
  connection = std::make_unique<ToldConnection>(std::move(answers));
  if (seen != nullptr) *seen = connection.get();
  auto session = UploadPack::open(*connection);
  if (!session) return session.error().message();
  auto pack = (*session)->fetch({.id = kId, .depth = 1, .commits_only = true});
  if (!pack) return pack.error().message();
  auto bytes = base::read_all(**pack, 1000);
  return bytes ? "got " + std::string(base::as_text(*bytes)) : bytes.error().message();
}

TEST(PacketReader, ReadsPackets) {
  std::string text = "0006a\n0004000000010002";
  base::MemorySource source(base::as_bytes(text));
  PacketReader in(source, 1000);
  EXPECT_EQ(in.peek()->line(), "a");
  EXPECT_EQ(in.next()->data, "a\n");
  EXPECT_EQ(in.next()->data, "");
  EXPECT_EQ(in.next()->kind, Packet::Kind::kFlush);
  EXPECT_EQ(in.next()->kind, Packet::Kind::kDelimiter);
  EXPECT_EQ(in.next()->kind, Packet::Kind::kResponseEnd);
  EXPECT_EQ(in.next()->kind, Packet::Kind::kEnd);
}

TEST(PacketReader, RefusesBrokenFraming) {
  for (std::string text : {"0003", "00", "xyz!", "-001", "+006ab", "fff1", "ffff", "0006a"}) {
    base::MemorySource source(base::as_bytes(text));
    PacketReader in(source, 1000);
    EXPECT_FALSE(in.next()) << text;
  }
  std::string text = "0006ab0006cd";
  base::MemorySource source(base::as_bytes(text));
  PacketReader in(source, 10);
  EXPECT_TRUE(in.next());
  EXPECT_EQ(in.next().error().code(), Code::kLimit);
}

TEST(UploadPack, SpeaksVersion2) {
  ToldConnection connection(
      {greeting_v2(),
       lines({kId + " refs/heads/main\n", kOther + " refs/tags/v1 peeled:" + kId, "0000"}),
       lines({"shallow-info\n", "shallow " + kId, "0001", "packfile\n", "\x02hi", "\x01PA",
              "\x01"
              "CK",
              "0000"})});
  auto session = UploadPack::open(connection);
  ASSERT_TRUE(session) << session.error().message();
  auto refs = (*session)->refs({"refs/heads/main", "refs/tags/"});
  ASSERT_TRUE(refs) << refs.error().message();
  ASSERT_EQ(refs->size(), 2u);
  EXPECT_EQ((*refs)[1].peeled, kId);
  auto pack = (*session)->fetch({.id = kId, .depth = 1, .commits_only = true});
  ASSERT_TRUE(pack) << pack.error().message();
  EXPECT_EQ(base::as_text(*base::read_all(**pack, 100)), "PACK");
  EXPECT_NE(connection.requests[0].find("ref-prefix refs/tags/\n"), std::string::npos);
  EXPECT_NE(connection.requests[1].find("want " + kId + "\n"), std::string::npos);
  EXPECT_NE(connection.requests[1].find("deepen 1\n"), std::string::npos);
  EXPECT_NE(connection.requests[1].find("filter tree:0\n"), std::string::npos);
  EXPECT_TRUE(connection.requests[1].ends_with("0009done\n0000"));
}

TEST(UploadPack, SpeaksVersion0) {
  std::string greeting = lines(
      {"# service=git-upload-pack\n", "0000",
       kId + " HEAD" + std::string(1, '\0') + "side-band-64k shallow ofs-delta\n",
       kId + " refs/heads/main\n", kOther + " refs/tags/v1\n", kId + " refs/tags/v1^{}\n", "0000"});
  ToldConnection connection(
      {greeting, lines({"shallow " + kId, "0000", "NAK\n", "\x01PACK", "0000"})});
  auto session = UploadPack::open(connection);
  ASSERT_TRUE(session) << session.error().message();
  EXPECT_EQ((*session)->fetch({.id = std::string(40, 'c')}).error().code(), Code::kUnsupported);
  auto refs = (*session)->refs({"refs/tags/"});
  ASSERT_EQ(refs->size(), 1u);
  EXPECT_EQ((*refs)[0].peeled, kId);
  auto pack = (*session)->fetch({.id = kId, .depth = 1, .commits_only = true});
  ASSERT_TRUE(pack) << pack.error().message();
  EXPECT_EQ(base::as_text(*base::read_all(**pack, 100)), "PACK");
  EXPECT_NE(connection.requests[0].find("want " + kId + " side-band-64k"), std::string::npos);
  EXPECT_EQ(connection.requests[0].find("filter"), std::string::npos) << "it cannot";
}

TEST(UploadPack, SaysWhatServersSay) {
  EXPECT_EQ(read_pack({lines({"ERR access denied\n"})}), "the server says: access denied");
  EXPECT_EQ(read_pack({greeting_v2(), lines({"ERR upload-pack: not our ref\n"})}),
            "the server says: upload-pack: not our ref");
  EXPECT_EQ(read_pack({greeting_v2(), lines({"packfile\n", "\x03out of memory\n", "0000"})}),
            "the server says: out of memory");
}

TEST(UploadPack, RefusesWhatIsNotTheProtocol) {
  for (const std::string& greeting : std::vector<std::string>{
           "", "<html>", lines({"hello\n", "0000"}), lines({"version 2\n"}),
           lines({"version 2\n", "0001"}), lines({"# service=git-upload-pack\n", "x"}),
           lines({std::string(40, 'x') + " HEAD\n", "0000"}),
           lines({kId + " refs/tags/v1^{}\n", "0000"})}) {
    ToldConnection connection({greeting});
    EXPECT_FALSE(UploadPack::open(connection)) << greeting;
  }
  for (const std::string& answer : std::vector<std::string>{
           "", "garbage", lines({"0000"}), lines({"acknowledgments\n", "0001"}),
           lines({"shallow-info\n", "what\n"}), lines({"packfile\n"}),
           lines({"packfile\n", "\x04x", "0000"}), lines({"packfile\n", "", "0000"})}) {
    std::string read = read_pack({greeting_v2(), answer});
    EXPECT_FALSE(read.starts_with("got ")) << answer << ": " << read;
  }
  std::string sha256 = lines({"version 2\n", "fetch=shallow\n", "object-format=sha256\n", "0000"});
  EXPECT_NE(read_pack({sha256}).find("only sha1 is supported"), std::string::npos);
}

}  // namespace
}  // namespace bulkhead::gitsync
