// SPDX-License-Identifier: Apache-2.0
// Certificates made with openssl (testdata/x509; they hold from 2020 to 2100).
#include "crypto/x509.h"

#include <gtest/gtest.h>

#include "base/fs.h"

namespace bulkhead::crypto {
namespace {

constexpr base::UnixTime kIn2025 = 1'750'000'000;
constexpr base::UnixTime kIn2010 = 1'270'000'000;

std::string file(const std::string& name) {
  return base::read_file(std::string(BULKHEAD_ROOM_DIR) + "/testdata/x509/" + name + ".pem",
                         1 << 20)
      .value();
}

std::vector<Certificate> chain(const std::string& leaf) {
  return parse_certificates(file("root") + file("inter") + file(leaf)).value();
}

std::string verdict(const std::vector<Certificate>& certificates, const ChainRules& rules) {
  const auto found = verify_chain(certificates, rules);
  return found ? "holds, " + std::to_string(found->size()) + " long" : found.error().message();
}

TEST(X509, SaysWhatACertificateHolds) {
  const auto all = parse_certificates(file("leaf")).value();
  ASSERT_EQ(all.size(), 1u);
  const Certificate& leaf = all[0];
  EXPECT_EQ(leaf.version, 3);
  EXPECT_EQ(leaf.not_before, 1577836800);
  ASSERT_EQ(leaf.subject.size(), 1u);
  EXPECT_EQ(leaf.subject[0].type, (Oid{2, 5, 4, 3}));
  EXPECT_EQ(leaf.subject[0].value, "leaf");
  EXPECT_EQ(leaf.names.dns, (std::vector<std::string>{"a.example", "*.b.example"}));
  EXPECT_EQ(leaf.names.uris, (std::vector<std::string>{"spiffe://t.example/ns/a"}));
  EXPECT_EQ(leaf.names.addresses.size(), 1u);
  EXPECT_EQ(leaf.key_usage, 5u);
  EXPECT_EQ(leaf.extended_key_usage.size(), 3u);
  EXPECT_FALSE(leaf.is_ca);
  EXPECT_EQ(leaf.key.kind, CertificateKey::kRsa);
  EXPECT_EQ(leaf.key.second, "65537");
  EXPECT_EQ(leaf.ocsp_servers, (std::vector<std::string>{"http://ocsp.example"}));
  const auto der = parse_certificates(base::as_text(leaf.raw));
  ASSERT_TRUE(der);
  EXPECT_EQ(der->front().serial, leaf.serial);
}

TEST(X509, ReadsRequests) {
  const auto request = parse_certificate_request(file("request")).value();
  EXPECT_EQ(request.subject.size(), 2u);
  EXPECT_EQ(request.names.dns, (std::vector<std::string>{"a.example"}));
  EXPECT_EQ(request.extensions.size(), 2u);
  EXPECT_FALSE(parse_certificate_request(file("leaf")));
  EXPECT_FALSE(parse_certificates(file("request")));
}

TEST(X509, RefusesWhatIsNoCertificate) {
  EXPECT_FALSE(parse_certificates("nothing"));
  EXPECT_FALSE(parse_certificates(std::string("\x30\x82\xff\xff", 4)));
  EXPECT_TRUE(parse_certificates("")->empty());
  std::string many;
  for (int i = 0; i < 101; ++i) many += file("signing");
  EXPECT_EQ(parse_certificates(many).error().code(), base::Code::kLimit);
}

TEST(X509, VerifiesChains) {
  const ChainRules server{kIn2025, "", {{1, 3, 6, 1, 5, 5, 7, 3, 1}}};
  EXPECT_EQ(verdict(chain("leaf"), server), "holds, 3 long");
  EXPECT_EQ(verdict(chain("leaf"), {kIn2025, "x.b.example", {}}), "holds, 3 long");
  EXPECT_EQ(verdict(chain("leaf"), {kIn2025, "10.0.0.1", {}}), "holds, 3 long");
  EXPECT_EQ(verdict(chain("leaf"), {kIn2025, "other.example", {}}), "it is not for this host");
  EXPECT_EQ(verdict(chain("leaf"), {kIn2025, "", {{1, 3, 6, 1, 5, 5, 7, 3, 3}}}),
            "it is not for this purpose");
  EXPECT_EQ(verdict(chain("leaf"), {kIn2010, "", {}}), "certificate is not yet valid");
  EXPECT_EQ(verdict(chain("signing"), server), "unhandled critical extension");
  std::vector<Certificate> without = chain("leaf");
  without.erase(without.begin() + 1);
  EXPECT_NE(verdict(without, server).find("unable to get"), std::string::npos);
  without.erase(without.begin());
  EXPECT_NE(verdict(without, server).find("at least two"), std::string::npos);
}

}  // namespace
}  // namespace bulkhead::crypto
