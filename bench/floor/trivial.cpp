// The HTTP room alone: one shard, a handler that gives a fixed JSON. What is above it in a real
// request is not the server's cost. `--access-log` turns the log of requests on.

#include <cstdio>
#include <cstring>

#include <boost/asio/io_context.hpp>

#include "http/server.h"

namespace {

sluice::Task<sluice::Response> hello(sluice::Request) {
    co_return sluice::Response::json(R"({"message":"hello","number":42,"ok":true})");
}

}  // namespace

int main(int count, char** arguments) {
    boost::asio::io_context shard(1);
    sluice::http::ServerConfig config;
    config.logs_access = count > 1 && std::strcmp(arguments[1], "--access-log") == 0;
    sluice::http::Server server(shard, config, hello);
    const sluice::Status listening = server.listen();
    if (!listening) {
        std::fprintf(stderr, "%s\n", listening.error().message().c_str());
        return 1;
    }
    std::printf("listening on http://127.0.0.1:%u\n", unsigned{server.port()});
    std::fflush(stdout);
    shard.run();
    return 0;
}
