// The floor under a call: bare Beast on one thread. With a database, also bare SQLite: one prepared
// statement, rows written to JSON as they come. No key, no role, no limits, no log, no second
// table.
//   floor_beast [DATABASE]

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sqlite3.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace {

namespace asio = boost::asio;
namespace wire = boost::beast::http;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
constexpr asio::use_awaitable_t<Executor> kAwait;

void append_text(std::string& out, std::string_view text) {
    out.push_back('"');
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
        }
        out.push_back(c);
    }
    out.push_back('"');
}

template <typename Number>
void append_number(std::string& out, Number number) {
    std::array<char, 32> digits{};
    out.append(digits.data(),
               std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

class Page {
public:
    explicit Page(const char* path) {
        if (sqlite3_open_v2(path, &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                            nullptr) != SQLITE_OK ||
            sqlite3_prepare_v3(database_, "SELECT * FROM contact ORDER BY id LIMIT 20", -1,
                               SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK) {
            std::fprintf(stderr, "%s\n", sqlite3_errmsg(database_));
            std::exit(1);
        }
        for (int i = 0; i < sqlite3_column_count(statement_); ++i) {
            names_.emplace_back();
            append_text(names_.back(), sqlite3_column_name(statement_, i));
            names_.back().push_back(':');
        }
    }

    std::string read() {
        std::string out = "{\"resource\":[";
        out.reserve(4096);
        for (bool is_first = true; sqlite3_step(statement_) == SQLITE_ROW; is_first = false) {
            out.append(is_first ? "{" : ",{");
            for (std::size_t i = 0; i < names_.size(); ++i) {
                out.append(i == 0 ? "" : ",").append(names_[i]);
                append_value(out, static_cast<int>(i));
            }
            out.push_back('}');
        }
        sqlite3_reset(statement_);
        out.append("]}");
        return out;
    }

private:
    void append_value(std::string& out, int column) {
        switch (sqlite3_column_type(statement_, column)) {
            case SQLITE_INTEGER:
                return append_number(out, sqlite3_column_int64(statement_, column));
            case SQLITE_FLOAT:
                return append_number(out, sqlite3_column_double(statement_, column));
            case SQLITE_NULL:
                out.append("null");
                return;
            default:
                append_text(out,
                            {reinterpret_cast<const char*>(sqlite3_column_text(statement_, column)),
                             static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))});
        }
    }

    sqlite3* database_ = nullptr;
    sqlite3_stmt* statement_ = nullptr;
    std::vector<std::string> names_;
};

constexpr std::string_view kHello = R"({"message":"hello","number":42,"ok":true})";

asio::awaitable<void, Executor> serve(Socket socket, Page* page) {
    boost::beast::flat_buffer buffer;
    try {
        while (true) {
            wire::request<wire::string_body> request;
            co_await wire::async_read(socket, buffer, request, kAwait);
            wire::response<wire::string_body> response{wire::status::ok, 11};
            response.set(wire::field::content_type, "application/json");
            response.keep_alive(request.keep_alive());
            response.body() = page == nullptr ? std::string(kHello) : page->read();
            response.prepare_payload();
            co_await wire::async_write(socket, response, kAwait);
        }
    } catch (const std::exception&) {
        co_return;  // the client left
    }
}

asio::awaitable<void, Executor> accept_all(Acceptor& acceptor, Page* page) {
    auto executor = co_await asio::this_coro::executor;
    while (true) {
        Socket socket(executor);
        co_await acceptor.async_accept(socket, kAwait);
        socket.set_option(asio::ip::tcp::no_delay(true));
        asio::co_spawn(executor, serve(std::move(socket), page), asio::detached);
    }
}

}  // namespace

int main(int count, char** arguments) {
    std::optional<Page> page;
    if (count > 1) {
        page.emplace(arguments[1]);
    }
    asio::io_context loop(1);
    Acceptor acceptor(loop, {asio::ip::make_address("127.0.0.1"), 0});
    std::printf("listening on http://127.0.0.1:%u\n", unsigned{acceptor.local_endpoint().port()});
    std::fflush(stdout);
    asio::co_spawn(loop, accept_all(acceptor, page ? &*page : nullptr), asio::detached);
    loop.run();
    return 0;
}
