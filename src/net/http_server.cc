// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 over Boost.Beast: one coroutine a connection, a few threads for all. Beast reads
// requests (its parser is fuzzed and bounded); responses are written here, because a head is a few
// lines and Beast's serializers would double the time it takes to compile this file. The only file
// that includes Boost (with http_server_impl.cc). RFC 9110, RFC 9112.
#include "net/http_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "net/http_message.h"

namespace bulkhead::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using base::Code;
using base::Error;
using base::Result;
using boost::system::error_code;
using std::chrono::milliseconds;

// One type for TCP and Unix sockets, so that everything below is compiled once.
using Protocol = asio::generic::stream_protocol;
using Stream = beast::basic_stream<Protocol>;
using Acceptor = asio::basic_socket_acceptor<Protocol>;
using Parser = http::request_parser<http::string_body>;

constexpr size_t kPieceBytes = 64 * 1024;
constexpr size_t kMaxDrainedBytes = 256 * 1024;

std::string peer_of(const Stream& stream) {
  error_code error;
  auto endpoint = stream.socket().remote_endpoint(error);
  if (error ||
      (endpoint.protocol().family() != AF_INET && endpoint.protocol().family() != AF_INET6)) {
    return {};
  }
  asio::ip::tcp::endpoint tcp;
  if (endpoint.size() > tcp.capacity()) return {};
  std::memcpy(tcp.data(), endpoint.data(), endpoint.size());
  return tcp.address().to_string();
}

class Session;

// What all connections of a server share. Outlives the io_context, whose end destroys sessions.
struct Shared {
  ServerOptions options;
  Handler handler;
  std::atomic<bool> stopping{false};
  std::mutex mutex;
  std::condition_variable emptied;
  std::set<Session*> sessions;
};

// One connection. Shared between its coroutine and a server that wants to end it.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Shared& shared, Protocol::socket socket)
      : shared_(shared),
        stream_(std::move(socket)),
        buffer_(shared.options.max_header_bytes + kPieceBytes) {}
  ~Session() {
    std::lock_guard lock(shared_.mutex);
    shared_.sessions.erase(this);
    shared_.emptied.notify_all();
  }

  asio::awaitable<void> run();
  // Ends the connection if no request is being served.
  void end_if_idle() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      if (self->idle_) self->stream_.close();
    });
  }
  // Only when no thread runs any more.
  void end_now() { stream_.close(); }
  auto executor() { return stream_.get_executor(); }

 private:
  asio::awaitable<bool> read_request(std::optional<Parser>& parser);
  asio::awaitable<bool> answer(ServerResponse response, bool is_head, unsigned version,
                               bool keep_alive);
  asio::awaitable<bool> send_stream(base::Source& source, const Plan& plan,
                                    std::optional<uint64_t> bytes);
  asio::awaitable<bool> send(std::array<asio::const_buffer, 3> pieces);
  asio::awaitable<void> close_politely();
  ServerRequest translate(Parser& parser);
  ServerResponse call_handler(const ServerRequest& request);
  void abort();

  Shared& shared_;
  Stream stream_;
  beast::flat_buffer buffer_;
  bool idle_ = false;
};

ServerRequest Session::translate(Parser& parser) {
  auto& message = parser.get();
  ServerRequest request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message) request.headers.add(field.name_string(), field.value());
  request.body = std::move(message.body());
  request.peer = peer_of(stream_);
  return request;
}

ServerResponse Session::call_handler(const ServerRequest& request) {
  try {
    return shared_.handler(request);
  } catch (...) {  // a library's exception must not take the other connections down
    return ServerResponse::text(500, "internal error\n");
  }
}

// Breaks the connection with a reset, where a plain end would look like the end of the body.
void Session::abort() {
  error_code ignored;
  stream_.socket().set_option(asio::socket_base::linger(true, 0), ignored);
  stream_.close();
}

// Says goodbye and waits a moment for what the peer is still sending: closing with unread bytes
// would reset the connection and might take the response with it.
asio::awaitable<void> Session::close_politely() {
  error_code error;
  stream_.socket().shutdown(asio::socket_base::shutdown_send, error);
  std::array<char, 4096> scratch;
  stream_.expires_after(milliseconds(1000));
  for (size_t total = 0; !error && total < kMaxDrainedBytes;) {
    total += co_await stream_.async_read_some(asio::buffer(scratch),
                                              asio::redirect_error(asio::use_awaitable, error));
  }
  stream_.close();
}

asio::awaitable<bool> Session::send(std::array<asio::const_buffer, 3> pieces) {
  error_code error;
  stream_.expires_after(milliseconds(shared_.options.write_timeout_ms));
  co_await asio::async_write(stream_, pieces, asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

// Reads one request; false when the connection is to be closed (an answer may have been sent).
asio::awaitable<bool> Session::read_request(std::optional<Parser>& parser) {
  const ServerOptions& options = shared_.options;
  parser.emplace();
  parser->header_limit(options.max_header_bytes);
  parser->body_limit(options.max_body_bytes);
  error_code error;
  idle_ = true;
  if (shared_.stopping) co_return false;
  stream_.expires_after(milliseconds(options.idle_timeout_ms));
  co_await http::async_read_header(stream_, buffer_, *parser,
                                   asio::redirect_error(asio::use_awaitable, error));
  idle_ = false;
  if (!error) {
    auto expect = parser->get()[http::field::expect];
    if (beast::iequals(expect, "100-continue")) {
      std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      bool sent = co_await send({asio::buffer(go_on), asio::const_buffer(), asio::const_buffer()});
      if (!sent) co_return false;
    }
    stream_.expires_after(milliseconds(options.request_timeout_ms));
    co_await http::async_read(stream_, buffer_, *parser,
                              asio::redirect_error(asio::use_awaitable, error));
  }
  if (!error) co_return true;
  if (error.category() != http::make_error_code(http::error::bad_method).category() ||
      error == http::error::end_of_stream || error == http::error::partial_message) {
    co_return false;
  }
  int status = error == http::error::header_limit || error == http::error::buffer_overflow ? 431
               : error == http::error::body_limit                                          ? 413
                                                                                           : 400;
  ServerResponse refusal = ServerResponse::text(status, error.message() + "\n");
  co_await answer(std::move(refusal), false, 11, false);
  co_await close_politely();
  co_return false;
}

asio::awaitable<bool> Session::send_stream(base::Source& source, const Plan& plan,
                                           std::optional<uint64_t> bytes) {
  std::vector<std::byte> piece(kPieceBytes);
  uint64_t left = bytes.value_or(UINT64_MAX);
  while (true) {
    Result<size_t> got = source.read(piece);
    if (!got || *got > left) co_return false;
    left -= *got;
    if (*got == 0) break;
    bool sent = false;
    if (plan.framing == Framing::kChunked) {
      std::string head = chunk_head(*got);
      sent = co_await send(
          {asio::buffer(head), asio::buffer(piece.data(), *got), asio::buffer("\r\n", 2)});
    } else {
      sent = co_await send(
          {asio::buffer(piece.data(), *got), asio::const_buffer(), asio::const_buffer()});
    }
    if (!sent) co_return false;
  }
  if (bytes && left != 0) co_return false;
  if (plan.framing != Framing::kChunked) co_return true;
  bool ended =
      co_await send({asio::buffer("0\r\n\r\n", 5), asio::const_buffer(), asio::const_buffer()});
  co_return ended;
}

// Sends a response; true when the connection can take another request.
asio::awaitable<bool> Session::answer(ServerResponse response, bool is_head, unsigned version,
                                      bool keep_alive) {
  Plan plan;
  bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
  plan.send_body = !is_head && !bodiless;
  plan.keep_alive = keep_alive;
  if (bodiless) {
    plan.framing = Framing::kNone;
  } else if (response.stream && !response.stream_bytes) {
    plan.framing = version >= 11 ? Framing::kChunked : Framing::kUntilClose;
    if (version < 11) plan.keep_alive = false;
  }
  std::string head = head_of(response, plan, base::SystemClock().now());
  bool whole = plan.send_body && !response.stream;
  bool sent =
      co_await send({asio::buffer(head), whole ? asio::buffer(response.body) : asio::const_buffer(),
                     asio::const_buffer()});
  if (sent && plan.send_body && response.stream) {
    sent = co_await send_stream(*response.stream, plan, response.stream_bytes);
    if (!sent && plan.framing == Framing::kUntilClose) abort();
    if (!sent) stream_.close();  // the peer misses the rest of the length or the last chunk
  }
  co_return sent&& plan.keep_alive;
}

asio::awaitable<void> Session::run() {
  std::optional<Parser> parser;
  for (uint32_t served = 1;; ++served) {
    bool complete = co_await read_request(parser);
    if (!complete) break;
    bool keep_alive =
        parser->get().keep_alive() && served < shared_.options.max_requests && !shared_.stopping;
    unsigned version = parser->get().version();
    ServerRequest request = translate(*parser);
    ServerResponse response = call_handler(request);
    bool more = co_await answer(std::move(response), request.method == "HEAD", version, keep_alive);
    if (!more) {
      if (stream_.socket().is_open()) co_await close_politely();
      break;
    }
  }
  stream_.close();
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(ServerOptions options, Handler handler)
      : io_(static_cast<int>(options.threads)), acceptor_(asio::make_strand(io_)) {
    shared_.options = std::move(options);
    shared_.handler = std::move(handler);
  }
  ~Impl() { stop(); }

  base::Status listen();
  uint16_t port() const { return port_; }
  void stop();

 private:
  error_code bind();
  asio::awaitable<void> accept();
  std::vector<std::shared_ptr<Session>> open_sessions();

  Shared shared_;
  asio::io_context io_;
  Acceptor acceptor_;
  uint16_t port_ = 0;
  bool owns_socket_file_ = false;
  std::vector<std::thread> threads_;
};

error_code HttpServer::Impl::bind() {
  const ServerOptions& options = shared_.options;
  error_code error;
  if (!options.unix_socket.empty()) {
    asio::local::stream_protocol::endpoint local(options.unix_socket);
    acceptor_.open(Protocol(AF_UNIX, 0), error);
    if (!error) acceptor_.bind(local, error);
    owns_socket_file_ = !error;
    // Before listen(), so that nobody can connect with the wider mode.
    if (!error && ::chmod(options.unix_socket.c_str(), 0600) != 0) {
      error.assign(errno, boost::system::system_category());
    }
  } else {
    auto address = asio::ip::make_address(options.address, error);
    if (error) return error;
    asio::ip::tcp::endpoint tcp(address, options.port);
    acceptor_.open(Protocol(tcp.protocol().family(), IPPROTO_TCP), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(tcp, error);
    if (error) return error;
    auto bound = acceptor_.local_endpoint(error);
    if (!error) {
      std::memcpy(tcp.data(), bound.data(), std::min(bound.size(), tcp.capacity()));
      port_ = tcp.port();
    }
  }
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

base::Status HttpServer::Impl::listen() {
  const ServerOptions& options = shared_.options;
  if (error_code error = bind()) {
    std::string where = options.unix_socket.empty()
                            ? options.address + ":" + std::to_string(options.port)
                            : options.unix_socket;
    return Error(Code::kIo, "cannot listen on " + where + ": " + error.message());
  }
  asio::co_spawn(acceptor_.get_executor(), accept(), [](std::exception_ptr) {});
  for (uint32_t i = 0; i < std::max<uint32_t>(options.threads, 1); ++i) {
    threads_.emplace_back([this] { io_.run(); });
  }
  return {};
}

asio::awaitable<void> HttpServer::Impl::accept() {
  while (!shared_.stopping) {
    error_code error;
    Protocol::socket socket(asio::make_strand(io_));
    co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    if (error && !acceptor_.is_open()) co_return;
    if (error) {  // out of descriptors: waiting helps, spinning does not
      asio::steady_timer pause(acceptor_.get_executor(), milliseconds(100));
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    socket.set_option(asio::ip::tcp::no_delay(true), error);  // fails on Unix sockets, rightly
    std::shared_ptr<Session> session;
    {
      std::lock_guard lock(shared_.mutex);
      if (shared_.sessions.size() >= shared_.options.max_connections) continue;
      session = std::make_shared<Session>(shared_, std::move(socket));
      shared_.sessions.insert(session.get());
    }
    auto executor = session->executor();
    asio::co_spawn(executor, [session] { return session->run(); }, [](std::exception_ptr) {});
  }
}

std::vector<std::shared_ptr<Session>> HttpServer::Impl::open_sessions() {
  std::vector<std::shared_ptr<Session>> out;
  std::lock_guard lock(shared_.mutex);
  for (Session* session : shared_.sessions) {
    if (auto open = session->weak_from_this().lock()) out.push_back(std::move(open));
  }
  return out;
}

void HttpServer::Impl::stop() {
  if (shared_.stopping.exchange(true)) return;
  asio::post(acceptor_.get_executor(), [this] {
    error_code ignored;
    acceptor_.close(ignored);
  });
  // The last reference to a session may go here, and its end takes the mutex: hold them outside it.
  for (const auto& session : open_sessions()) session->end_if_idle();
  {
    std::unique_lock lock(shared_.mutex);
    shared_.emptied.wait_for(lock, milliseconds(shared_.options.stop_grace_ms),
                             [&] { return shared_.sessions.empty(); });
  }
  io_.stop();
  for (std::thread& thread : threads_) thread.join();
  for (const auto& session : open_sessions()) session->end_now();
  if (owns_socket_file_) ::unlink(shared_.options.unix_socket.c_str());
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::start(ServerOptions options, Handler handler) {
  try {
    auto impl = std::make_unique<Impl>(std::move(options), std::move(handler));
    TRY(impl->listen());
    return std::make_unique<HttpServer>(std::move(impl));
  } catch (const std::exception& failure) {
    return Error(Code::kIo, std::string("cannot start the server: ") + failure.what());
  }
}

uint16_t HttpServer::port() const { return impl_->port(); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace bulkhead::net
