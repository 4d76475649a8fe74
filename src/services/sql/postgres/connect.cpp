#include "services/sql/postgres/connect.h"

#include <array>

#include <libpq-fe.h>

#include "services/sql/postgres/error.h"

namespace sluice::services::sql {

Result<PGconn*> connect_postgres(const PostgresSettings& settings, int timeout_seconds) {
    const std::string timeout = std::to_string(timeout_seconds);
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : settings.keywords) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.insert(names.end(), {"connect_timeout", "client_encoding", nullptr});
    values.insert(values.end(), {timeout.c_str(), "UTF8", nullptr});
    PGconn* handle = PQconnectdbParams(names.data(), values.data(), 0);
    if (handle == nullptr || PQstatus(handle) != CONNECTION_OK) {
        const Error error =
            from_failed_connect(handle == nullptr ? "out of memory" : PQerrorMessage(handle));
        PQfinish(handle);
        return fail(error);
    }
    PQsetNoticeProcessor(
        handle, [](void*, const char*) {}, nullptr);
    PQsetnonblocking(handle, 1);
    PQenterPipelineMode(handle);
    return handle;
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
