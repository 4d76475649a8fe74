#pragma once
/// What is known about the tables of a database: asked for once, when first needed, and forgotten
/// when tables change.

#include <set>
#include <string>
#include <string_view>

#include "services/sql/dialect.h"
#include "services/sql/related/relation.h"
#include "store/store.h"

namespace sluice::services::sql {

/// Threads: one shard.
class Catalog {
public:
    Catalog(Database& database, const Dialect& dialect) : database_(database), dialect_(dialect) {}

    /// What is kept about the tables of `service` belongs to them from now on.
    void follow(const store::Store& store, store::Id service);

    /// The cached table, or null when it must be asked for: the way without an await.
    TableRef cached(std::string_view name);
    /// Errors: NotFound `Table "x" does not exist in the database.`; the driver's.
    Task<Result<TableRef>> find(std::string name, Deadline deadline);
    Task<Result<std::vector<TableName>>> list(Deadline deadline);
    /// The table that has this alias; `name` itself where none has. For names in bodies and
    /// options: what the caller may do there is asked for under the name that comes back.
    std::string real_name(const std::string& name);
    /// What is kept about a table of that very name; null when nothing. Good until the next await.
    const store::TableExtras* extras_of(const std::string& table);
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
    void read_extras();
    void clear();
    /// Every spelling of one table shares one description of it: `table` becomes that.
    void keep(const std::string& spelling, TableRef& table);

    Database& database_;
    const Dialect& dialect_;
    std::uint64_t epoch_ = 0;
    const store::Store* store_ = nullptr;
    store::Id service_ = 0;
    /// Of the snapshot that `extras_` is from.
    std::uint64_t revision_ = 0;
    /// Null when nothing is kept.
    store::SchemaExtrasRef extras_;
    store::TextMap<std::string> table_aliases_;
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
