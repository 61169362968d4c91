// SPDX-License-Identifier: Apache-2.0
#include "oci/registry_config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/bytes.h"
#include "oci/registry_helper.h"

namespace bulkhead::oci {
namespace {

using base::Code;

std::string encoded(std::string_view pair) { return base::to_base64(base::as_bytes(pair)); }

std::string show(const Credentials* found) {
  if (found == nullptr) return "-";
  return found->username + ":" + found->password + "|" + found->identity_token + "|" +
         found->registry_token;
}

TEST(AuthFile, FindsTheClosestEntry) {
  auto file = AuthFile::parse(R"({"auths": {
    "https://index.docker.io/v1/": {"auth": ")" +
                              encoded("hub:a") + R"("},
    "r.example.com": {"auth": ")" +
                              encoded("host:b") + R"("},
    "r.example.com/team": {"auth": ")" +
                              encoded("team:c") + R"("},
    "r.example.com/team/app": {"auth": ")" +
                              encoded("app:d:e") + R"("},
    "https://url.example.com/v2/": {"auth": ")" +
                              encoded("url:f") + R"("},
    "https://bare.example.com": {"auth": ")" +
                              encoded("bare:g") + R"("},
    "Upper.Example.com:5000": {"username": "plain", "password": "h"},
    "token.example.com": {"identitytoken": "id", "auth": ")" +
                              encoded("00000000:") + R"("},
    "static.example.com": {"registrytoken": "reg"},
    "padded.example.com": {"auth": ")" +
                              encoded(std::string_view("nul:i\0\0", 7)) + R"("},
    "empty.example.com": {},
    "http://empty.example.com": {"auth": ")" +
                              encoded("late:j") + R"("}
  }, "HttpHeaders": {"x": "y"}})");
  ASSERT_TRUE(file) << file.error().message();
  struct Case {
    const char* registry;
    const char* repository;
    const char* expected;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"docker.io", "library/debian", "hub:a||"},
           {"index.docker.io", "library/debian", "hub:a||"},
           {"r.example.com", "other", "host:b||"},
           {"r.example.com", "teammate/app", "host:b||"},
           {"r.example.com", "team/x", "team:c||"},
           {"r.example.com", "team/app/deep", "app:d:e||"},
           {"url.example.com", "x", "url:f||"},
           {"bare.example.com", "x", "bare:g||"},
           {"upper.example.com:5000", "x", "plain:h||"},
           {"upper.example.com", "x", "-"},
           {"token.example.com", "x", "00000000:|id|"},
           {"static.example.com", "x", ":||reg"},
           {"padded.example.com", "x", "nul:i||"},
           {"empty.example.com", "x", "late:j||"},
           {"example.com", "x", "-"},
       }) {
    EXPECT_EQ(show(file->find(c.registry, c.repository)), c.expected) << c.registry;
  }
}

TEST(AuthFile, KnowsHelpersAndRefusesNonsense) {
  auto file = AuthFile::parse(
      R"({"credHelpers": {"https://gcr.io": "gcloud", "docker.io": "hub"}, "credsStore": "pass"})");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->helper_for("gcr.io"), "gcloud");
  EXPECT_EQ(file->helper_for("registry-1.docker.io"), "hub");
  EXPECT_EQ(file->helper_for("quay.io"), "");
  EXPECT_EQ(file->store(), "pass");
  EXPECT_TRUE(AuthFile::parse("{}"));
  EXPECT_TRUE(AuthFile::parse(R"({"auths": [], "credHelpers": 1, "credsStore": {}})"));
  for (const char* text : {"", "[]", "{", R"({"auths": {"a": {"auth": "%%%"}}})",
                           R"({"auths": {"a": {"auth": "bm9jb2xvbg=="}}})"}) {
    EXPECT_FALSE(AuthFile::parse(text)) << text;
  }
}

class Helpers : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = ::testing::TempDir() + "bulkhead-helpers-" + std::to_string(getpid());
    std::filesystem::create_directories(directory_);
    path_ = std::getenv("PATH");
    ::setenv("PATH", (directory_ + ":" + path_).c_str(), 1);
  }
  void TearDown() override {
    ::setenv("PATH", path_.c_str(), 1);
    std::filesystem::remove_all(directory_);
  }
  void write(const std::string& name, const std::string& text, mode_t mode = 0644) {
    std::ofstream(directory_ + "/" + name) << text;
    ::chmod((directory_ + "/" + name).c_str(), mode);
  }
  void helper(const std::string& name, const std::string& script) {
    write("docker-credential-" + name, "#!/bin/sh\n" + script + "\n", 0755);
  }
  std::string directory_;
  std::string path_;
};

TEST_F(Helpers, AreAskedByTheProtocol) {
  helper("good",
         "[ \"$1\" = get ] || exit 9; read server; "
         "printf '{\"ServerURL\":\"%s\",\"Username\":\"me@%s\",\"Secret\":\"s\"}' $server $server");
  auto answer = ask_credential_helper("good", "r.io");
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(show(&*answer), "me@r.io:s||");
  EXPECT_EQ(answer->source, "docker-credential-good");
  helper("token", "echo '{\"Username\":\"<token>\",\"Secret\":\"id\"}'");
  answer = ask_credential_helper("token", "r.io");
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(show(&*answer), ":|id|");
  helper("none", "echo 'credentials not found in native keychain'; exit 1");
  EXPECT_TRUE(ask_credential_helper("none", "r.io")->empty());
}

TEST_F(Helpers, AreBounded) {
  auto code = [](const char* name, uint32_t timeout_ms = 5000) {
    auto answer = ask_credential_helper(name, "r.io", timeout_ms);
    return answer ? std::string("fine") : std::string(base::code_name(answer.error().code()));
  };
  helper("fails", "echo locked; exit 1");
  helper("empty", "exit 0");
  helper("loud", "cat /dev/zero");
  helper("slow", "sleep 60");
  // Closes its output but stays, and has a child that does, too.
  helper("stays", "exec >&-; sleep 60 & sleep 60");
  EXPECT_EQ(code("fails"), base::code_name(Code::kDenied));
  EXPECT_EQ(code("empty"), base::code_name(Code::kInvalid));
  EXPECT_EQ(code("loud"), base::code_name(Code::kLimit));
  auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(code("slow", 200), base::code_name(Code::kTimeout));
  EXPECT_EQ(code("stays", 200), base::code_name(Code::kTimeout));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(code("no-such-helper"), base::code_name(Code::kNotFound));
  for (const char* name : {"", "../x", "a/b", "A", "a b", "a;b", "$(x)"}) {
    EXPECT_EQ(code(name), base::code_name(Code::kInvalid)) << name;
  }
}

TEST_F(Helpers, StandInTheirPlaceAmongTheFiles) {
  helper("one",
         "read s; [ $s = one.io ] && echo '{\"Username\":\"u1\",\"Secret\":\"s\"}' || "
         "{ echo credentials not found in native keychain; exit 1; }");
  helper("hub", "read s; printf '{\"Username\":\"%s\",\"Secret\":\"s\"}' $s");
  write("first.json", R"({"credHelpers": {"one.io": "one", "docker.io": "hub", "gone.io": "gone"},
                          "credsStore": "missing"})");
  write("second.json", R"({"auths": {"two.io": {"username": "u2", "password": "p"},
                                     "one.io/app": {"username": "u3", "password": "p"}}})");
  write("broken.json", "{");
  std::vector<std::string> files = {directory_ + "/absent.json", directory_ + "/first.json",
                                    directory_ + "/second.json"};
  auto user = [&](const char* registry) {
    auto found = find_credentials(files, registry, "app");
    return found ? found->credentials.username : found.error().message();
  };
  EXPECT_EQ(user("one.io"), "u1");
  EXPECT_EQ(user("two.io"), "u2");
  EXPECT_EQ(user("docker.io"), "https://index.docker.io/v1/");
  EXPECT_EQ(user("nobody.io"), "");
  // A helper named for this registry has to work; one for all is only worth a note.
  EXPECT_NE(user("gone.io").find("docker-credential-gone"), std::string::npos);
  auto found = find_credentials(files, "nobody.io", "app");
  EXPECT_NE(found->note.find("docker-credential-missing"), std::string::npos) << found->note;
  files.push_back(directory_ + "/broken.json");
  EXPECT_NE(user("nobody.io").find("broken.json"), std::string::npos);
  EXPECT_EQ(user("two.io"), "u2");
}

TEST(AuthFiles, StandWhereDockerAndPodmanPutThem) {
  const char* names[] = {"REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "XDG_RUNTIME_DIR",
                         "XDG_CONFIG_HOME", "HOME"};
  std::vector<std::string> before;
  for (const char* name : names) {
    const char* value = std::getenv(name);
    before.push_back(value == nullptr ? "" : value);
    ::setenv(name, (std::string("/") + name).c_str(), 1);
  }
  EXPECT_EQ(default_auth_files(),
            (std::vector<std::string>{"/REGISTRY_AUTH_FILE", "/DOCKER_CONFIG/config.json",
                                      "/XDG_RUNTIME_DIR/containers/auth.json",
                                      "/XDG_CONFIG_HOME/containers/auth.json",
                                      "/HOME/.docker/config.json"}));
  for (const char* name :
       {"REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"}) {
    ::unsetenv(name);
  }
  EXPECT_EQ(default_auth_files(), (std::vector<std::string>{"/HOME/.config/containers/auth.json",
                                                            "/HOME/.docker/config.json"}));
  for (size_t i = 0; i < before.size(); ++i) {
    before[i].empty() ? ::unsetenv(names[i]) : ::setenv(names[i], before[i].c_str(), 1);
  }
}

}  // namespace
}  // namespace bulkhead::oci
