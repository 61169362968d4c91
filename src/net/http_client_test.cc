// SPDX-License-Identifier: Apache-2.0
// The client against a real server on loopback that misbehaves in every way a real one does.
#include "net/http_client.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "base/bytes.h"
#include "net/http_server.h"

namespace bulkhead::net {
namespace {

using base::Code;

class Server {
 public:
  explicit Server(Handler handler, ServerOptions options = {}) {
    options.threads = 4;
    options.stop_grace_ms = 100;
    auto started = HttpServer::start(options, std::move(handler));
    EXPECT_TRUE(started);
    server_ = std::move(started).value();
  }
  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + path;
  }

 private:
  std::unique_ptr<HttpServer> server_;
};

struct Delays {
  std::mutex mutex;
  std::vector<uint32_t> all;
};

HttpOptions quick(Delays* delays = nullptr) {
  HttpOptions options;
  options.sleep = [delays](uint32_t delay_ms) {
    if (delays == nullptr) return;
    std::lock_guard lock(delays->mutex);
    delays->all.push_back(delay_ms);
  };
  return options;
}

HttpRequest get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

// A body that breaks off after so many bytes.
class Breaking final : public base::Source {
 public:
  Breaking(std::string bytes, size_t break_after) : bytes_(std::move(bytes)), left_(break_after) {}
  base::Result<size_t> read(std::span<std::byte> out) override {
    size_t n = std::min({out.size(), bytes_.size() - at_, left_});
    if (n == 0 && at_ < bytes_.size()) return base::Error(Code::kIo, "broken on purpose");
    std::copy_n(base::as_bytes(bytes_).begin() + static_cast<ptrdiff_t>(at_), n, out.begin());
    at_ += n;
    left_ -= n;
    return n;
  }

 private:
  std::string bytes_;
  size_t at_ = 0;
  size_t left_;
};

ServerResponse breaking(int status, const std::string& bytes, size_t break_after) {
  ServerResponse response;
  response.status = status;
  response.stream_bytes = bytes.size();
  response.stream = std::make_unique<Breaking>(bytes, break_after);
  return response;
}

std::string pattern(size_t bytes) {
  std::string out(bytes, ' ');
  for (size_t i = 0; i < bytes; ++i) out[i] = static_cast<char>((i * 2654435761u) >> 13);
  return out;
}

ServerResponse redirect(const std::string& to, int status = 302) {
  ServerResponse response = ServerResponse::text(status, "over there");
  response.headers.set("Location", to);
  return response;
}

TEST(HttpClient, FetchesDocuments) {
  Server server([](const ServerRequest& request) {
    ServerResponse response =
        ServerResponse::text(request.path() == "/missing" ? 404 : 200,
                             request.method + " " + request.target + " " + request.body + " " +
                                 std::string(request.headers.value_or("X-Own", "-")));
    response.headers.add("X-Two", "a");
    response.headers.add("X-Two", "b");
    return response;
  });
  HttpClient client(quick());
  HttpRequest request = get(server.url("/a?b=c"));
  request.headers.set("X-Own", "mine");
  auto answer = client.fetch(request);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "GET /a?b=c  mine");
  EXPECT_EQ(answer->headers.all("x-two").size(), 2u);
  EXPECT_EQ(answer->shown_url, server.url("/a?..."));

  request.method = Method::kPost;
  request.body = "form";
  EXPECT_EQ(client.fetch(request)->body, "POST /a?b=c form mine");
  request.method = Method::kHead;
  answer = client.fetch(request);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->body, "");
  EXPECT_NE(answer->headers.value_or("Content-Length", "0"), "0");
  EXPECT_EQ(client.fetch(get(server.url("/missing")))->status, 404);

  request.headers.set("X-Own", "a\r\nX-Injected: b");
  EXPECT_EQ(client.fetch(request).error().code(), Code::kInvalid);
}

TEST(HttpClient, SendsCredentialsToTheirOriginOnly) {
  std::string elsewhere;
  auto show = [](const ServerRequest& request) {
    return ServerResponse::text(200, std::string(request.headers.value_or("Authorization", "-")) +
                                         " " + std::string(request.headers.value_or("X-Key", "-")) +
                                         " " +
                                         std::string(request.headers.value_or("Accept", "-")));
  };
  Server other([&](const ServerRequest& request) {
    return request.path() == "/back" ? redirect(elsewhere) : show(request);
  });
  Server server([&](const ServerRequest& request) {
    if (request.path() == "/here") return redirect("/there");
    if (request.path() == "/away") return redirect(other.url("/x"), 307);
    if (request.path() == "/trick") return redirect(other.url("/back"));
    return show(request);
  });
  elsewhere = server.url("/there");
  HttpClient client(quick());
  std::string with_user = server.url();
  with_user.insert(7, "me:pass@");
  auto ask = [&](const std::string& path) {
    HttpRequest request = get(with_user.substr(0, with_user.size() - 1) + path);
    request.headers.set("X-Key", "k");
    request.headers.set("Accept", "a/b");
    auto answer = client.fetch(request);
    return answer ? answer->body : answer.error().message();
  };
  EXPECT_EQ(ask("/direct"), "Basic bWU6cGFzcw== k a/b");
  EXPECT_EQ(ask("/here"), "Basic bWU6cGFzcw== k a/b");
  EXPECT_EQ(ask("/away"), "- - a/b");
  EXPECT_EQ(ask("/trick"), "- - a/b");
}

TEST(HttpClient, LimitsRedirects) {
  std::atomic<int> seen{0};
  Server server([&](const ServerRequest& request) {
    ++seen;
    if (request.path() == "/bare") return ServerResponse::text(302, "");
    if (request.path() == "/file") return redirect("file:///etc/passwd");
    return redirect(request.path() == "/" ? "/" : "/x");
  });
  HttpClient client(quick());
  auto answer = client.fetch(get(server.url()));
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().message().find("more than 5 redirects"), std::string::npos);
  EXPECT_EQ(seen, 6);
  EXPECT_FALSE(client.fetch(get(server.url("/bare"))));
  EXPECT_FALSE(client.fetch(get(server.url("/file"))));
  HttpRequest post = get(server.url());
  post.method = Method::kPost;
  EXPECT_EQ(client.fetch(post)->status, 302);  // a body never follows
}

TEST(HttpClient, RetriesWhatMayPass) {
  std::atomic<int> seen{0};
  std::string retry_after;
  int fail_with = 503;
  Server server([&](const ServerRequest&) {
    if (++seen % 3 == 0) return ServerResponse::text(200, "ok");
    ServerResponse response = ServerResponse::text(fail_with, "later");
    if (!retry_after.empty()) response.headers.set("Retry-After", retry_after);
    return response;
  });
  Delays delays;
  HttpClient client(quick(&delays));
  EXPECT_EQ(client.fetch(get(server.url()))->body, "ok");
  ASSERT_EQ(delays.all.size(), 2u);
  EXPECT_GE(delays.all[0], 250u);
  EXPECT_LE(delays.all[0], 500u);
  EXPECT_GE(delays.all[1], 500u);
  EXPECT_LE(delays.all[1], 1000u);

  delays.all.clear();
  fail_with = 429;
  retry_after = "7";
  EXPECT_EQ(client.fetch(get(server.url()))->body, "ok");
  EXPECT_EQ(delays.all, (std::vector<uint32_t>{7000, 7000}));

  delays.all.clear();
  retry_after = "3600";  // longer than anybody waits: the answer is handed out
  auto answer = client.fetch(get(server.url()));
  EXPECT_EQ(answer->status, 429);
  EXPECT_TRUE(delays.all.empty());

  seen = 0;
  retry_after = "";
  HttpRequest post = get(server.url());
  post.method = Method::kPost;
  EXPECT_EQ(client.fetch(post)->status, 429);
  post.idempotent = true;
  EXPECT_EQ(client.fetch(post)->status, 200);

  seen = 0;
  fail_with = 404;
  EXPECT_EQ(client.fetch(get(server.url()))->status, 404);
  EXPECT_EQ(seen, 1);
}

TEST(HttpClient, TakesRetryAfterAsDate) {
  std::atomic<int> seen{0};
  Server server([&](const ServerRequest&) {
    ServerResponse response = ServerResponse::text(++seen == 1 ? 503 : 200, "");
    response.headers.set("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT");  // long ago
    return response;
  });
  Delays delays;
  HttpClient client(quick(&delays));
  EXPECT_EQ(client.fetch(get(server.url()))->status, 200);
  ASSERT_EQ(delays.all.size(), 1u);
  EXPECT_LE(delays.all[0], 500u);
}

TEST(HttpClient, SaysWhatItCannotReach) {
  HttpClient client(quick());
  uint16_t port = 0;
  {
    auto server = HttpServer::start({}, [](const ServerRequest&) { return ServerResponse(); });
    port = (*server)->port();
  }
  auto answer =
      client.fetch(get("http://me:hunter2@127.0.0.1:" + std::to_string(port) + "/p?token=hunter2"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kNetwork);
  EXPECT_EQ(answer.error().message().find("hunter2"), std::string::npos);
  EXPECT_NE(answer.error().message().find("(tried 3 times)"), std::string::npos)
      << answer.error().message();
  EXPECT_FALSE(client.fetch(get("not a url")));
  HttpRequest local = get("http://d/");
  local.unix_socket = "/nonexistent.sock";
  EXPECT_FALSE(client.fetch(local));
}

// What a server may do when asked for the rest.
enum class Rest { kRanges, kNoRanges, kChanged, kWrongRange, kGone };

struct Broken {
  std::string bytes = pattern(1'000'000);
  Rest rest = Rest::kRanges;
  std::string tag = "\"v1\"";
  size_t break_after = 300'000;
  std::atomic<int> seen{0};
  std::string ranges;
  std::mutex mutex;

  ServerResponse operator()(const ServerRequest& request) {
    std::lock_guard lock(mutex);
    ++seen;
    ranges += std::string(request.headers.value_or("Range", "-")) + ";";
    size_t start = 0;
    auto range = request.headers.value_or("Range", "");
    if (!range.empty()) start = std::stoul(std::string(range.substr(6)));
    if (start != 0 && rest == Rest::kGone) return ServerResponse::text(404, "gone");
    std::string now = start != 0 && rest == Rest::kChanged ? "\"v2\"" : tag;
    bool partial =
        start != 0 && rest != Rest::kNoRanges && (request.headers.value_or("If-Range", now) == now);
    ServerResponse response = partial
                                  ? breaking(206, bytes.substr(start), break_after)
                                  : breaking(200, bytes, start != 0 ? bytes.size() : break_after);
    if (partial) {
      if (rest == Rest::kWrongRange) ++start;
      response.headers.set("Content-Range", "bytes " + std::to_string(start) + "-" +
                                                std::to_string(bytes.size() - 1) + "/" +
                                                std::to_string(bytes.size()));
    }
    if (!now.empty()) response.headers.set("ETag", now);
    return response;
  }
};

TEST(HttpClient, ResumesBrokenDownloads) {
  struct Case {
    Rest rest;
    const char* tag;
    bool immutable;
    const char* expected;  // "" works, else part of the error
  };
  for (const Case& c : std::initializer_list<Case>{
           {Rest::kRanges, "\"v1\"", false, ""},
           {Rest::kRanges, "", true, ""},
           {Rest::kNoRanges, "\"v1\"", false, ""},
           {Rest::kNoRanges, "", true, ""},
           {Rest::kChanged, "\"v1\"", false, "changed while"},
           {Rest::kWrongRange, "\"v1\"", false, "changed while"},
           {Rest::kGone, "\"v1\"", false, "status 404"},
           {Rest::kRanges, "", false, "GET http"},
           {Rest::kRanges, "W/\"v1\"", false, "GET http"},
       }) {
    SCOPED_TRACE(std::string(c.tag) + " " + std::to_string(static_cast<int>(c.rest)));
    Broken broken;
    broken.rest = c.rest;
    broken.tag = c.tag;
    Server server([&](const ServerRequest& request) { return broken(request); });
    HttpClient client(quick());
    HttpRequest request = get(server.url());
    request.immutable = c.immutable;
    std::string body;
    auto answer = client.download(request, [&](base::ByteView piece) -> base::Status {
      body += base::as_text(piece);
      return {};
    });
    if (*c.expected == '\0') {
      ASSERT_TRUE(answer) << answer.error().message();
      EXPECT_TRUE(body == broken.bytes) << body.size();
      EXPECT_GE(broken.seen, 2);
    } else {
      ASSERT_FALSE(answer);
      EXPECT_NE(answer.error().message().find(c.expected), std::string::npos)
          << answer.error().message();
    }
  }
}

TEST(HttpClient, GivesUpWithoutProgress) {
  Broken broken;
  broken.break_after = 10;
  Server server([&](const ServerRequest& request) { return broken(request); });
  HttpClient client(quick());
  EXPECT_FALSE(client.fetch(get(server.url())));
  EXPECT_EQ(broken.seen, 5);
}

TEST(HttpClient, RepeatsADocumentThatCannotBeResumed) {
  std::atomic<int> seen{0};
  std::string bytes = pattern(100'000);
  Server server([&](const ServerRequest&) {
    return breaking(200, bytes, ++seen == 1 ? 50'000 : bytes.size());
  });
  HttpClient client(quick());
  auto answer = client.fetch(get(server.url()));
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_TRUE(answer->body == bytes);
  EXPECT_EQ(seen, 2);
}

TEST(HttpClient, ContinuesAnEarlierDownload) {
  Broken broken;
  broken.break_after = broken.bytes.size();
  Server server([&](const ServerRequest& request) { return broken(request); });
  HttpClient client(quick());
  HttpRequest request = get(server.url());
  request.range_start = 400'000;
  request.if_range = "\"v1\"";
  auto answer = client.fetch(request);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->status, 206);
  EXPECT_TRUE(answer->body == broken.bytes.substr(400'000));
  request.if_range = "\"old\"";
  answer = client.fetch(request);
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->body == broken.bytes);
}

TEST(HttpClient, KeepsLimits) {
  Server server([&](const ServerRequest& request) {
    if (request.path() == "/headers") {
      ServerResponse response;
      for (int i = 0; i < 300; ++i) response.headers.add("X", std::string(1000, 'a'));
      return response;
    }
    if (request.path() == "/header") {
      ServerResponse response;
      response.headers.add("X", std::string(200'000, 'a'));
      return response;
    }
    if (request.path() == "/chunked") {
      ServerResponse response;
      response.stream = std::make_unique<Breaking>(pattern(100'000), 1'000'000);
      return response;
    }
    return ServerResponse::text(200, pattern(100'000));
  });
  HttpClient client(quick());
  auto code = [&](const std::string& path, uint64_t max, std::optional<uint64_t> expected) {
    HttpRequest request = get(server.url(path));
    request.max_bytes = max;
    request.expected_bytes = expected;
    auto answer = client.fetch(request);
    return answer ? std::string("fine") : std::string(base::code_name(answer.error().code()));
  };
  EXPECT_EQ(code("/", 100'000, 100'000), "fine");
  EXPECT_EQ(code("/chunked", 100'000, 100'000), "fine");
  EXPECT_EQ(code("/", 99'999, std::nullopt), base::code_name(Code::kLimit));
  EXPECT_EQ(code("/chunked", 99'999, std::nullopt), base::code_name(Code::kLimit));
  EXPECT_EQ(code("/", 200'000, 100'001), base::code_name(Code::kCorrupt));
  EXPECT_EQ(code("/chunked", 200'000, 99'999), base::code_name(Code::kLimit));
  EXPECT_EQ(code("/chunked", 200'000, 100'001), base::code_name(Code::kNetwork));
  EXPECT_EQ(code("/headers", 1, std::nullopt), base::code_name(Code::kLimit));
  auto long_line = client.fetch(get(server.url("/header")));
  ASSERT_FALSE(long_line);
  EXPECT_NE(long_line.error().message().find("the headers of the answer are too large"),
            std::string::npos)
      << long_line.error().message();
}

TEST(HttpClient, AsksConditionally) {
  Server server([](const ServerRequest& request) {
    bool same = request.headers.value_or("If-None-Match", "") == "\"v1\"";
    return ServerResponse::text(same ? 304 : 200, "body");
  });
  HttpClient client(quick());
  HttpRequest request = get(server.url());
  EXPECT_EQ(client.fetch(request)->body, "body");
  request.if_none_match = "\"v1\"";
  auto answer = client.fetch(request);
  EXPECT_EQ(answer->status, 304);
  EXPECT_EQ(answer->body, "");
}

// Sleeps before its end.
class Slow final : public base::Source {
 public:
  base::Result<size_t> read(std::span<std::byte> out) override {
    if (done_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(700));
      return size_t{0};
    }
    done_ = true;
    out[0] = std::byte{'x'};
    return size_t{1};
  }

 private:
  bool done_ = false;
};

// A byte now and then, for a minute.
class Dripping final : public base::Source {
 public:
  base::Result<size_t> read(std::span<std::byte> out) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    out[0] = std::byte{'x'};
    return size_t{++count_ < 6000 ? 1u : 0u};
  }

 private:
  int count_ = 0;
};

TEST(HttpClient, NoticesStallsAndDeadlines) {
  Server server([](const ServerRequest& request) {
    ServerResponse response;
    if (request.path() == "/drip") {
      response.stream = std::make_unique<Dripping>();
      return response;
    }
    if (request.path() == "/slow-head") std::this_thread::sleep_for(std::chrono::milliseconds(700));
    response.stream = std::make_unique<Slow>();
    return response;
  });
  HttpOptions options = quick();
  options.retry.max_attempts = 1;
  HttpClient patient(options);
  EXPECT_EQ(patient.fetch(get(server.url()))->body, "x");
  HttpRequest hurried = get(server.url());
  hurried.total_timeout_ms = 200;
  EXPECT_EQ(patient.fetch(hurried).error().code(), Code::kTimeout);
  hurried.url = server.url("/drip");
  EXPECT_EQ(patient.fetch(hurried).error().code(), Code::kTimeout);
  options.stall_timeout_ms = 200;
  HttpClient client(options);
  EXPECT_EQ(client.fetch(get(server.url())).error().code(), Code::kTimeout);
  EXPECT_EQ(client.fetch(get(server.url("/slow-head"))).error().code(), Code::kTimeout);
  EXPECT_EQ(client.fetch(get(server.url("/drip"))).error().code(), Code::kTimeout);
}

TEST(HttpClient, StreamsMoreThanItHolds) {
  std::string bytes = pattern(40'000'000);
  Server server([&](const ServerRequest&) { return breaking(200, bytes, bytes.size()); });
  HttpClient client(quick());
  auto source = client.open(get(server.url()));
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->size(), bytes.size());
  std::string body;
  std::vector<std::byte> chunk(100'000);
  for (int i = 0;; ++i) {
    if (i == 3) std::this_thread::sleep_for(std::chrono::milliseconds(100));  // a slow reader
    auto got = (*source)->read(chunk);
    ASSERT_TRUE(got) << got.error().message();
    if (*got == 0) break;
    body += base::as_text(std::span(chunk).first(*got));
  }
  EXPECT_TRUE(body == bytes) << body.size();
  // A source outlives its client, and an unfinished one is simply dropped.
  std::unique_ptr<HttpSource> left_over;
  {
    HttpClient brief(quick());
    left_over = std::move(brief.open(get(server.url()))).value();
  }
  EXPECT_TRUE(left_over->read(chunk));
}

TEST(HttpClient, DecodesContentCodings) {
  // gzip of "hello hello hello hello\n", made by gzip -9n.
  auto packed = base::from_hex("1f8b0800000000000203cb48cdc9c957c84027b9000088590b18000000");
  ASSERT_TRUE(packed);
  Server server([&](const ServerRequest& request) {
    ServerResponse response = ServerResponse::text(200, "plain");
    if (request.headers.has("Accept-Encoding")) {
      response.body = base::as_text(*packed);
      response.headers.set("Content-Encoding", "gzip");
    }
    return response;
  });
  HttpClient client(quick());
  HttpRequest request = get(server.url());
  EXPECT_EQ(client.fetch(request)->body, "plain");
  request.compressed = true;
  auto answer = client.fetch(request);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->body.substr(0, 11), "hello hello");
  request.max_bytes = 10;
  EXPECT_EQ(client.fetch(request).error().code(), Code::kLimit);
}

TEST(HttpClient, SpeaksOverUnixSockets) {
  std::string path = ::testing::TempDir() + "bulkhead-http-" + std::to_string(getpid()) + ".sock";
  ServerOptions options;
  options.unix_socket = path;
  Server server(
      [](const ServerRequest& request) {
        return request.path() == "/away" ? redirect("http://other/")
                                         : ServerResponse::text(200, request.target);
      },
      options);
  HttpClient client(quick());
  HttpRequest request = get("http://d/version");
  request.unix_socket = path;
  auto answer = client.fetch(request);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->body, "/version");
  request.url = "http://d/away";
  EXPECT_EQ(client.fetch(request).error().code(), Code::kDenied);
}

TEST(HttpClient, SpeaksIpv6) {
  ServerOptions options;
  options.address = "::1";
  auto server = HttpServer::start(options, [](const ServerRequest& request) {
    return ServerResponse::text(
        200, request.peer + " " + std::string(request.headers.value_or("Host", "")));
  });
  if (!server) GTEST_SKIP() << server.error().message();
  std::string host = "[::1]:" + std::to_string((*server)->port());
  HttpClient client(quick());
  EXPECT_EQ(client.fetch(get("http://" + host + "/"))->body, "::1 " + host);
}

TEST(HttpClient, UsesProxiesForOthersOnly) {
  Server proxy([](const ServerRequest& request) {
    return ServerResponse::text(200, "proxy " + request.target);
  });
  Server server([](const ServerRequest&) { return ServerResponse::text(200, "direct"); });
  ASSERT_EQ(::setenv("http_proxy", proxy.url().c_str(), 1), 0);
  HttpClient client(quick());
  auto answer = client.fetch(get("http://registry.test/x"));
  auto direct = client.fetch(get(server.url()));
  ::unsetenv("http_proxy");
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->body, "proxy http://registry.test/x");
  EXPECT_EQ(direct->body, "direct");
}

class Token final : public Authorizer {
 public:
  base::Result<std::string> authorization() override { return std::string(value_); }
  base::Result<bool> challenged(const HttpResponse& response) override {
    ++asked_;
    value_ = "Bearer " + std::string(response.headers.value_or("X-Token", ""));
    return true;
  }
  int asked() const { return asked_; }

 private:
  std::string value_;
  int asked_ = 0;
};

TEST(HttpClient, AsksItsAuthorizerOnce) {
  std::atomic<bool> locked{false};
  std::atomic<int> seen{0};
  Server server([&](const ServerRequest& request) {
    ++seen;
    bool good = request.headers.value_or("Authorization", "") == "Bearer t" && !locked;
    ServerResponse response = ServerResponse::text(good ? 200 : 401, "");
    response.headers.set("X-Token", "t");
    return response;
  });
  HttpClient client(quick());
  HttpRequest request = get(server.url());
  auto token = std::make_shared<Token>();
  request.authorizer = token;
  EXPECT_EQ(client.fetch(request)->status, 200);
  EXPECT_EQ(client.fetch(request)->status, 200);
  EXPECT_EQ(seen, 3);
  locked = true;
  EXPECT_EQ(client.fetch(request)->status, 401);
  EXPECT_EQ(seen, 5);
  EXPECT_EQ(token->asked(), 2);
}

TEST(HttpClient, ServesManyThreads) {
  std::string bytes = pattern(500'000);
  Server server([&](const ServerRequest&) { return breaking(200, bytes, bytes.size()); });
  HttpClient client(quick());
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 5; ++k) {
        auto answer = client.fetch(get(server.url()));
        if (answer && answer->body == bytes) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 40);
}

}  // namespace
}  // namespace bulkhead::net
