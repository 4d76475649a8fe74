#pragma once
/// What is known about the tables of a database: asked for once, when first needed, and forgotten
/// when tables change.

#include <set>
#include <string>
#include <string_view>

#include "services/sql/dialect.h"
#include "services/sql/related/relation.h"
#include "store/snapshot.h"

namespace sluice::services::sql {

/// Threads: one shard.
class Catalog {
public:
    Catalog(Database& database, const Dialect& dialect) : database_(database), dialect_(dialect) {}

    /// The cached table, or null when it must be asked for: the way without an await.
    TableRef cached(std::string_view name);
    /// Errors: NotFound `Table "x" does not exist in the database.`; the driver's.
    Task<Result<TableRef>> find(std::string name, Deadline deadline);
    Task<Result<std::vector<TableName>>> list(Deadline deadline);
    /// How `table` belongs to others. All foreign keys of the database are read once for it.
    Task<Result<RelationsRef>> relations(const Table& table, Deadline deadline);
    /// The table as it is now. Everything is forgotten when that is not how it was known: what was
    /// made for the one would not do for the other.
    /// Errors: those of `find`.
    Task<Result<TableRef>> look_again(std::string name, Deadline deadline);
    /// Forgets all tables, on every shard.
    void forget();

private:
    void drop_stale();
    bool knows_references_of(const Table& table) const;
    /// Every spelling of one table shares one description of it: `table` becomes that.
    void keep(const std::string& spelling, TableRef& table);

    Database& database_;
    const Dialect& dialect_;
    std::uint64_t epoch_ = 0;
    /// By the table's own name.
    store::TextMap<TableRef> tables_;
    /// By other spellings that callers used: a few, since there is no end of them.
    store::TextMap<TableRef> aliases_;
    std::shared_ptr<const std::vector<Reference>> references_;
    store::TextMap<RelationsRef> relations_;
    /// Tables for whose sake the references were read anew: once each is enough.
    std::set<std::string> doubted_;
};

}  // namespace sluice::services::sql
