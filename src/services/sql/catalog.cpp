#include "services/sql/catalog.h"

#include <algorithm>

#include "core/fields.h"
#include "services/sql/extras.h"

namespace sluice::services::sql {
namespace {

constexpr std::size_t kMaxTables = 65'536;
/// A caller that tries more spellings pays with asking the database again.
constexpr std::size_t kMaxAliases = 1024;
/// No database of ours has longer names.
constexpr std::size_t kMaxNameBytes = 512;

}  // namespace

void Catalog::clear() {
    tables_.clear();
    aliases_.clear();
    references_.reset();
    relations_.clear();
    doubted_.clear();
}

void Catalog::drop_stale() {
    const std::uint64_t now = database_.schema_epoch().load(std::memory_order_acquire);
    if (now != epoch_) {
        clear();
        epoch_ = now;
    }
    if (store_ != nullptr && store_->revision() != revision_) {
        read_extras();
    }
}

void Catalog::read_extras() {
    const auto snapshot = store_->snapshot();
    revision_ = snapshot->revision;
    const auto found = snapshot->schema_extras.find(service_);
    auto extras = found == snapshot->schema_extras.end() ? nullptr : found->second;
    if (extras != extras_) {
        extras_ = std::move(extras);
        table_aliases_ = extras_ ? store::aliases_in(*extras_) : store::TextMap<std::string>();
        clear();
    }
}

const store::TableExtras* Catalog::extras_of(const std::string& table) {
    drop_stale();
    if (!extras_) {
        return nullptr;
    }
    const auto found = extras_->find(table);
    return found == extras_->end() ? nullptr : &found->second;
}

std::string Catalog::real_name(const std::string& name) {
    drop_stale();
    const auto found = table_aliases_.find(lower_case(name));
    return found == table_aliases_.end() ? name : found->second;
}

void Catalog::follow(const store::Store& store, store::Id service) {
    store_ = &store;
    service_ = service;
    read_extras();
}

TableRef Catalog::cached(std::string_view name) {
    drop_stale();
    if (const auto found = tables_.find(name); found != tables_.end()) {
        return found->second;
    }
    const auto alias = aliases_.find(name);
    return alias == aliases_.end() ? nullptr : alias->second;
}

Task<Result<TableRef>> Catalog::find(std::string name, Deadline deadline) {
    if (TableRef known = cached(name)) {
        co_return known;
    }
    const std::uint64_t epoch = epoch_;
    TableRef table;
    if (!name.empty() && name.size() <= kMaxNameBytes && name.find('\0') == std::string::npos) {
        CO_TRY(table, co_await dialect_.introspect(database_, name, deadline));
    }
    if (!table) {
        co_return fail(ErrorKind::NotFound,
                       "Table \"" + name + "\" does not exist in the database.");
    }
    drop_stale();
    if (const store::TableExtras* kept = extras_of(table->name)) {
        table = with_extras(table, *kept);
    }
    if (epoch == epoch_) {
        keep(name, table);
    }
    co_return table;
}

void Catalog::keep(const std::string& spelling, TableRef& table) {
    if (tables_.size() >= kMaxTables) {
        tables_.clear();
        aliases_.clear();
    }
    table = tables_.try_emplace(table->name, table).first->second;
    if (spelling == table->name) {
        return;
    }
    if (aliases_.size() >= kMaxAliases) {
        aliases_.clear();
    }
    aliases_[spelling] = table;
}

Task<Result<std::vector<TableName>>> Catalog::list(Deadline deadline) {
    return dialect_.list(database_, deadline);
}

Task<Result<TableRef>> Catalog::look_again(std::string name, Deadline deadline) {
    const TableRef known = cached(name);
    CO_TRY(auto now, co_await dialect_.introspect(database_, name, deadline));
    if (!known || !now || !is_alike(*known, *now)) {
        forget();
    }
    co_return co_await find(std::move(name), deadline);
}

/// A table may be younger than what was read of all.
bool Catalog::knows_references_of(const Table& table) const {
    return std::ranges::all_of(table.columns, [this, &table](const Column& column) {
        return !column.foreign_key ||
               std::ranges::any_of(*references_, [&](const Reference& reference) {
                   return reference.table == table.name && reference.column == column.name;
               });
    });
}

Task<Result<RelationsRef>> Catalog::relations(const Table& table, Deadline deadline) {
    drop_stale();
    if (const auto found = relations_.find(table.name); found != relations_.end()) {
        co_return found->second;
    }
    const std::uint64_t epoch = epoch_;
    if (references_ && !knows_references_of(table) && doubted_.insert(table.name).second) {
        references_.reset();
        relations_.clear();
    }
    auto references = references_;
    if (!references) {
        CO_TRY(auto all, co_await dialect_.references(database_, deadline));
        references = std::make_shared<const std::vector<Reference>>(std::move(all));
    }
    drop_stale();
    Relations all = relations_of(table, *references);
    if (const store::TableExtras* kept = extras_of(table.name)) {
        for (const store::VirtualRelationRow& row : kept->relations) {
            const bool is_taken = std::ranges::find(all, row.name, &Relation::name) != all.end();
            if (!is_taken && table.find(row.field) != nullptr) {
                all.push_back(relation_of(row));
            }
        }
        add_extras(all, table, kept->relation_extras);
    }
    auto relations = std::make_shared<const Relations>(std::move(all));
    if (epoch == epoch_) {
        references_ = references;
        relations_.try_emplace(table.name, relations);
    }
    co_return relations;
}

void Catalog::forget() {
    database_.schema_epoch().fetch_add(1, std::memory_order_acq_rel);
    drop_stale();
}

}  // namespace sluice::services::sql
