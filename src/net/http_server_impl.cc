// SPDX-License-Identifier: Apache-2.0
// The compiled part of Boost.Asio and Boost.Beast, once: it halves the build of http_server.cc.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
