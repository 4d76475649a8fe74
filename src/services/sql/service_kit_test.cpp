#include "services/sql/service_kit.h"

#include <cstdlib>
#include <random>

#include <libpq-fe.h>
#include <sqlite3.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "core/json.h"
#include "services/sql/mysql/server_kit.h"

namespace sluice::services::sql {
namespace {

std::string random_name(const std::string& prefix) {
    static std::random_device device;
    return prefix + std::to_string(device()) + std::to_string(device() % 1000);
}

std::string postgres_url() {
    const char* url = std::getenv("SLUICE_TEST_POSTGRES");  // NOLINT(concurrency-mt-unsafe)
    return url == nullptr ? "" : url;
}

void execute_postgres(const std::string& sql) {
    PGconn* connection = PQconnectdb(postgres_url().c_str());
    PQclear(PQexec(connection, "SET client_min_messages TO warning"));
    PGresult* result = PQexec(connection, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    const std::string message = PQerrorMessage(connection);
    PQclear(result);
    PQfinish(connection);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        throw std::runtime_error(message);
    }
}

/// The parts of the URL as a service's configuration.
std::string postgres_config(const std::string& schema) {
    PQconninfoOption* options = PQconninfoParse(postgres_url().c_str(), nullptr);
    json::object config;
    for (PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
        if (option->val == nullptr) {
            continue;
        }
        const std::string keyword = option->keyword;
        config[keyword == "dbname" ? "database"
               : keyword == "user" ? "username"
                                   : keyword] = option->val;
    }
    PQconninfoFree(options);
    config["schema"] = schema;
    return json::serialize(config);
}

/// A call from inside the service: what the pipeline would make of it, without rights and scripts.
Task<Response> answer_nested(ServiceRef& service, Request request) {
    constexpr std::string_view kPrefix = "/api/v2/db/";
    Ask ask{request.verb, request.path.substr(kPrefix.size())};
    Call call = call_of(ask);
    call.request = std::move(request);
    auto response = co_await service->handle(call);
    co_return response ? *response : Response::from(response.error());
}

Task<void> keep_answer(Service& service, const Call& call, Answer& answer) {
    auto response = co_await service.handle(call);
    const Response sent = response ? *response : Response::from(response.error());
    answer = {sent.status, sent.content};
}

}  // namespace

Call call_of(const Ask& ask) {
    Call call;
    call.principal = std::make_shared<const Principal>();
    call.request.verb = ask.verb;
    call.request.parameters = ask.parameters;
    call.request.content = ask.content;
    call.request.origin.deadline = ask.deadline;
    call.target.service = "db";
    call.target.resource = ask.resource;
    std::string_view rest = ask.resource;
    while (!rest.empty()) {
        const std::size_t slash = std::min(rest.find('/'), rest.size());
        call.target.segments.emplace_back(rest.substr(0, slash));
        rest.remove_prefix(std::min(slash + 1, rest.size()));
    }
    call.grant = ask.grant;
    return call;
}

bool ServiceKit::has(const std::string& backend) {
    return backend == "sqlite" ||
           (backend.starts_with("mysql") ? has_mysql() : !postgres_url().empty());
}

const char* ServiceKit::lacks(const std::string& backend) {
    return backend.starts_with("mysql")
               ? kNoMysql
               : "SKIPPED: set SLUICE_TEST_POSTGRES to a libpq URL to run this";
}

ServiceKit::ServiceKit(const std::string& backend, const std::string& ddl, std::string extra_config)
    : backend_(backend),
      folder_(std::filesystem::temp_directory_path() / random_name("sluice_sql_")),
      schema_(random_name("t")),
      handler_([this](Request request) { return answer_nested(service_, std::move(request)); }) {
    std::filesystem::create_directories(folder_);
    shared_.reset(new Shared{folder_, pool_, {}, {}});
    row_.name = "db";
    row_.type = backend == "sqlite" ? "sqlite" : is_mysql() ? "mysql" : "pgsql";
    if (backend_ == "postgres") {
        execute_postgres("CREATE SCHEMA " + schema_);
    } else if (is_mysql()) {
        execute_mysql("CREATE DATABASE " + schema_);
    }
    row_.config = backend_ == "sqlite" ? R"({"database":"test.db","create":true})"
                  : is_mysql()         ? mysql_config(schema_)
                                       : postgres_config(schema_);
    if (backend_ == "mysql_plain") {
        row_.config.back() = ',';
        row_.config += R"("returning":false})";
    }
    if (!extra_config.empty()) {
        row_.config.back() = ',';
        row_.config += extra_config + "}";
    }
    execute(ddl);
    auto made = make_again(loop_);
    if (!made) {
        throw std::runtime_error(made.error().message() + " / " + made.error().detail());
    }
    service_ = *made;
}

ServiceKit::~ServiceKit() {
    service_.reset();
    loop_.restart();
    loop_.run_for(std::chrono::milliseconds(200));
    pool_.join();
    if (backend_ == "postgres") {
        execute_postgres("DROP SCHEMA " + schema_ + " CASCADE");
    } else if (is_mysql()) {
        execute_mysql("DROP DATABASE " + schema_);
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

Result<ServiceRef> ServiceKit::make_again(boost::asio::io_context& loop) {
    const OnShard shard{loop.get_executor(), handler_};
    return backend_ == "sqlite" ? make_sqlite(row_, shard, *shared_)
           : is_mysql()         ? make_mysql(row_, shard, *shared_)
                                : make_pgsql(row_, shard, *shared_);
}

void ServiceKit::execute(const std::string& sql) {
    if (backend_ == "postgres") {
        execute_postgres("SET search_path TO " + schema_ + "; " + sql);
        return;
    }
    if (is_mysql()) {
        execute_mysql(sql, schema_);
        return;
    }
    sqlite3* handle = nullptr;
    sqlite3_open((folder_ / "test.db").c_str(), &handle);
    sqlite3_busy_timeout(handle, 5000);
    char* message = nullptr;
    const int code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &message);
    const std::string said = message == nullptr ? "" : message;
    sqlite3_free(message);
    sqlite3_close(handle);
    if (code != SQLITE_OK) {
        throw std::runtime_error(said);
    }
}

void ServiceKit::run(Task<void> task) {
    bool is_done = false;
    std::exception_ptr failure;
    boost::asio::co_spawn(loop_, std::move(task), [&](std::exception_ptr thrown) {
        failure = thrown;
        is_done = true;
    });
    loop_.restart();
    while (!is_done && loop_.run_one() > 0) {
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

Answer ServiceKit::ask(const Ask& ask) {
    const Call call = call_of(ask);
    Answer answer;
    run(keep_answer(*service_, call, answer));
    return answer;
}

Answer ServiceKit::get(std::string resource, Parameters parameters) {
    return send(Verb::Get, std::move(resource), "", std::move(parameters));
}

Answer ServiceKit::send(Verb verb,
                        std::string resource,
                        std::string content,
                        Parameters parameters) {
    return ask({.verb = verb,
                .resource = std::move(resource),
                .parameters = std::move(parameters),
                .content = std::move(content)});
}

}  // namespace sluice::services::sql
