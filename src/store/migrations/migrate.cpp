#include <array>

#include "store/migrations/migrations.h"
#include "store/sql_text.h"

namespace sluice::store {
namespace {

constexpr std::string_view kVersionTable =
    "CREATE TABLE IF NOT EXISTS \"schema_version\" ("
    "\"version\" INTEGER NOT NULL PRIMARY KEY, \"name\" VARCHAR(64) NOT NULL, "
    "\"applied_date\" VARCHAR(19) NOT NULL)";

std::string with_identity(std::string_view sql, std::string_view type) {
    constexpr std::string_view kMark = "{identity}";
    std::string out(sql);
    for (std::size_t at = out.find(kMark); at != std::string::npos; at = out.find(kMark, at)) {
        out.replace(at, kMark.size(), type);
    }
    return out;
}

Result<int> current_version(Database& database) {
    SLUICE_TRY(const auto rows,
               database.query("SELECT MAX(\"version\") FROM \"schema_version\"", {}));
    return static_cast<int>(integer_of(rows.at(0).at(0)));
}

Status apply_step(Database& database, const Migration& step) {
    SLUICE_CHECK(database.run_script(with_identity(step.sql, database.identity_type())));
    const auto recorded = database.execute(
        "INSERT INTO \"schema_version\" (\"version\", \"name\", \"applied_date\") "
        "VALUES ($1, $2, $3)",
        {std::int64_t{step.version}, std::string(step.name), now_text()});
    return recorded ? Status() : fail(recorded.error());
}

/// The version is read inside the transaction: of two servers that start at once, the second
/// finds the step done.
Status apply(Database& database, const Migration& step) {
    SLUICE_CHECK(database.begin());
    const auto run = [&]() -> Status {
        SLUICE_TRY(const int version, current_version(database));
        return version >= step.version ? Status() : apply_step(database, step);
    };
    if (Status done = run(); !done) {
        static_cast<void>(database.run_script("ROLLBACK"));
        return done;
    }
    return database.run_script("COMMIT");
}

}  // namespace

std::span<const Migration> migrations() {
    static const std::array kAll{kSystemTables, kScriptIsolation, kSchemaExtras, kSchemaAliases,
                                 kScriptTransaction};
    return kAll;
}

Result<int> migrate(Database& database) {
    SLUICE_CHECK(database.run_script(std::string(kVersionTable)));
    SLUICE_TRY(const int before, current_version(database));
    const int newest = migrations().back().version;
    if (before > newest) {
        return fail(ErrorKind::ServiceUnavailable,
                    "The system database has version " + std::to_string(before) +
                        ", but this program knows versions up to " + std::to_string(newest) +
                        " only: use the newer program.");
    }
    for (const Migration& step : migrations()) {
        SLUICE_CHECK(apply(database, step));
    }
    return before;
}

}  // namespace sluice::store
