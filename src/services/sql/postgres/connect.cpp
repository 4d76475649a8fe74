#include "services/sql/postgres/connect.h"

#include <array>

#include <arpa/inet.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <netdb.h>
#include <unistd.h>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

#include "core/async.h"
#include "core/blocking.h"
#include "services/sql/postgres/error.h"

namespace sluice::services::sql {
namespace {

using Descriptor = boost::asio::posix::basic_stream_descriptor<Executor>;

/// Addresses of one name that are tried at most.
constexpr std::size_t kMostAddresses = 4;

struct Finish {
    void operator()(PGconn* handle) const { PQfinish(handle); }
};
using Handle = std::unique_ptr<PGconn, Finish>;

/// Where to connect: a host and, where that is a name, one of its addresses.
struct Place {
    std::string host;
    std::string address;
};

bool is_name(const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> ignored{};
    return !host.empty() && host.front() != '/' && host.front() != '@' &&
           inet_pton(AF_INET, host.c_str(), ignored.data()) != 1 &&
           inet_pton(AF_INET6, host.c_str(), ignored.data()) != 1;
}

/// Blocks.
Result<std::vector<Place>> look_up(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int code = getaddrinfo(host.c_str(), nullptr, &hints, &found); code != 0) {
        return fail(from_failed_connect("could not translate host name \"" + host +
                                        "\" to address: " + gai_strerror(code)));
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
    std::vector<Place> places;
    for (const addrinfo* one = found; one != nullptr && places.size() < kMostAddresses;
         one = one->ai_next) {
        std::array<char, NI_MAXHOST> address{};
        if (getnameinfo(one->ai_addr, one->ai_addrlen, address.data(), address.size(), nullptr, 0,
                        NI_NUMERICHOST) == 0) {
            places.push_back({host, address.data()});
        }
    }
    return places;
}

std::vector<std::string> hosts_of(const PostgresSettings& settings) {
    std::string list;
    for (const auto& [name, value] : settings.keywords) {
        list = name == "host" ? value : list;
    }
    std::vector<std::string> hosts;
    for (std::size_t start = 0; start <= list.size();) {
        const std::size_t end = std::min(list.find(',', start), list.size());
        hosts.push_back(list.substr(start, end - start));
        start = end + 1;
    }
    return hosts;
}

Handle start(const PostgresSettings& settings, const Place& place) {
    std::vector<const char*> names;
    std::vector<const char*> values;
    const auto add = [&](const char* name, const char* value) {
        names.push_back(name);
        values.push_back(value);
    };
    for (const auto& [name, value] : settings.keywords) {
        if (name != "host") {
            add(name.c_str(), value.c_str());
        }
    }
    add("host", place.host.c_str());
    if (!place.address.empty()) {
        add("hostaddr", place.address.c_str());
    }
    add("gssencmode", "disable");  // it would ask a ticket server, and wait for it
    add("client_encoding", "UTF8");
    add(nullptr, nullptr);
    return Handle(PQconnectStartParams(names.data(), values.data(), 0));
}

/// Until libpq can go on with its socket, which may be another one each time.
Task<bool> wait_for(int socket, bool writes, Deadline until) {
    const auto shard = co_await boost::asio::this_coro::executor;
    const auto stream = std::make_shared<Descriptor>(shard);
    const int own = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    boost::system::error_code code;
    stream->assign(own, code);
    if (code) {
        if (own >= 0) {
            ::close(own);
        }
        co_return false;
    }
    Timer timer(shard);
    timer.expires_at(until.at());
    timer.async_wait([stream](boost::system::error_code ended) {
        if (!ended) {
            stream->cancel(ended);
        }
    });
    const auto what = writes ? Descriptor::wait_write : Descriptor::wait_read;
    co_await stream->async_wait(what, boost::asio::redirect_error(use_task, code));
    co_return !code;
}

/// `is_reached` tells whether anybody answered there.
Task<Result<PGconn*>> connect_to(const PostgresSettings& settings,
                                 const Place& place,
                                 Deadline until,
                                 bool& is_reached) {
    Handle handle = start(settings, place);
    if (!handle) {
        co_return fail(from_failed_connect("out of memory"));
    }
    PostgresPollingStatusType wants = PGRES_POLLING_WRITING;
    while (PQstatus(handle.get()) != CONNECTION_BAD && wants != PGRES_POLLING_OK &&
           wants != PGRES_POLLING_FAILED) {
        const bool writes = wants == PGRES_POLLING_WRITING;
        const bool is_ready = co_await wait_for(PQsocket(handle.get()), writes, until);
        if (!is_ready) {
            co_return fail(from_failed_connect("timeout expired"));
        }
        wants = PQconnectPoll(handle.get());
        is_reached = is_reached || wants == PGRES_POLLING_READING;
    }
    if (PQstatus(handle.get()) != CONNECTION_OK) {
        co_return fail(from_failed_connect(PQerrorMessage(handle.get())));
    }
    co_return handle.release();
}

}  // namespace

Task<Result<PGconn*>> connect_postgres(std::shared_ptr<const PostgresSettings> settings,
                                       std::chrono::seconds time,
                                       boost::asio::thread_pool& pool) {
    Result<PGconn*> handle = fail(from_failed_connect("no host"));
    for (const std::string& host : hosts_of(*settings)) {
        Result<std::vector<Place>> places = std::vector<Place>{{host, {}}};
        if (is_name(host)) {
            const auto work = [host] { return look_up(host); };
            places = co_await on_pool(pool, work);
        }
        if (!places) {
            handle = fail(places.error());
            continue;
        }
        for (const Place& place : *places) {
            bool is_reached = false;
            handle = co_await connect_to(*settings, place, Deadline::after(time), is_reached);
            if (handle) {
                PQsetNoticeProcessor(
                    *handle, [](void*, const char*) {}, nullptr);
                PQsetnonblocking(*handle, 1);
                PQenterPipelineMode(*handle);
            }
            if (handle || is_reached) {  // another address would say the same
                co_return handle;
            }
        }
    }
    co_return handle;
}

PostgresCancel::PostgresCancel(PGconn* handle) : request_(PQgetCancel(handle)) {}

PostgresCancel::~PostgresCancel() {
    PQfreeCancel(request_);
}

void PostgresCancel::request() const {
    std::array<char, 256> ignored{};
    PQcancel(request_, ignored.data(), static_cast<int>(ignored.size()));
}

}  // namespace sluice::services::sql
